"""A visitor's own picture on the map: painted, uploaded or taken from the data, and drawn as its Gaussian."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.image_upload import fit_by_steps, read_upload
from playground.images.dataset_browser import held_out_image
from playground.images.model_menu import blank_picture
from playground.latent import map_decode, projection_map
from playground.latent.encoder_means import vae_facts
from playground.latent.map_decode import PictureGaussian
from playground.latent.projection_map import ProjectionMap
from playground.panels.latent.canvas import on_stroke
from playground.ui.events import FOLLOWS, MODEL_QUEUE, QUIET, Update, call
from playground.ui.messages import error_notice
from playground.ui.notice import notice, notice_view
from playground.ui.picture_views import pack, paint_view


@dataclass(frozen=True)
class MapOwnPicture:
    """picture: gr.State of (H, W, C) uint8 or None.  gaussian: gr.State of its PictureGaussian, or None.

    number: gr.State of the next real picture.  read: the notice of what was done to an upload.
    """

    picture: gr.State
    gaussian: gr.State
    number: gr.State
    canvas: gr.HTML
    file: gr.UploadButton
    blank: gr.Button
    real: gr.Button
    remove: gr.Button
    read: gr.HTML


def mark(latent_map: ProjectionMap, gaussian: PictureGaussian | None) -> dict[str, Any] | None:
    """The picture's mark as the map view draws it; None without a picture."""
    if gaussian is None:
        return None
    ((x, y),) = projection_map.place_points(latent_map, gaussian.mean[None]).astype(float).tolist()
    if latent_map.projection == "tsne":
        return {"x": x, "y": y}
    ellipse = map_decode.project_ellipse(latent_map, gaussian)
    return {"x": x, "y": y, "major": ellipse.major, "minor": ellipse.minor, "angle": ellipse.angle}


def words(latent_map: ProjectionMap, gaussian: PictureGaussian) -> str:
    """What the mark means, in sentences."""
    distance = float(map_decode.nearest_distances(gaussian.mean[None], latent_map.means)[0])
    nearest = say("latent.map.own_picture.nearest", distance=distance, dimensions=len(gaussian.mean))
    return f"{say(f'latent.map.own_picture.mark.{latent_map.projection}')} {nearest}"


def on_upload(path: str | None, model: str) -> Update:
    """Reads and fits a visitor's file, and deletes it at once.

    What is wrong with it is said beside the button, in place of the note on the picture before, which stays.
    """
    if path is None:
        raise PlaygroundError(say("shared.upload.none"))
    try:
        facts, upload = vae_facts(model), read_upload(path)
        fitted = fit_by_steps(upload.picture, facts.side, facts.channels, "crop", False)
        read = notice(say("shared.upload.read", steps=fitted.words(upload.notes)), "ok")
        return {"picture": fitted.resized, "canvas": pack(fitted.resized[None]), "read": read, "notice": None}
    except PlaygroundError as error:
        return {"read": error_notice(error), "notice": None}
    finally:
        Path(path).unlink(missing_ok=True)


def on_start(kind: str, model: str, number: int) -> Update:
    """A first picture for the canvas. kind: "blank", or "real" for the next held-out one."""
    facts = vae_facts(model)
    picture = blank_picture(model) if kind == "blank" else held_out_image(facts.dataset, number)
    return {"picture": picture, "canvas": pack(picture[None]), "number": number + 1, "read": None, "notice": None}


def on_encode(picture: NDArray[np.uint8] | None, model: str) -> Update:
    """The Gaussian that the encoder gives the picture on the canvas; none before the first, if its upload failed."""
    if picture is None:
        return {"gaussian": None}
    try:
        return {"gaussian": map_decode.encode_gaussian(picture, model)}
    except PlaygroundError as error:
        return {"gaussian": None, "notice": error_notice(error)}


def build(model: gr.Dropdown) -> MapOwnPicture:
    """Builds the accordion; `connect` connects it. model: the tab's."""
    with gr.Accordion(say("latent.map.own_picture.title"), open=False, elem_id="map-own-picture"):
        with gr.Row():
            with gr.Column(scale=2, min_width=260):
                canvas = paint_view(pack(blank_picture(model.value)[None]), elem_id="map-paint")
            with gr.Column(scale=3, min_width=260):
                gr.Markdown(say("latent.map.own_picture.intro"))
                with gr.Row(elem_classes="pg-actions"):
                    file = gr.UploadButton(
                        say("latent.map.own_picture.upload"), file_types=["image"], elem_id="map-upload"
                    )
                    blank = gr.Button(say("shared.blank"), elem_id="map-blank")
                    real = gr.Button(say("shared.real_picture"), elem_id="map-real")
                    remove = gr.Button(say("latent.map.own_picture.remove"), elem_id="map-remove")
                read = notice_view(elem_id="map-read")
    return MapOwnPicture(gr.State(None), gr.State(None), gr.State(0), canvas, file, blank, real, remove, read)


def connect(own: MapOwnPicture, model: gr.Dropdown, note: gr.HTML) -> list[Callable[..., Any]]:
    """Connects the events. Returns listeners after which the map must be redrawn."""
    parts = (own, {"model": model, "notice": note})
    encode = {**call(on_encode, parts, ["picture", "model"], ["gaussian", "notice"]), **FOLLOWS, **MODEL_QUEUE}
    stroke = own.canvas.drawn(**call(on_stroke, parts, [], ["picture", "notice"]), queue=False, **QUIET)
    upload = own.file.upload(
        **call(on_upload, parts, ["file", "model"], ["picture", "canvas", "read", "notice"]), **QUIET
    )
    pictures = [stroke, upload]
    for kind, button in (("blank", own.blank), ("real", own.real)):

        def start(model: str, number: int, kind: str = kind) -> Update:
            return on_start(kind, model, number)

        outputs = ["picture", "canvas", "number", "read", "notice"]
        pictures.append(button.click(**call(start, parts, ["model", "number"], outputs), **QUIET, **MODEL_QUEUE))
    remove = own.remove.click(**call(lambda: {"gaussian": None}, parts, [], ["gaussian"]), queue=False, **QUIET)
    return [*(event.then(**encode).then for event in pictures), remove.then]
