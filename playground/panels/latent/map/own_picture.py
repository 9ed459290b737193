"""My own drawing on the map of latent space: painted, uploaded or taken, and shown as the Gaussian it becomes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from numpy.typing import NDArray

from playground.core.errors import PlaygroundError
from playground.core.image_upload import fit_by_steps, read_upload
from playground.images.dataset_browser import held_out_image
from playground.latent import map_decode, projection_map
from playground.latent.encoder_means import vae_facts
from playground.latent.map_decode import Gaussian
from playground.latent.projection_map import ProjectionMap
from playground.panels.latent.canvas import blank, on_drawn
from playground.ui.events import FOLLOWS, MODEL_QUEUE, QUIET
from playground.ui.notice import notice
from playground.ui.picture_views import pack, paint_view

_SKIP: Any = gr.skip()


@dataclass(frozen=True)
class Mine:
    """The components. picture: gr.State of (H, W, C) uint8 or None.  gaussian: gr.State of where it lies, or None."""

    picture: gr.State
    gaussian: gr.State
    number: gr.State
    canvas: gr.HTML
    file: gr.UploadButton
    blank: gr.Button
    real: gr.Button
    away: gr.Button


def mark(drawn: ProjectionMap, mine: Gaussian | None) -> dict[str, Any] | None:
    """My picture as the map view draws it."""
    if mine is None:
        return None
    ((x, y),) = projection_map.place_points(drawn, mine.mean[None]).astype(float).tolist()
    if drawn.projection == "tsne":
        return {"x": x, "y": y}
    ellipse = map_decode.project_ellipse(drawn, mine)
    return {"x": x, "y": y, "major": ellipse.major, "minor": ellipse.minor, "angle": ellipse.angle}


def words(drawn: ProjectionMap, mine: Gaussian) -> str:
    """What the mark of my picture means."""
    nearest = float(map_decode.nearest_distances(mine.mean[None], drawn.means)[0])
    far = f"The nearest of these pictures is {nearest:.2f} from it, in all {len(mine.mean)} dimensions."
    if drawn.projection == "tsne":
        return f"× mine: the mean of your picture's Gaussian; this map has no room for its width. {far}"
    return (
        "× mine: the mean of your picture's Gaussian. The ellipses are its width, one and two standard deviations, "
        f"seen flat: they hold 39 % and 86 % of its draws. {far}"
    )


def on_upload(path: str | None, model: str) -> tuple[Any, Any, Any]:
    """(picture, canvas, notice): a visitor's file is read, fitted, and deleted at once."""
    if path is None:
        return _SKIP, _SKIP, notice("Choose a picture first.", "error")
    try:
        facts, read = vae_facts(model), read_upload(path)
        fitted = fit_by_steps(read.picture, facts.side, facts.channels, "crop", False).resized
        return fitted, pack(fitted[None]), None
    except PlaygroundError as error:
        return _SKIP, _SKIP, notice(str(error), "error")
    finally:
        Path(path).unlink(missing_ok=True)


def on_start(kind: str, model: str, number: int) -> tuple[Any, Any, Any, Any]:
    """(picture, canvas, number of the next real one, notice): a blank one, or one that was held out."""
    try:
        facts = vae_facts(model)
        picture = blank(model) if kind == "blank" else held_out_image(facts.dataset, number)
        return picture, pack(picture[None]), number + 1, None
    except PlaygroundError as error:
        return _SKIP, _SKIP, _SKIP, notice(str(error), "error")


def on_encode(picture: NDArray[np.uint8] | None, model: str) -> tuple[Any, Any]:
    """(Gaussian, notice): where the encoder puts the picture."""
    try:
        if picture is None:
            raise PlaygroundError("There is no picture yet: paint one, upload one, or take a real one.")
        return map_decode.encode_gaussian(picture, model), _SKIP
    except PlaygroundError as error:
        return None, notice(str(error), "error")


def build() -> Mine:
    """The accordion."""
    with gr.Accordion("My own drawing on the map", open=False, elem_id="map-mine"):
        with gr.Row():
            with gr.Column(scale=2, min_width=260):
                canvas = paint_view(elem_id="map-paint")
            with gr.Column(scale=3, min_width=260):
                gr.Markdown(
                    "Paint, upload a picture (it is not kept), or take one that the model never saw: it appears on the "
                    "map, as the Gaussian that the encoder makes of it."
                )
                with gr.Row(elem_classes="pg-actions"):
                    file = gr.UploadButton("Upload a picture", file_types=["image"], elem_id="map-upload")
                    empty = gr.Button("Blank", elem_id="map-blank")
                    real = gr.Button("A real picture", elem_id="map-real")
                    away = gr.Button("Off the map", elem_id="map-away")
    return Mine(gr.State(None), gr.State(None), gr.State(0), canvas, file, empty, real, away)


def wire(mine: Mine, model: gr.Dropdown, note: gr.HTML, opens: dict[str, Any]) -> None:
    """Connects the events: whatever gives a picture puts it on the map. opens: draws the map anew."""
    encodes: dict[str, Any] = {
        "fn": on_encode, "inputs": [mine.picture, model], "outputs": [mine.gaussian, note], **FOLLOWS, **MODEL_QUEUE,
    }  # fmt: skip
    outputs = [mine.picture, mine.canvas, note]
    drawn = mine.canvas.drawn(on_drawn, None, [mine.picture, note], queue=False, **QUIET)
    drawn.then(**encodes).then(**opens)
    mine.file.upload(on_upload, [mine.file, model], outputs, **QUIET).then(**encodes).then(**opens)
    for kind, button in (("blank", mine.blank), ("real", mine.real)):

        def start(name: str, number: int, kind: str = kind) -> tuple[Any, Any, Any, Any]:
            return on_start(kind, name, number)

        given = [mine.picture, mine.canvas, mine.number, note]
        button.click(start, [model, mine.number], given, **QUIET, **MODEL_QUEUE).then(**encodes).then(**opens)
    mine.away.click(lambda: None, None, mine.gaussian, queue=False, **QUIET).then(**opens)
