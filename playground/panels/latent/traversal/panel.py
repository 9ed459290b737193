"""Reading the space: the information in each dimension of a VAE's points, and its effect on the picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.images.image_request import format_condition
from playground.images.model_menu import image_model_facts
from playground.latent import traversal
from playground.latent.traversal import TraversalRequest
from playground.panels.latent.shared import RESTORED, LatentShared, condition_text, restore_settings
from playground.panels.latent.traversal.view import active_dimensions_view, dimension_effect_view, traversal_view
from playground.ui.events import FOLLOWS, MODEL_QUEUE, Update, call
from playground.ui.messages import cannot_follow, error_notice
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_protocol import Panel
from playground.ui.picture_views import pack

NAME, TITLE = "traversal", "Reading the space"
FORMER_NAMES = ("reading",)
REAL, SEED, MIDDLE = "A real picture", "A seed", "The middle, 0"
#: (model, dimension from 1, position or None, base as in a link); None before the first visit.
Place = tuple[str, int, float | None, str] | None


@dataclass(frozen=True)
class TraversalComponents:
    """place: gr.State of Place.  link_error: gr.State of a notice: what is wrong with a link, until it is shown.

    kind, number: of the base.  effect: of the dimension on the picture.  active: a row for each active dimension.
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


def traverse(asked: Any) -> dict[str, Any]:
    """Pictures along a dimension for the view: outside the queue, so that they follow the pointer. {"error"} if not."""
    try:
        if not isinstance(asked, dict):
            raise PlaygroundError("A place must be named by its dimension, base and position.")
        return pack(traversal.decode_live(asked.get("model"), asked))
    except PlaygroundError as error:
        return {"error": str(error)}


def request_of(model: str, condition: Sequence[str] | None, place: Place) -> TraversalRequest:
    """The checked place, or the first one of the model where there is none yet."""
    if place is None or place[0] != model:
        traversal.require_vae(model)
        first = int(traversal.held_out_statistics(model).order()[0]) + 1
        place = (model, first, None, traversal.default_base(model))
    given = {"dimension": place[1], "position": place[2], "base": place[3], "condition": condition_text(condition)}
    return traversal.read_traversal(model, given)


def place_of(request: TraversalRequest) -> tuple[str, int, float | None, str]:
    """The place as the state holds it."""
    return request.model, request.dimension + 1, request.position, traversal.format_base(request.base)


def view_value(request: TraversalRequest) -> dict[str, Any]:
    """A value for the view."""
    seen = traversal.held_out_statistics(request.model)
    bars = [
        {
            "dimension": int(dimension) + 1,
            "kl": round(float(seen.kl[dimension]), 4),
            "variance": round(float(seen.variance[dimension]), 5),
            "active": bool(seen.active[dimension]),
        }
        for dimension in seen.order()
    ]
    return {
        "model": request.model,
        "condition": format_condition(request.condition),
        "base": traversal.format_base(request.base),
        "words": traversal.summarize(seen),
        "bars": bars,
        "dimension": request.dimension + 1,
        "position": request.position,
        "own": traversal.base_point(request).astype(float).round(3).tolist(),
        "smooth": image_model_facts(request.model).side > 40,
    }


def effect_value(request: TraversalRequest) -> dict[str, Any]:
    """A value for the view of what the dimension changes."""
    made = traversal.dimension_effect(request.model, format_condition(request.condition), request.dimension)
    flips = sorted(made.flips.items(), key=lambda flip: -flip[1])
    heat, number = made.heat, request.dimension + 1
    y, x = divmod(int(heat.argmax()), heat.shape[1])
    return {
        "title": f"What dimension {number} changes",
        "heat": heat.round(2).tolist(),
        "words": (
            f"How much each pixel changes per unit of dimension {number}, in levels of 255, averaged over {made.bases} "
            f"held-out pictures: {heat.mean():.1f} on average, at most {heat.max():.1f}, row {y + 1}, column {x + 1}."
        ),
        "flips": [{"name": name, "share": share, "text": f"{share:.0%}"} for name, share in flips],
        "flips_title": "What a classifier sees change from −3 to 3" if flips else "",
        "flips_words": (
            f"Share of the {made.bases} pictures off which it reads another word somewhere on the way. It can err."
            if flips
            else "There is no classifier for these pictures."
        ),
    }


def active_value(request: TraversalRequest) -> dict[str, Any]:
    """A value for the sheet of all active dimensions."""
    shown, made = traversal.traverse_active(request)
    seen = traversal.held_out_statistics(request.model)
    rows = [
        {"dimension": int(dimension) + 1, "label": f"Dimension {dimension + 1} · {seen.kl[dimension]:.2f} nats"}
        for dimension in shown
    ]
    flat = made.reshape(-1, *made.shape[2:])
    empty = "No dimension is active: the model does not use its points."
    return pack(flat) | {"columns": made.shape[1], "rows": rows, "chosen": request.dimension + 1, "empty": empty}


def on_draw(model: str, condition: Sequence[str] | None, place: Place, link_error: Any) -> Iterator[Update]:
    """The place, or the model's first one; then the effect of its dimension; then all active dimensions."""
    try:
        is_new = place is None or place[0] != model
        traversal.require_vae(model)
        if is_new:
            words = "Reading 2,000 pictures: some seconds, the first time."
            yield {"view": None, "effect": None, "active": None, "notice": notice(words)}
        request = request_of(model, condition, place)
        shown: dict[str, Any] = {"view": view_value(request), "notice": link_error, "link_error": None}
        yield {**shown, **({"place": place_of(request)} if is_new else {}), "query": _query(request)}
        yield {"effect": effect_value(request)}
        yield {"active": active_value(request)}
    except PlaygroundError as error:
        yield {"view": None, "effect": None, "active": None, "notice": error_notice(error), "link_error": None}


