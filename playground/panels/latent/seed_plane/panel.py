"""Seed plane: an endless lattice of seeds; the picture of a place follows the pointer."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.images.model_menu import image_model_facts
from playground.latent import seed_plane
from playground.latent.endpoints import format_endpoint
from playground.panels.latent.seed_plane.view import seed_plane_view
from playground.panels.latent.shared import (
    RESTORED,
    SWITCH_OUTPUTS,
    LatentShared,
    add_endpoint,
    condition_text,
    restore_settings,
    switch_update,
    with_model,
)
from playground.ui.event_data import event_values
from playground.ui.events import FOLLOWS, MODEL_QUEUE, QUIET, Update, call
from playground.ui.messages import error_notice
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_protocol import Example, Panel
from playground.ui.picture_views import pack
from playground.ui.result_settings import result_settings

NAME = "seed_plane"
#: The families of models that it can use.
KINDS = ("vae", "gan")
FORMER_NAMES = ("plane",)


#: The crossings that come with the plane, each way from its middle, of models whose pictures are small.
_ACROSS, _DOWN, _SMALL_SIDE = 4, 2, 32


@dataclass(frozen=True)
class SeedPlaneComponents:
    """place: gr.State of (x, y)."""

    place: gr.State
    view: gr.HTML
    notice: gr.HTML
    query: gr.Textbox


def decode(request: Any) -> dict[str, Any]:
    """The pictures of places, or {"error"}. A server function: outside the queue, to follow the pointer."""
    try:
        if not isinstance(request, dict):
            raise PlaygroundError(say("latent.seed_plane.place_form"))
        return pack(seed_plane.pictures_at(request.get("model"), request.get("condition"), request.get("places")))
    except PlaygroundError as error:
        return {"error": str(error)}


def on_draw(model: str, condition: Sequence[str] | None, place: seed_plane.Place) -> Iterator[Update]:
    """The plane at its place. Loads the model now, so that the first move does not wait for it."""
    if switch := switch_update(model, KINDS):
        yield switch
        return
    words = condition_text(condition)
    x, y = (round(coordinate) for coordinate in place)
    lattice = itertools.product(range(y - _DOWN, y + _DOWN + 1), range(x - _ACROSS, x + _ACROSS + 1))
    around = [(left, top) for top, left in lattice if max(abs(left), abs(top)) <= seed_plane.MAX_COORDINATE]
    try:
        here = seed_plane.pictures_at(model, words, [place])
        fast = here.shape[1] <= _SMALL_SIDE
        crossings = seed_plane.pictures_at(model, words, around) if fast else here[:0]
    except PlaygroundError as error:
        yield {"view": None, "notice": error_notice(error)}
        return
    first = {"places": around if fast else [], "here": pack(here), "crossings": pack(crossings)}
    value = {"model": model, "condition": words, "x": place[0], "y": place[1], "first": first}
    yield {"view": value, "notice": None, "query": _query(model, words, place)}


def _query(model: str, condition: str, place: seed_plane.Place) -> str:
    return seed_plane.place_recipe(model, condition, *place).to_query()


def on_move(model: str, condition: Sequence[str] | None, event: gr.EventData) -> Update:
    """The place, its link and what its picture resembles, once the view rests. A stored plane's sentence goes."""
    place = seed_plane.read_place(event_values(event)["x"], event_values(event)["y"])
    words = condition_text(condition)
    return {"place": place, "query": _query(model, words, place), "notice": notice(_resemblance(model, words, place))}


def _resemblance(model: str, condition: str, place: seed_plane.Place) -> str:
    """What the picture of a place resembles; "" where drawing its neighbours takes long, or is not possible now."""
    x, y = place
    if image_model_facts(model).side > _SMALL_SIDE or max(map(abs, place)) >= seed_plane.MAX_COORDINATE:
        return ""
    try:
        (seed, least), *others = seed_plane.corner_errors(model, condition, x, y)
    except PlaygroundError:
        return ""
    most = others[-1][1]
    if x == round(x) and y == round(y):
        return say("latent.seed_plane.neighbours", least=least, most=most)
    return say("latent.seed_plane.resembles", seed=seed, least=least, most=most)


def on_endpoint(model: str, condition: Sequence[str] | None, endpoints: str, event: gr.EventData) -> Update:
    """Adds the place to the end points of the walk."""
    place = seed_plane.read_place(event_values(event)["x"], event_values(event)["y"])
    endpoint = seed_plane.endpoint_at(model, condition_text(condition), *place)
    return add_endpoint(endpoints, format_endpoint(endpoint))


def restore(recipe: Recipe) -> Update:
    """Model, condition and place. Raises PlaygroundError if one of them is not valid."""
    place = seed_plane.read_place(recipe.settings.get("x", 0), recipe.settings.get("y", 0))
    return {**restore_settings(with_model(recipe)), "place": place}


def build(item: gr.Tab, shared: LatentShared) -> Panel:
    """Builds and connects the panel in the surrounding gr.Tab."""
    introduction("latent.seed_plane")
    note = notice_view(elem_id="seed-plane-notice")
    view = seed_plane_view(decode, elem_id="seed-plane")
    plane = SeedPlaneComponents(gr.State((0.0, 0.0)), view, note, gr.Textbox(visible="hidden"))
    parts, switched = (plane, shared), gr.Textbox(visible="hidden")
    view.moved(**call(on_move, parts, ["model", "condition"], ["place", "query", "notice"]), queue=False, **FOLLOWS)
    endpoint = call(on_endpoint, parts, ["model", "condition", "endpoints"], ["endpoints", "notice"])
    view.end(**endpoint, **QUIET, **MODEL_QUEUE)
    return Panel(
        NAME, item, (*parts, {"switched": switched}), example=Example(), redraw_on=[switched.change],
        restore=restore, restored=[*RESTORED, "place"],
        draw=on_draw, draw_inputs=["model", "condition", "place"], drawn=["view", "notice", "query", *SWITCH_OUTPUTS],
        result=result_settings({"model": shared.model, "condition": shared.condition}, [view], follows=True),
    )  # fmt: skip
