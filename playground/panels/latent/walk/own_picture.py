"""A picture of the visitor's own as an end point of a walk: painted, uploaded, or saved in the Images tab before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from numpy.typing import NDArray

from playground.core.errors import PlaygroundError
from playground.core.image_upload import LARGEST_BYTES, fit, read_picture
from playground.images.dataset_browser import held_out_image
from playground.images.model_menu import image_model_facts
from playground.latent.endpoint_inversion import EndpointInversion, invert_picture, request_in_file
from playground.latent.endpoints import difference_from_draw, endpoint_from_request, format_endpoint
from playground.latent.latent_space import STEPS
from playground.panels.latent.canvas import blank_picture, fit_canvas, on_stroke
from playground.panels.latent.shared import (
    ENDPOINT_OUTPUTS,
    SETTINGS,
    LatentShared,
    append_endpoint,
    condition_text,
    endpoint_of_model,
)
from playground.panels.latent.walk.endpoint_picker import endpoint_notice
from playground.ui.events import MODEL_QUEUE, QUIET, Update, call, connect_stop
from playground.ui.notice import notice, notice_view
from playground.ui.picture_views import pack, paint_view, sheet_view

_METHODS = {
    "vae": "A VAE's encoder says at once where your picture lies.",
    "gan": "A GAN has no encoder: its space is searched, step by step, for the picture that comes closest.",
    "diffusion": "Diffusion runs backwards, from your picture into noise: the noise is the end point.",
}


@dataclass(frozen=True)
class WalkOwnPicture:
    """The components. picture: gr.State of (H, W, C) uint8.  number: gr.State of the next real picture."""

    picture: gr.State
    number: gr.State
    canvas: gr.HTML
    file: gr.UploadButton
    invert: gr.Checkbox
    blank: gr.Button
    real: gr.Button
    find: gr.Button
    stop: gr.Button
    inversion: gr.HTML
    notice: gr.HTML


def on_find(
    picture: NDArray[np.uint8] | None, model: str, condition: Sequence[str] | None, steps: float, endpoints: str
) -> Iterator[Update]:
    """The point of the picture on the canvas, as it is searched for."""
    if picture is None:
        raise PlaygroundError("There is no picture yet: paint one, upload one, or take a real one.")
    for step in invert_picture(picture, model, condition_text(condition), int(steps)):
        shown = {"inversion": _pair(picture, step)}
        if step.end is None:
            yield {**shown, "notice": notice(_progress(step, model))}
        else:
            words = f"Your picture is the last end point now, {step.error:.1f} of 255 off (root mean square)."
            added = append_endpoint(endpoints, format_endpoint(step.end))
            yield {**shown, "endpoints": added, "notice": notice(words, "ok")}


def _progress(step: EndpointInversion, model: str) -> str:
    kind = image_model_facts(model).kind
    off = "" if kind == "diffusion" else f", {step.error:.1f} of 255 off so far"
    return f"Looking: step {step.step} of {step.steps}{off}. {_METHODS[kind]}"


def _pair(picture: NDArray[np.uint8], step: EndpointInversion) -> dict[str, Any]:
    items = [{"label": "yours"}, {"label": "the model's"}]
    return pack(np.stack([picture, step.picture])) | {"items": items, "done": step.end is not None, "chosen": None}


def on_file(
    path: str | None, model: str, condition: Sequence[str] | None, steps: float, endpoints: str, invert: bool
) -> Iterator[Update]:
    """A file as an end point; it is deleted at once.

    A picture that was saved in the Images tab names its seed; any other is put on the canvas and searched for.
    """
    if path is None:
        raise PlaygroundError("Choose a picture first.")
    try:
        with open(path, "rb") as file:
            content = file.read(LARGEST_BYTES + 1)
    finally:
        Path(path).unlink(missing_ok=True)
    request = request_in_file(content)
    if request is not None:
        kind = image_model_facts(request.model).kind
        difference = difference_from_draw(request, kind, int(steps) if request.model == model else STEPS)
        said = endpoint_notice(f"The saved picture of seed {request.seed}", request.model, model, difference)
        endpoint = endpoint_from_request(request, kind)
        yield {
            **endpoint_of_model(endpoint, request.model, model, endpoints), "inversion": None, "notice": said,
        }  # fmt: skip
        return
    facts = image_model_facts(model)
    picture = fit(read_picture(content), facts.side, facts.channels, invert=invert)
    yield {"picture": picture, "canvas": pack(picture[None]), "inversion": None}
    yield from on_find(picture, model, condition, steps, endpoints)


def on_start(kind: str, model: str, number: int) -> Update:
    """A picture to begin with. kind: "blank", or "real" for the next one that was held out."""
    dataset = image_model_facts(model).dataset
    if kind == "real" and not dataset:
        raise PlaygroundError("This model comes without its data set: paint a picture, or upload one.")
    picture = blank_picture(model) if kind == "blank" else held_out_image(dataset, number)
    return {"picture": picture, "canvas": pack(picture[None]), "number": number + 1, "notice": None}


def build(shared: LatentShared) -> None:
    """The accordion, connected."""
    empty = blank_picture(shared.model.value)
    with gr.Accordion("Add a picture of my own, or one that I saved", open=False), gr.Row():
        with gr.Column(scale=2, min_width=260):
            canvas = paint_view(pack(empty[None]), elem_id="walk-paint")
        with gr.Column(scale=3, min_width=260):
            gr.Markdown(
                "Paint, take a real picture, or upload one (it is not kept), and let the model find its point. A PNG "
                "that you saved in Images is not looked for: the file says which seed made it."
            )
            with gr.Row(elem_classes="pg-actions"):
                file = gr.UploadButton("Upload a picture, or drop it here", file_types=["image"], elem_id="walk-mine")
                blank = gr.Button("Blank", elem_id="walk-blank")
                real = gr.Button("A real picture", elem_id="walk-real")
            invert = gr.Checkbox(False, label="Dark becomes light in uploads, as in fashion", elem_id="walk-invert")
            with gr.Row(elem_classes="pg-actions"):
                find = gr.Button("Find it and add it", variant="primary", elem_id="walk-find")
                stop = gr.Button("Stop", elem_id="walk-find-stop")
            note = notice_view(elem_id="walk-own-notice")
            inversion = sheet_view(elem_id="walk-found", elem_classes="pg-short")
    own = WalkOwnPicture(gr.State(empty), gr.State(0), canvas, file, invert, blank, real, find, stop, inversion, note)
    _connect(own, shared)


def _connect(own: WalkOwnPicture, shared: LatentShared) -> None:
    parts = (own, shared)
    page = gr.context.Context.root_block
    assert isinstance(page, gr.Blocks)
    drops = "() => window.playground.dropInto('#latent-walk', '#walk-mine')"
    page.load(None, None, None, js=drops, api_visibility="private")
    own.canvas.drawn(**call(on_stroke, own, [], ["picture", "notice"]), queue=False, **QUIET)
    asked = [*SETTINGS, "endpoints"]
    read = call(
        on_file, parts, ["file", *asked, "invert"], [*ENDPOINT_OUTPUTS, "picture", "canvas", "inversion", "notice"]
    )
    uploaded = own.file.upload(**read, **QUIET, **MODEL_QUEUE)
    search = call(on_find, parts, ["picture", *asked], ["endpoints", "inversion", "notice"])
    started = own.find.click(**search, **QUIET, **MODEL_QUEUE)
    connect_stop(own.stop, [started, uploaded], own.notice)
    for kind, button in (("blank", own.blank), ("real", own.real)):

        def start(model: str, number: int, kind: str = kind) -> Update:
            return on_start(kind, model, number)

        outputs = ["picture", "canvas", "number", "notice"]
        button.click(**call(start, parts, ["model", "number"], outputs), **QUIET, **MODEL_QUEUE)
    # Also when a link or a kept picture sets the model, of which `.input` does not report.
    fitted = call(fit_canvas, parts, ["picture", "model"], ["picture", "canvas"])
    shared.model.change(**fitted, queue=False, **QUIET)
