"""Traversal: the information in each dimension of a VAE's points, and its effect on the picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.numbers import percent
from playground.core.recipe import Recipe
from playground.images.image_request import format_condition
from playground.images.model_menu import image_model_facts
from playground.latent import traversal
from playground.latent.traversal import TraversalRequest
from playground.panels.latent.shared import (
    RESTORED,
    SWITCH_OUTPUTS,
    LatentShared,
    condition_text,
    restore_settings,
    switch_update,
    with_model,
)
from playground.panels.latent.traversal.view import active_dimensions_view, dimension_effect_view, traversal_view
from playground.ui.event_data import event_values
from playground.ui.events import FOLLOWS, MODEL_QUEUE, Update, call
from playground.ui.messages import cannot_follow, error_notice
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_protocol import Example, Panel
from playground.ui.picture_views import pack
from playground.ui.result_settings import ResultSettings, result_settings

NAME = "traversal"
#: The families of models that it can use.
KINDS = ("vae",)
FORMER_NAMES = ("reading",)
#: What a base is -> the key of its name.
BASES = {"real": "shared.real_picture", "seed": "latent.traversal.seed", "middle": "latent.traversal.middle"}
#: (model, dimension from 1, position or None, base as in a link); None before the first visit.
Place = tuple[str, int, float | None, str] | None


@dataclass(frozen=True)
class TraversalComponents:
    """place: gr.State of Place.  link_error: gr.State of a notice: what is wrong with a link, until it is shown.

    kind: of the base, one of BASES; number: of the picture or seed.  effect: of the dimension on the picture.
    active: a row for each active dimension.
    """

    place: gr.State
    link_error: gr.State
    kind: gr.Radio
    number: gr.Number
    view: gr.HTML
    effect: gr.HTML
    active: gr.HTML
    notice: gr.HTML
    query: gr.Textbox


def traverse(request: Any) -> dict[str, Any]:
    """Pictures along a dimension, or {"error"}. A server function: outside the queue, to follow the pointer."""
    try:
        if not isinstance(request, dict):
            raise PlaygroundError(say("latent.traversal.place_form"))
        return pack(traversal.decode_live(request.get("model"), request))
    except PlaygroundError as error:
        return {"error": str(error)}


def request_of(model: str, condition: Sequence[str] | None, place: Place) -> TraversalRequest:
    """The checked place, or the model's first one if there is none yet."""
    if place is None or place[0] != model:
        traversal.require_vae(model)
        first = int(traversal.held_out_statistics(model).order()[0]) + 1
        place = (model, first, None, traversal.default_base(model))
    values = {"dimension": place[1], "position": place[2], "base": place[3], "condition": condition_text(condition)}
    return traversal.read_traversal(model, values)


def _present(model: str, place: Place) -> Place:
    """The place; with the stored view that the panel opens on, the first place of its model."""
    return (model, 1, None, traversal.default_base(model)) if place is None else place


def place_of(request: TraversalRequest) -> tuple[str, int, float | None, str]:
    """The place as the state holds it."""
    return request.model, request.dimension + 1, request.position, traversal.format_base(request.base)


def view_value(request: TraversalRequest) -> dict[str, Any]:
    """A value for the traversal view."""
    statistics = traversal.held_out_statistics(request.model)
    bars = [
        {
            "dimension": int(dimension) + 1,
            "kl": round(float(statistics.kl[dimension]), 4),
            "variance": round(float(statistics.variance[dimension]), 5),
            "active": bool(statistics.active[dimension]),
        }
        for dimension in statistics.order()
    ]
    return {
        "model": request.model,
        "condition": format_condition(request.condition),
        "base": traversal.format_base(request.base),
        "words": traversal.summarize(statistics),
        "bars": bars,
        "dimension": request.dimension + 1,
        "position": request.position,
        "own": traversal.base_point(request).astype(float).round(3).tolist(),
        "smooth": image_model_facts(request.model).side > 40,
    }


def effect_value(request: TraversalRequest) -> dict[str, Any]:
    """A value for the view of what the dimension changes."""
    effect = traversal.dimension_effect(request.model, format_condition(request.condition), request.dimension)
    flips = sorted(effect.flips.items(), key=lambda flip: -flip[1])
    heat, number = effect.heat, request.dimension + 1
    y, x = divmod(int(heat.argmax()), heat.shape[1])
    largest = {"most": heat.max(), "row": y + 1, "column": x + 1}
    return {
        "title": say("latent.traversal.effect", dimension=number),
        "heat": heat.round(2).tolist(),
        "words": say("latent.traversal.heat", dimension=number, bases=effect.bases, mean=heat.mean(), **largest),
        "flips": [{"name": name, "share": share, "text": percent(share)} for name, share in flips],
        "flips_title": say("latent.traversal.flips") if flips else "",
        "flips_words": (
            say("latent.traversal.flips_words", bases=effect.bases) if flips else say("latent.traversal.no_classifier")
        ),
    }


