"""Reading the space: what each number of a VAE's points tells, and what it does to the picture."""

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
from playground.panels.latent import panels
from playground.panels.latent.controls import written
from playground.panels.latent.traversal.view import changes_view, contact_view, reading_view
from playground.ui.events import FOLLOWS, MODEL_QUEUE
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.picture_views import pack

_SKIP: Any = gr.skip()
NAME, TITLE = "reading", "Reading the space"
REAL, SEED, MIDDLE = "A real picture", "A seed", "The middle, 0"
#: (model, dimension from 1, position or None, base as in a link); None before the first visit.
Place = tuple[str, int, float | None, str] | None


@dataclass(frozen=True)
class Panel:
    """The panel's components. place: gr.State of Place.  trouble: gr.State of what is wrong with a link, till told."""

    place: gr.State
    trouble: gr.State
    kind: gr.Radio
    number: gr.Number
    view: gr.HTML
    changes: gr.HTML
    contact: gr.HTML
    notice: gr.HTML


def traverse(asked: Any) -> dict[str, Any]:
    """Pictures along a dimension for the view: outside the queue, so that they follow the pointer. {"error"} if not."""
    try:
        if not isinstance(asked, dict):
            raise PlaygroundError("A place must be named by its dimension, base and position.")
        return pack(traversal.decode_live(asked.get("model"), asked))
    except PlaygroundError as error:
        return {"error": str(error)}


def reading_of(model: str, condition: Sequence[str] | None, place: Place) -> TraversalRequest:
    """The checked place, or the first one of the model where there is none yet."""
    if place is None or place[0] != model:
        traversal.require_vae(model)
        first = int(traversal.held_out_statistics(model).order()[0]) + 1
        place = (model, first, None, traversal.default_base(model))
    given = {"dimension": place[1], "position": place[2], "base": place[3], "condition": written(condition)}
    return traversal.read_traversal(model, given)


def place_of(at: TraversalRequest) -> tuple[str, int, float | None, str]:
    """The place as the state holds it."""
    return at.model, at.dimension + 1, at.position, traversal.format_base(at.base)


def value(at: TraversalRequest) -> dict[str, Any]:
    """A value for the view."""
    seen = traversal.held_out_statistics(at.model)
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
        "model": at.model,
        "condition": format_condition(at.condition),
        "base": traversal.format_base(at.base),
        "words": traversal.summarize(seen),
        "bars": bars,
        "dimension": at.dimension + 1,
        "position": at.position,
        "own": traversal.base_point(at).astype(float).round(3).tolist(),
        "smooth": image_model_facts(at.model).side > 40,
    }


def changed(at: TraversalRequest) -> dict[str, Any]:
    """A value for the view of what the dimension changes."""
    made = traversal.dimension_effect(at.model, format_condition(at.condition), at.dimension)
    flips = sorted(made.flips.items(), key=lambda flip: -flip[1])
    heat, number = made.heat, at.dimension + 1
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


def sheet(at: TraversalRequest) -> dict[str, Any]:
    """A value for the sheet of all active dimensions."""
    shown, made = traversal.traverse_active(at)
    seen = traversal.held_out_statistics(at.model)
    rows = [
        {"dimension": int(dimension) + 1, "label": f"Dimension {dimension + 1} · {seen.kl[dimension]:.2f} nats"}
        for dimension in shown
    ]
    flat = made.reshape(-1, *made.shape[2:])
    empty = "No dimension is active: the model does not use its points."
    return pack(flat) | {"columns": made.shape[1], "rows": rows, "chosen": at.dimension + 1, "empty": empty}


Opened = tuple[Any, Any, Any, Any, Any, Any]


def on_open(front: str, model: str, condition: Sequence[str] | None, place: Place, trouble: str) -> Iterator[Opened]:
    """(place, view, changes, sheet, notice, trouble), if the panel is in front; a sentence for what is no VAE."""
    if front != NAME:
        yield (_SKIP,) * 6
        return
    try:
        fresh = place is None or place[0] != model
        traversal.require_vae(model)
        if fresh:
            yield _SKIP, None, None, None, notice("Reading 2,000 pictures: some seconds, the first time."), _SKIP
        at = reading_of(model, condition, place)
        said = notice(trouble, "error") if trouble else None
        yield place_of(at) if fresh else _SKIP, value(at), _SKIP, _SKIP, said, "" if trouble else _SKIP
        yield _SKIP, _SKIP, changed(at), _SKIP, _SKIP, _SKIP
        yield _SKIP, _SKIP, _SKIP, sheet(at), _SKIP, _SKIP
    except PlaygroundError as error:
        yield _SKIP, None, None, None, notice(str(error), "error"), "" if trouble else _SKIP


def on_chosen(model: str, place: Place, event: gr.EventData) -> Any:
    """The place that the view came to rest at."""
    if place is None or place[0] != model:
        return _SKIP
    try:
        dimension, position = event._data.get("dimension"), event._data.get("position")
        at = traversal.read_traversal(model, {"dimension": dimension, "position": position, "base": place[3]})
        return place_of(at)
    except PlaygroundError:
        return _SKIP


def on_pick(model: str, condition: Sequence[str] | None, place: Place, event: gr.EventData) -> tuple[Any, Any]:
    """(place, view) for a dimension of the sheet."""
    try:
        if place is None or place[0] != model:
            return _SKIP, _SKIP
        at = reading_of(model, condition, (model, event._data.get("dimension"), None, place[3]))
        return place_of(at), value(at) | {"picked": True}
    except PlaygroundError:
        return _SKIP, _SKIP


