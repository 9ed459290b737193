"""A visitor's own picture as an end point: painted, uploaded, or saved earlier in the Images tab."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.image_upload import LARGEST_BYTES, fit_by_steps, read_upload
from playground.images.dataset_browser import held_out_image
from playground.images.model_menu import blank_picture, image_model_facts
from playground.latent.endpoint_inversion import EndpointInversion, invert_picture, request_in_file
from playground.latent.endpoints import difference_from_draw, endpoint_from_request, format_endpoint
from playground.latent.latent_space import STEPS
from playground.panels.latent.canvas import fit_canvas, on_stroke
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
from playground.ui.view import drop_script


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
    """Searches for the point of the picture on the canvas."""
    if picture is None:
        raise PlaygroundError(say("shared.upload.nothing_painted"))
    for step in invert_picture(picture, model, condition_text(condition), int(steps)):
        update = {"inversion": _pair(picture, step)}
        if step.end is None:
            yield {**update, "notice": notice(_progress(step, model))}
        else:
            sentence = say("latent.walk.own_picture.added", error=step.error / 255)
            endpoints = append_endpoint(endpoints, format_endpoint(step.end))
            yield {**update, "endpoints": endpoints, "notice": notice(sentence, "ok")}


def _progress(step: EndpointInversion, model: str) -> str:
    kind = image_model_facts(model).kind
    counts = {"step": step.step, "steps": step.steps}
    if kind == "diffusion":
        progress = say("latent.walk.own_picture.progress_diffusion", **counts)
    else:
        progress = say("latent.walk.own_picture.progress", **counts, error=step.error / 255)
    return f"{progress} {say(f'latent.walk.own_picture.method.{kind}')}"


def _pair(picture: NDArray[np.uint8], step: EndpointInversion) -> dict[str, Any]:
    items = [{"label": say("latent.walk.own_picture.yours")}, {"label": say("latent.walk.own_picture.models")}]
    return pack(np.stack([picture, step.picture])) | {"items": items, "done": step.end is not None, "chosen": None}


def on_file(
    path: str | None, model: str, condition: Sequence[str] | None, steps: float, endpoints: str, invert: bool
) -> Iterator[Update]:
    """A file as an end point. The file is deleted at once.

    A picture saved in the Images tab names its seed; any other goes on the canvas and its point is searched for.
    """
    if path is None:
        raise PlaygroundError(say("shared.upload.none"))
    try:
        with open(path, "rb") as file:
            content = file.read(LARGEST_BYTES + 1)
    finally:
        Path(path).unlink(missing_ok=True)
    request = request_in_file(content)
    if request is not None:
        kind = image_model_facts(request.model).kind
        difference = difference_from_draw(request, kind, int(steps) if request.model == model else STEPS)
        saved = say("latent.walk.picker.saved_picture", seed=request.seed)
        update = endpoint_of_model(endpoint_from_request(request, kind), request.model, model, endpoints)
        yield {**update, "inversion": None, "notice": endpoint_notice(saved, request.model, model, difference)}
        return
    facts = image_model_facts(model)
    upload = read_upload(content)
    fitted = fit_by_steps(upload.picture, facts.side, facts.channels, invert=invert)
    read = say("shared.upload.read", steps=fitted.words(upload.notes))
    yield {"picture": fitted.resized, "canvas": pack(fitted.resized[None]), "inversion": None, "notice": notice(read)}
    for update in on_find(fitted.resized, model, condition, steps, endpoints):
        said = update["notice"]
        yield {**update, "notice": {**said, "text": f"{read} {said['text']}"}}


def on_start(kind: str, model: str, number: int) -> Update:
    """A first picture for the canvas. kind: "blank", or "real" for the next held-out one."""
    dataset = image_model_facts(model).dataset
    if kind == "real" and not dataset:
        raise PlaygroundError(say("latent.walk.own_picture.no_dataset"))
    picture = blank_picture(model) if kind == "blank" else held_out_image(dataset, number)
    return {"picture": picture, "canvas": pack(picture[None]), "number": number + 1, "notice": None}


def build(shared: LatentShared) -> list[Any]:
    """Builds and connects the accordion. Returns the events that may add an end point."""
    first = blank_picture(shared.model.value)
    with gr.Accordion(say("latent.walk.own_picture.title"), open=False), gr.Row():
        with gr.Column(scale=2, min_width=260):
            canvas = paint_view(pack(first[None]), elem_id="walk-paint")
        with gr.Column(scale=3, min_width=260):
            gr.Markdown(say("latent.walk.own_picture.intro"))
            with gr.Row(elem_classes="pg-actions"):
                file = gr.UploadButton(
                    say("latent.walk.own_picture.upload"), file_types=["image"], elem_id="walk-upload"
                )
                blank = gr.Button(say("shared.blank"), elem_id="walk-blank")
                real = gr.Button(say("shared.real_picture"), elem_id="walk-real")
            invert = gr.Checkbox(False, label=say("latent.walk.own_picture.invert"), elem_id="walk-invert")
            with gr.Row(elem_classes="pg-actions"):
                find = gr.Button(say("latent.walk.own_picture.find"), variant="primary", elem_id="walk-find")
                stop = gr.Button(say("shared.stop"), elem_id="walk-find-stop")
            note = notice_view(elem_id="walk-own-notice")
            inversion = sheet_view(elem_id="walk-inversion", elem_classes="pg-short")
    own = WalkOwnPicture(gr.State(first), gr.State(0), canvas, file, invert, blank, real, find, stop, inversion, note)
    return _connect(own, shared)


def _connect(own: WalkOwnPicture, shared: LatentShared) -> list[Any]:
    parts = (own, shared)
    page = gr.context.Context.root_block
    assert isinstance(page, gr.Blocks)
    drops = f"() => {drop_script('#latent-walk', '#walk-upload')}"
    page.load(None, None, None, js=drops, api_visibility="private")
    own.canvas.drawn(**call(on_stroke, own, [], ["picture", "notice"]), queue=False, **QUIET)
    settings = [*SETTINGS, "endpoints"]
    read = call(
        on_file, parts, ["file", *settings, "invert"], [*ENDPOINT_OUTPUTS, "picture", "canvas", "inversion", "notice"]
    )
    upload = own.file.upload(**read, **QUIET, **MODEL_QUEUE)
    find = call(on_find, parts, ["picture", *settings], ["endpoints", "inversion", "notice"])
    search = own.find.click(**find, **QUIET, **MODEL_QUEUE)
    connect_stop(own.stop, [search, upload], own.notice)
    for kind, button in (("blank", own.blank), ("real", own.real)):

        def start(model: str, number: int, kind: str = kind) -> Update:
            return on_start(kind, model, number)

        outputs = ["picture", "canvas", "number", "notice"]
        button.click(**call(start, parts, ["model", "number"], outputs), **QUIET, **MODEL_QUEUE)
    # `.change`, because `.input` does not fire when a link or a kept picture sets the model.
    fit = call(fit_canvas, parts, ["picture", "model"], ["picture", "canvas"])
    shared.model.change(**fit, queue=False, **QUIET)
    return [search, upload]