def remark(request: TraversalRequest) -> str:
    """What to notice: which label the dimension changes most often; "" without a classifier."""
    effect = traversal.dimension_effect(request.model, format_condition(request.condition), request.dimension)
    if not effect.flips:
        return ""
    ordered = sorted(effect.flips.items(), key=lambda flip: -flip[1])
    (name, share), number = ordered[0], request.dimension + 1
    if not share:
        return say("latent.traversal.remark.nothing", dimension=number, count=len(ordered))
    others = [other for other, changed in ordered[1:] if changed >= 0.5]
    if others:
        return say("latent.traversal.remark.several", dimension=number, name=name, share=share, count=len(others))
    return say("latent.traversal.remark.one", dimension=number, name=name, share=share)


def active_value(request: TraversalRequest) -> dict[str, Any]:
    """A value for the sheet of all active dimensions."""
    dimensions, pictures = traversal.traverse_active(request)
    kl = traversal.held_out_statistics(request.model).kl
    rows = [
        {
            "dimension": int(dimension) + 1,
            "label": say("latent.traversal.active_row", dimension=dimension + 1, kl=kl[dimension]),
        }
        for dimension in dimensions
    ]
    sheet = pack(pictures.reshape(-1, *pictures.shape[2:])) | {"columns": pictures.shape[1], "rows": rows}
    return sheet | {"chosen": request.dimension + 1, "empty": say("latent.traversal.none_active")}


def on_draw(model: str, condition: Sequence[str] | None, place: Place, link_error: Any) -> Iterator[Update]:
    """The place, or the model's first one; then the effect of its dimension; then all active dimensions."""
    if switch := switch_update(model, KINDS):
        yield switch
        return
    try:
        is_new = place is None or place[0] != model
        traversal.require_vae(model)
        if is_new:
            progress = notice(say("latent.traversal.encoding"))
            yield {"view": None, "effect": None, "active": None, "notice": progress}
        request = request_of(model, condition, place)
        update: dict[str, Any] = {"view": view_value(request), "notice": link_error, "link_error": None}
        yield {**update, **({"place": place_of(request)} if is_new else {}), "query": _query(request)}
        yield {"effect": effect_value(request), **({"notice": notice(remark(request))} if link_error is None else {})}
        yield {"active": active_value(request), **_number(request)}
    except PlaygroundError as error:
        yield {"view": None, "effect": None, "active": None, "notice": error_notice(error), "link_error": None}


def _number(request: TraversalRequest) -> Update:
    """{"number"} of a base that is a picture or a seed: the stored place that the panel opens on shows it too."""
    base = traversal.format_base(request.base).removeprefix("d").removeprefix("s")
    return {"number": int(base)} if base.isdecimal() else {}


def _query(request: TraversalRequest) -> str:
    return request.recipe().to_query()


def on_choose(model: str, condition: Sequence[str] | None, place: Place, event: gr.EventData) -> Update:
    """The place and its link, once the view rests. A stored place's sentence goes."""
    place = _present(model, place)
    if place is None or place[0] != model:
        return {}
    data = event_values(event)
    values = {"dimension": data.get("dimension"), "position": data.get("position"), "base": place[3]}
    request = traversal.read_traversal(model, {**values, "condition": condition_text(condition)})
    return {"place": place_of(request), "query": _query(request), "notice": None}


def on_pick(model: str, condition: Sequence[str] | None, place: Place, event: gr.EventData) -> Update:
    """Moves to a dimension that was picked on the sheet."""
    place = _present(model, place)
    if place is None or place[0] != model:
        return {}
    request = request_of(model, condition, (model, event_values(event).number("dimension"), None, place[3]))
    view = view_value(request) | {"picked": True}
    return {"place": place_of(request), "view": view, "query": _query(request)}


def on_effect(model: str, condition: Sequence[str] | None, place: Place) -> Update:
    """The effect of the present dimension, and what to notice in it."""
    try:
        request = request_of(model, condition, place)
        return {"effect": effect_value(request), "notice": notice(remark(request))}
    except PlaygroundError as error:
        return {"effect": None, "notice": error_notice(error)}