def on_changes(model: str, condition: Sequence[str] | None, place: Place) -> tuple[Any, Any]:
    """(changes, notice)."""
    try:
        return changed(reading_of(model, condition, place)), _SKIP
    except PlaygroundError as error:
        return None, notice(str(error), "error")


def on_base(
    model: str, condition: Sequence[str] | None, place: Place, kind: str, number: float | None
) -> tuple[Any, Any, Any, Any]:
    """(place, view, sheet, notice) for another base."""
    try:
        if place is None or place[0] != model:
            return (_SKIP,) * 4
        base = base_text(model, kind, number)
        if base == place[3]:
            return _SKIP, _SKIP, _SKIP, None
        at = reading_of(model, condition, (model, place[1], None, base))
        return place_of(at), value(at), sheet(at), None
    except PlaygroundError as error:
        return _SKIP, _SKIP, _SKIP, notice(str(error), "error")


def base_text(model: str, kind: str, number: float | None) -> str:
    """The base as in a link. Raises PlaygroundError for a number that is none."""
    if kind == MIDDLE:
        return traversal.MIDDLE
    if number is None or number < 0 or number != int(number):
        raise PlaygroundError("The number must be a whole number from 0.")
    letter = traversal.default_base(model)[0] if kind == REAL else ""
    base = f"{letter}{int(number)}"
    traversal.read_base(base, model)
    return base


def on_place(place: Place) -> tuple[Any, Any]:
    """(kind, number): the settings of the base that stands."""
    if place is None:
        return _SKIP, _SKIP
    base = place[3]
    if base == traversal.MIDDLE:
        return MIDDLE, gr.Number(visible="hidden")
    if base.isdecimal():
        return SEED, gr.Number(value=int(base), visible=True)
    if base[:1] in "ds":
        return REAL, gr.Number(value=int(base[1:]), visible=True)
    return _SKIP, _SKIP  # a point of a link: it is none of the three, and stays until another base is chosen


def on_restore(pending: Recipe) -> tuple[Any, Any]:
    """(place, trouble) of a link."""
    if "dimension" not in pending.settings and "base" not in pending.settings:
        return None, ""
    try:
        return place_of(traversal.traversal_from(pending)), ""
    except PlaygroundError as error:
        return None, f"This link cannot be followed, so the first place is shown. {error}"


def on_query(front: str, model: str, condition: Sequence[str] | None, place: Place) -> Any:
    """The link to the place, if the panel is in front."""
    if front != NAME or place is None or place[0] != model:
        return _SKIP
    try:
        return reading_of(model, condition, place).recipe().to_query()
    except PlaygroundError:
        return _SKIP


def build() -> Panel:
    """The panel."""
    introduction(
        "A VAE makes a picture of a few dozen numbers. A bar shows how much the encoder tells by each: its KL.",
        "Choose a bar, move its number from −3 to 3, and see what becomes of a picture when all others stay.",
        "High bars carry what differs most between pictures. One without a bar is dead: the model does not use it.",
    )
    note = notice_view(elem_id="reading-notice")
    with gr.Row():
        kind = gr.Radio([REAL, SEED, MIDDLE], value=REAL, label="Start from", elem_id="reading-base", scale=2)
        number = gr.Number(0, label="Its number", precision=0, minimum=0, elem_id="reading-number", scale=1)
    shown = reading_view(traverse, elem_id="reading")
    effects = changes_view(elem_id="reading-changes")
    gr.Markdown("#### All active dimensions, from −3 to 3")
    return Panel(
        gr.State(None), gr.State(""), kind, number, shown, effects, contact_view(elem_id="reading-contact"), note
    )


def wire(panel: Panel, room: gr.Tab, shared: panels.Shared) -> panels.Wired:
    """Connects the panel's events."""
    model, condition = shared.controls.model, shared.controls.condition
    asked = [model, condition, panel.place]
    at_once: dict[str, Any] = {"queue": False, **FOLLOWS}
    told: dict[str, Any] = {"fn": on_query, "inputs": [shared.front, *asked], "outputs": shared.query, **at_once}
    opens: dict[str, Any] = {
        "fn": on_open,
        "inputs": [shared.front, *asked, panel.trouble],
        "outputs": [panel.place, panel.view, panel.changes, panel.contact, panel.notice, panel.trouble],
        **FOLLOWS,
        **MODEL_QUEUE,
    }
    effects: dict[str, Any] = {
        "fn": on_changes, "inputs": asked, "outputs": [panel.changes, panel.notice], **FOLLOWS, **MODEL_QUEUE,
    }  # fmt: skip
    panel.place.change(on_place, panel.place, [panel.kind, panel.number], **at_once)
    chosen = panel.view.chosen(on_chosen, [model, panel.place], panel.place, **at_once)
    chosen.then(**told).then(**effects)
    picked = panel.contact.pick(on_pick, asked, [panel.place, panel.view], **FOLLOWS, **MODEL_QUEUE)
    picked.then(**told).then(**effects)
    outputs = [panel.place, panel.view, panel.contact, panel.notice]
    based = gr.on(
        [panel.kind.input, panel.number.change], on_base, [*asked, panel.kind, panel.number], outputs,
        **FOLLOWS, **MODEL_QUEUE,
    )  # fmt: skip
    based.then(**told)
    # Queued: what is past the queue sets a State without its change being heard.
    restores = {"fn": on_restore, "outputs": [panel.place, panel.trouble]}
    return panels.Wired(NAME, room, restores, opens, told)
