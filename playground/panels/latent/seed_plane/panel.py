"""Seed plane: an endless lattice of seeds to be dragged, whose picture follows the pointer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.latent import seed_plane
from playground.latent.endpoints import format_endpoint
from playground.panels.latent.controls import Controls, written
from playground.panels.latent.walk.kept_endpoints import added
from playground.panels.latent.walk.view import plane_view
from playground.ui.events import FOLLOWS, MODEL_QUEUE, QUIET
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.picture_views import pack

_SKIP: Any = gr.skip()
NAME = "plane"


@dataclass(frozen=True)
class Panel:
    """The panel's components. place: gr.State of (x, y)."""

    place: gr.State
    view: gr.HTML
    notice: gr.HTML


def decode(asked: Any) -> dict[str, Any]:
    """The pictures of places, for the view: outside the queue, so that they follow the pointer. {"error"} if not."""
    try:
        if not isinstance(asked, dict):
            raise PlaygroundError("A place on the plane must be two numbers, x and y.")
        return pack(seed_plane.pictures_at(asked.get("model"), asked.get("condition"), asked.get("places")))
    except PlaygroundError as error:
        return {"error": str(error)}


def on_open(front: str, model: str, condition: Sequence[str] | None, place: seed_plane.Place) -> tuple[Any, Any]:
    """(plane, notice), if the panel is in front: loads the model, so that the pointer need not wait for it."""
    if front != NAME:
        return _SKIP, _SKIP
    try:
        seed_plane.pictures_at(model, written(condition), [place])
        return {"model": model, "condition": written(condition), "x": place[0], "y": place[1]}, None
    except PlaygroundError as error:
        return None, notice(str(error), "error")


def on_query(front: str, model: str, condition: Sequence[str] | None, place: seed_plane.Place) -> Any:
    """The link to the place, if the panel is in front."""
    if front != NAME:
        return _SKIP
    try:
        return seed_plane.place_recipe(model, written(condition), *place).to_query()
    except PlaygroundError:
        return _SKIP


def on_moved(event: gr.EventData) -> Any:
    """The place that the view came to rest at."""
    try:
        return seed_plane.read_place(event._data["x"], event._data["y"])
    except PlaygroundError:
        return _SKIP


def on_end(model: str, condition: Sequence[str] | None, ends: str, event: gr.EventData) -> tuple[Any, Any]:
    """(end points of the walk, notice), after the button."""
    try:
        end = seed_plane.endpoint_at(
            model, written(condition), *seed_plane.read_place(event._data["x"], event._data["y"])
        )
        return added(ends, format_endpoint(end)), notice(
            "It is the last end point of the walk now: open the panel Walk.", "ok"
        )
    except PlaygroundError as error:
        return _SKIP, notice(str(error), "error")


def build_plane() -> Panel:
    """The panel."""
    introduction(
        "An endless plane with a seed at every crossing, x + 1000 · y, and the picture of the place under the cross.",
        "Drag the plane, or press arrow keys: between crossings the four nearest points are blended. Snap to a seed.",
        "There is a picture everywhere, not only at seeds: neighbours here are strangers, yet all is one space.",
    )
    note = notice_view(elem_id="plane-notice")
    return Panel(gr.State((0.0, 0.0)), plane_view(decode, elem_id="plane"), note)


def wire(panel: Panel, controls: Controls, front: gr.State, ends: gr.Textbox, query: gr.Textbox) -> dict[str, Any]:
    """Connects the panel's events. Returns the keywords of the event that opens it."""
    asked = [front, controls.model, controls.condition, panel.place]
    told: dict[str, Any] = {"inputs": asked, "outputs": query, "queue": False, **FOLLOWS}
    panel.view.moved(on_moved, None, panel.place, queue=False, **FOLLOWS).then(on_query, **told)
    given = [controls.model, controls.condition, ends]
    panel.view.end(on_end, given, [ends, panel.notice], **QUIET, **MODEL_QUEUE)
    return {"fn": on_open, "inputs": asked, "outputs": [panel.view, panel.notice], **FOLLOWS, **MODEL_QUEUE}
