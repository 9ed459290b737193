"""A picture of the visitor's own as an end point of a walk: painted, uploaded, or saved in the Images tab before."""

from __future__ import annotations

from collections.abc import Iterator
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
from playground.panels.latent.canvas import blank, fitting, on_drawn
from playground.panels.latent.controls import Controls, written
from playground.panels.latent.walk.kept_endpoints import Walked, added, taken, told
from playground.ui.events import MODEL_QUEUE, QUIET, connect_stop
from playground.ui.notice import notice, notice_view
from playground.ui.picture_views import pack, paint_view, sheet_view

_SKIP: Any = gr.skip()
_HOW = {
    "vae": "A VAE's encoder says at once where your picture lies.",
    "gan": "A GAN has no encoder: its space is searched, step by step, for the picture that comes closest.",
    "diffusion": "Diffusion runs backwards, from your picture into noise: the noise is the end point.",
}


@dataclass(frozen=True)
class Own:
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
    found: gr.HTML
    notice: gr.HTML


def on_find(
    picture: NDArray[np.uint8] | None, model: str, condition: list[str], steps: float, ends: str
) -> Iterator[tuple[Any, Any, Any]]:
    """(end points, what is found so far, notice): the point of the picture on the canvas."""
    try:
        if picture is None:
            raise PlaygroundError("There is no picture yet: paint one, upload one, or take a real one.")
        for found in invert_picture(picture, model, written(condition), int(steps)):
            shown = _pair(picture, found)
            if found.end is None:
                yield _SKIP, shown, notice(_looking(found, model))
            else:
                said = f"Your picture is the last end point now, {found.error:.1f} of 255 off (root mean square)."
                yield added(ends, format_endpoint(found.end)), shown, notice(said, "ok")
    except PlaygroundError as error:
        yield _SKIP, _SKIP, notice(str(error), "error")


def _looking(found: EndpointInversion, model: str) -> str:
    off = "" if picture_kind(model) == "diffusion" else f", {found.error:.1f} of 255 off so far"
    return f"Looking: step {found.step} of {found.steps}{off}. {_HOW[picture_kind(model)]}"


def picture_kind(model: str) -> str:
    """The model's family."""
    return image_model_facts(model).kind


def _pair(picture: NDArray[np.uint8], found: EndpointInversion) -> dict[str, Any]:
    items = [{"label": "yours"}, {"label": "the model's"}]
    return pack(np.stack([picture, found.picture])) | {"items": items, "done": found.end is not None, "chosen": None}


def on_file(
    path: str | None, model: str, condition: list[str], steps: float, ends: str, invert: bool
) -> Iterator[list[Any]]:
    """[*what `taken` sets, picture, canvas, what is found, notice]; the file is deleted at once.

    A picture that was saved in the Images tab says what made it; any other goes on the canvas and is looked for.
    """
    if path is None:
        yield [_SKIP] * 9 + [notice("Choose a picture first.", "error")]
        return
    try:
        with open(path, "rb") as file:
            content = file.read(LARGEST_BYTES + 1)
        Path(path).unlink(missing_ok=True)
        asked = request_in_file(content)
        if asked is not None:
            of, kind = asked.model, picture_kind(asked.model)
            more = difference_from_draw(asked, kind, int(steps) if of == model else STEPS)
            said = told(f"The saved picture of seed {asked.seed}", of, model, more)
            yield [*taken(endpoint_from_request(asked, kind), of, model, ends), _SKIP, _SKIP, None, said]
            return
        facts = image_model_facts(model)
        picture = fit(read_picture(content), facts.side, facts.channels, invert=invert)
        yield [_SKIP] * 6 + [picture, pack(picture[None]), None, _SKIP]
        for new_ends, shown, said in on_find(picture, model, condition, steps, ends):
            yield [_SKIP] * 4 + [new_ends, _SKIP, _SKIP, _SKIP, shown, said]
    except PlaygroundError as error:
        yield [_SKIP] * 9 + [notice(str(error), "error")]
    finally:
        Path(path).unlink(missing_ok=True)


def on_start(kind: str, model: str, number: int) -> tuple[Any, Any, Any, Any]:
    """(picture, canvas, number of the next real one, notice): a blank one, or one that was held out."""
    try:
        dataset = image_model_facts(model).dataset
        if kind == "real" and not dataset:
            raise PlaygroundError("This model comes without its data set: paint a picture, or upload one.")
        picture = blank(model) if kind == "blank" else held_out_image(dataset, number)
        return picture, pack(picture[None]), number + 1, None
    except PlaygroundError as error:
        return _SKIP, _SKIP, _SKIP, notice(str(error), "error")


def build(model: str) -> Own:
    """The accordion. model: the first one."""
    empty = blank(model)
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
                start = gr.Button("Blank", elem_id="walk-blank")
                real = gr.Button("A real picture", elem_id="walk-real")
            invert = gr.Checkbox(False, label="Dark becomes light in uploads, as in fashion", elem_id="walk-invert")
            with gr.Row(elem_classes="pg-actions"):
                find = gr.Button("Find it and add it", variant="primary", elem_id="walk-find")
                stop = gr.Button("Stop", elem_id="walk-find-stop")
            note = notice_view(elem_id="walk-own-notice")
            found = sheet_view(elem_id="walk-found", elem_classes="pg-short")
    return Own(gr.State(empty), gr.State(0), canvas, file, invert, start, real, find, stop, found, note)


def wire(own: Own, controls: Controls, walked: Walked) -> None:
    """Connects the events."""
    page = gr.context.Context.root_block
    assert isinstance(page, gr.Blocks)
    drops = "() => window.playground.dropInto('#latent-walk', '#walk-mine')"
    page.load(None, None, None, js=drops, api_visibility="private")
    own.canvas.drawn(on_drawn, None, [own.picture, own.notice], queue=False, **QUIET)
    asked = [*controls.inputs(), walked.ends]
    given = [own.file, *asked, own.invert]
    outputs = [*walked.outputs(controls), own.picture, own.canvas, own.found, own.notice]
    read = own.file.upload(on_file, given, outputs, **QUIET, **MODEL_QUEUE)
    started = own.find.click(
        on_find, [own.picture, *asked], [walked.ends, own.found, own.notice], **QUIET, **MODEL_QUEUE
    )
    connect_stop(own.stop, [started, read], own.notice)
    for kind, button in (("blank", own.blank), ("real", own.real)):

        def start(model: str, number: int, kind: str = kind) -> tuple[Any, Any, Any, Any]:
            return on_start(kind, model, number)

        filled = [own.picture, own.canvas, own.number, own.notice]
        button.click(start, [controls.model, own.number], filled, **QUIET, **MODEL_QUEUE)
    # Also when a link or a kept picture sets the model, of which `.input` says nothing.
    controls.model.change(fitting, [own.picture, controls.model], [own.picture, own.canvas], queue=False, **QUIET)