def on_base(model: str, condition: Sequence[str] | None, place: Place, kind: str, number: float | None) -> Update:
    """The same dimension from another base."""
    place = _present(model, place)
    if place is None or place[0] != model:
        return {}
    base = base_text(model, kind, number)
    if base == place[3]:
        return {"notice": None}
    request = request_of(model, condition, (model, place[1], None, base))
    update = {"place": place_of(request), "view": view_value(request), "active": active_value(request)}
    return {**update, "notice": None, "query": _query(request)}


def base_text(model: str, kind: str, number: float | None) -> str:
    """The base as in a link. kind: one of BASES. Raises PlaygroundError for a number that is not valid."""
    if kind == "middle":
        return traversal.MIDDLE
    if number is None or number < 0 or number != int(number):
        raise PlaygroundError(say("latent.traversal.number_range"))
    letter = traversal.default_base(model)[0] if kind == "real" else ""
    base = f"{letter}{int(number)}"
    traversal.read_base(base, model)
    return base


def on_place(place: Place) -> Update:
    """The settings of the place's base."""
    base = "" if place is None else place[3]
    if base == traversal.MIDDLE:
        return {"kind": "middle", "number": gr.Number(visible="hidden")}
    if base.isdecimal():
        return {"kind": "seed", "number": gr.Number(value=int(base), visible=True)}
    if base[:1] in ("d", "s"):
        return {"kind": "real", "number": gr.Number(value=int(base[1:]), visible=True)}
    return {}  # a point from a link is not one of BASES, and stays until another base is chosen


def restore(recipe: Recipe) -> Update:
    """Model, condition and place. Where the place is not valid, the model's first one is shown, and the reason."""
    recipe = with_model(recipe)
    column = restore_settings(recipe)
    try:
        if not recipe.settings.keys() & {"dimension", "base", "position"}:
            return {**column, "place": None}
        return {**column, "place": place_of(traversal.traversal_from(recipe))}
    except PlaygroundError as error:
        return {**column, "place": None, "link_error": cannot_follow(error)}


def build(item: gr.Tab, shared: LatentShared) -> Panel:
    """Builds and connects the panel in the surrounding gr.Tab."""
    introduction("latent.traversal")
    note = notice_view(elem_id="traversal-notice")
    with gr.Row(elem_classes="pg-asks"):
        kind = gr.Radio(
            [(say(name), base) for base, name in BASES.items()],
            value="real",
            label=say("latent.points.start_from"),
            elem_id="traversal-base",
            scale=2,
        )
        number = gr.Number(
            0, label=say("latent.points.number"), precision=0, minimum=0, elem_id="traversal-number", scale=1
        )
    view = traversal_view(traverse, elem_id="traversal")
    effect = dimension_effect_view(elem_id="traversal-effect")
    with gr.Column(elem_classes="pg-rest"):
        gr.Markdown(f"#### {say('latent.traversal.all_active')}")
        active = active_dimensions_view(elem_id="traversal-active")
    components = TraversalComponents(
        gr.State(None), gr.State(None), kind, number, view, effect, active, note, gr.Textbox(visible="hidden")
    )
    column = {"model": shared.model, "condition": shared.condition}
    came_from = result_settings(column, [view, effect, active], follows=True)
    _connect(components, shared, came_from)
    switched = gr.Textbox(visible="hidden")
    return Panel(
        NAME, item, (components, shared, {"switched": switched}), redraw_on=[switched.change], example=Example(),
        restore=restore, restored=[*RESTORED, "place", "link_error"],
        draw=on_draw, draw_inputs=["model", "condition", "place", "link_error"],
        drawn=["place", "view", "effect", "active", "notice", "link_error", "query", "number", *SWITCH_OUTPUTS],
        result=came_from,
    )  # fmt: skip


def _connect(components: TraversalComponents, shared: LatentShared, came_from: ResultSettings) -> None:
    parts = (components, shared)
    inputs = ["model", "condition", "place"]
    effect = {**came_from.carry(call(on_effect, parts, inputs, ["effect", "notice"])), **FOLLOWS, **MODEL_QUEUE}
    components.place.change(**call(on_place, parts, ["place"], ["kind", "number"]), queue=False, **FOLLOWS)
    choose = call(on_choose, parts, inputs, ["place", "query", "notice"])
    components.view.chosen(**choose, queue=False, **FOLLOWS).then(**effect)
    pick = came_from.carry(call(on_pick, parts, inputs, ["place", "view", "query", "notice"]))
    components.active.pick(**pick, **FOLLOWS, **MODEL_QUEUE).then(**effect)
    outputs = ["place", "view", "active", "notice", "query"]
    base = came_from.carry(call(on_base, parts, [*inputs, "kind", "number"], outputs))
    gr.on([components.kind.input, components.number.input], **base, **FOLLOWS, **MODEL_QUEUE)