def _query(request: TraversalRequest) -> str:
    return request.recipe().to_query()


def on_chosen(model: str, condition: Sequence[str] | None, place: Place, event: gr.EventData) -> Update:
    """The place where the view came to rest."""
    if place is None or place[0] != model:
        return {}
    chosen = {"dimension": event._data.get("dimension"), "position": event._data.get("position"), "base": place[3]}
    request = traversal.read_traversal(model, {**chosen, "condition": condition_text(condition)})
    return {"place": place_of(request), "query": _query(request)}


def on_pick(model: str, condition: Sequence[str] | None, place: Place, event: gr.EventData) -> Update:
    """A dimension of the sheet."""
    if place is None or place[0] != model:
        return {}
    request = request_of(model, condition, (model, event._data.get("dimension"), None, place[3]))
    view = view_value(request) | {"picked": True}
    return {"place": place_of(request), "view": view, "query": _query(request)}


def on_effect(model: str, condition: Sequence[str] | None, place: Place) -> Update:
    """The effect of the chosen dimension."""
    try:
        return {"effect": effect_value(request_of(model, condition, place))}
    except PlaygroundError as error:
        return {"effect": None, "notice": error_notice(error)}


def on_base(model: str, condition: Sequence[str] | None, place: Place, kind: str, number: float | None) -> Update:
    """The same dimension of another base."""
    if place is None or place[0] != model:
        return {}
    base = base_text(model, kind, number)
    if base == place[3]:
        return {"notice": None}
    request = request_of(model, condition, (model, place[1], None, base))
    update = {"place": place_of(request), "view": view_value(request), "active": active_value(request)}
    return {**update, "notice": None, "query": _query(request)}


def base_text(model: str, kind: str, number: float | None) -> str:
    """The base as in a link. Raises PlaygroundError for a number that is not a whole one from 0."""
    if kind == MIDDLE:
        return traversal.MIDDLE
    if number is None or number < 0 or number != int(number):
        raise PlaygroundError("The number must be a whole number from 0.")
    letter = traversal.default_base(model)[0] if kind == REAL else ""
    base = f"{letter}{int(number)}"
    traversal.read_base(base, model)
    return base


def on_place(place: Place) -> Update:
    """The settings of the place's base."""
    base = "" if place is None else place[3]
    if base == traversal.MIDDLE:
        return {"kind": MIDDLE, "number": gr.Number(visible="hidden")}
    if base.isdecimal():
        return {"kind": SEED, "number": gr.Number(value=int(base), visible=True)}
    if base[:1] in ("d", "s"):
        return {"kind": REAL, "number": gr.Number(value=int(base[1:]), visible=True)}
    return {}  # a point of a link: it is none of the three, and stays until another base is chosen


def restore(recipe: Recipe) -> Update:
    """Model, condition and place. Where the place is not valid, the model's first one is shown, and the reason."""
    column = restore_settings(recipe)
    try:
        if "dimension" not in recipe.settings and "base" not in recipe.settings:
            return {**column, "place": None}
        return {**column, "place": place_of(traversal.traversal_from(recipe))}
    except PlaygroundError as error:
        return {**column, "place": None, "link_error": cannot_follow(error)}


def build(item: gr.Tab, shared: LatentShared) -> Panel:
    """The panel, connected."""
    introduction(
        "A VAE makes a picture of a few dozen numbers. A bar shows how much the encoder tells by each: its KL.",
        "Choose a bar, move its number from −3 to 3, and see what becomes of a picture when all others stay.",
        "High bars carry what differs most between pictures. One without a bar is dead: the model does not use it.",
    )
    note = notice_view(elem_id="reading-notice")
    with gr.Row():
        kind = gr.Radio([REAL, SEED, MIDDLE], value=REAL, label="Start from", elem_id="reading-base", scale=2)
        number = gr.Number(0, label="Its number", precision=0, minimum=0, elem_id="reading-number", scale=1)
    shown = traversal_view(traverse, elem_id="reading")
    effect = dimension_effect_view(elem_id="reading-changes")
    gr.Markdown("#### All active dimensions, from −3 to 3")
    active = active_dimensions_view(elem_id="reading-contact")
    components = TraversalComponents(
        gr.State(None), gr.State(None), kind, number, shown, effect, active, note, gr.Textbox(visible="hidden")
    )
    _connect(components, shared)
    return Panel(
        NAME, item, (components, shared),
        restore=restore, restored=[*RESTORED, "place", "link_error"],
        draw=on_draw, draw_inputs=["model", "condition", "place", "link_error"],
        drawn=["place", "view", "effect", "active", "notice", "link_error", "query"],
    )  # fmt: skip


def _connect(components: TraversalComponents, shared: LatentShared) -> None:
    parts = (components, shared)
    inputs = ["model", "condition", "place"]
    effect = {**call(on_effect, parts, inputs, ["effect", "notice"]), **FOLLOWS, **MODEL_QUEUE}
    components.place.change(**call(on_place, parts, ["place"], ["kind", "number"]), queue=False, **FOLLOWS)
    chosen = call(on_chosen, parts, inputs, ["place", "query", "notice"])
    components.view.chosen(**chosen, queue=False, **FOLLOWS).then(**effect)
    picked = call(on_pick, parts, inputs, ["place", "view", "query", "notice"])
    components.active.pick(**picked, **FOLLOWS, **MODEL_QUEUE).then(**effect)
    base = call(on_base, parts, [*inputs, "kind", "number"], ["place", "view", "active", "notice", "query"])
    gr.on([components.kind.input, components.number.change], **base, **FOLLOWS, **MODEL_QUEUE)
