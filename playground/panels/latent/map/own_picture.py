"""My own drawing on the map of latent space: painted, uploaded or taken, and shown as the Gaussian that it becomes."""

from __future__ import annotations

from collections.abc import Callable
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
from playground.latent.map_decode import PictureGaussian
from playground.latent.projection_map import ProjectionMap
from playground.panels.latent.canvas import blank_picture, on_stroke
from playground.ui.events import FOLLOWS, MODEL_QUEUE, QUIET, Update, call
from playground.ui.messages import error_notice
from playground.ui.picture_views import pack, paint_view


@dataclass(frozen=True)
class MapOwnPicture:
    """picture: gr.State of (H, W, C) uint8 or None.  gaussian: gr.State of its PictureGaussian, or None.

    number: gr.State of the next real picture.
    """

    picture: gr.State
    gaussian: gr.State
    number: gr.State
    canvas: gr.HTML
    file: gr.UploadButton
    blank: gr.Button
    real: gr.Button
    remove: gr.Button


def mark(drawn: ProjectionMap, mine: PictureGaussian | None) -> dict[str, Any] | None:
    """My picture as the map view draws it."""
    if mine is None:
        return None
    ((x, y),) = projection_map.place_points(drawn, mine.mean[None]).astype(float).tolist()
    if drawn.projection == "tsne":
        return {"x": x, "y": y}
    ellipse = map_decode.project_ellipse(drawn, mine)
    return {"x": x, "y": y, "major": ellipse.major, "minor": ellipse.minor, "angle": ellipse.angle}


def words(drawn: ProjectionMap, mine: PictureGaussian) -> str:
    """What the mark of my picture means."""
    nearest = float(map_decode.nearest_distances(mine.mean[None], drawn.means)[0])
    far = f"The nearest of these pictures is {nearest:.2f} from it, in all {len(mine.mean)} dimensions."
    if drawn.projection == "tsne":
        return f"× mine: the mean of your picture's Gaussian; this map has no room for its width. {far}"
    return (
        "× mine: the mean of your picture's Gaussian. The ellipses are its width, one and two standard deviations, "
        f"seen flat: they hold 39 % and 86 % of its draws. {far}"
    )


def on_upload(path: str | None, model: str) -> Update:
    """A visitor's file is read, fitted, and deleted at once."""
    if path is None:
        raise PlaygroundError("Choose a picture first.")
    try:
        facts, upload = vae_facts(model), read_upload(path)
        fitted = fit_by_steps(upload.picture, facts.side, facts.channels, "crop", False).resized
        return {"picture": fitted, "canvas": pack(fitted[None]), "notice": None}
    finally:
        Path(path).unlink(missing_ok=True)


def on_start(kind: str, model: str, number: int) -> Update:
    """A picture to begin with. kind: "blank", or "real" for the next one that was held out."""
    facts = vae_facts(model)
    picture = blank_picture(model) if kind == "blank" else held_out_image(facts.dataset, number)
    return {"picture": picture, "canvas": pack(picture[None]), "number": number + 1, "notice": None}


def on_encode(picture: NDArray[np.uint8] | None, model: str) -> Update:
    """Where the encoder puts the picture."""
    try:
        if picture is None:
            raise PlaygroundError("There is no picture yet: paint one, upload one, or take a real one.")
        return {"gaussian": map_decode.encode_gaussian(picture, model)}
    except PlaygroundError as error:
        return {"gaussian": None, "notice": error_notice(error)}


def build() -> MapOwnPicture:
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
                    blank = gr.Button("Blank", elem_id="map-blank")
                    real = gr.Button("A real picture", elem_id="map-real")
                    remove = gr.Button("Off the map", elem_id="map-away")
    return MapOwnPicture(gr.State(None), gr.State(None), gr.State(0), canvas, file, blank, real, remove)


def connect(own: MapOwnPicture, model: gr.Dropdown, note: gr.HTML) -> list[Callable[..., Any]]:
    """Connects the events. Returns listeners of what must draw the map again."""
    parts = (own, {"model": model, "notice": note})
    encode = {**call(on_encode, parts, ["picture", "model"], ["gaussian", "notice"]), **FOLLOWS, **MODEL_QUEUE}
    stroke = own.canvas.drawn(**call(on_stroke, parts, [], ["picture", "notice"]), queue=False, **QUIET)
    upload = own.file.upload(**call(on_upload, parts, ["file", "model"], ["picture", "canvas", "notice"]), **QUIET)
    given = [stroke, upload]
    for kind, button in (("blank", own.blank), ("real", own.real)):

        def start(model: str, number: int, kind: str = kind) -> Update:
            return on_start(kind, model, number)

        outputs = ["picture", "canvas", "number", "notice"]
        given.append(button.click(**call(start, parts, ["model", "number"], outputs), **QUIET, **MODEL_QUEUE))
    removed = own.remove.click(**call(lambda: {"gaussian": None}, parts, [], ["gaussian"]), queue=False, **QUIET)
    return [*(event.then(**encode).then for event in given), removed.then]
