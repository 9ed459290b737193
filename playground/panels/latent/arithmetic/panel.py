"""Arithmetic: A - B + C with pictures, whose answer follows a slider."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.images.image_request import ANY
from playground.images.model_menu import image_model_facts
from playground.latent import arithmetic
from playground.latent.arithmetic import SLOTS, ArithmeticRequest
from playground.latent.endpoints import pack_point
from playground.latent.nearest_pictures import example_request, first_attribute
from playground.panels.latent import panels
from playground.panels.latent.arithmetic import picture_picker
from playground.panels.latent.arithmetic.data import strips, value
from playground.panels.latent.arithmetic.slots import Slots, on_own, on_put, on_remove, slots_of
from playground.panels.latent.arithmetic.view import sum_view
from playground.panels.latent.controls import written
from playground.panels.latent.walk.kept_endpoints import added
from playground.ui.events import FOLLOWS, MODEL_QUEUE, QUIET
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.picture_views import pack

_SKIP: Any = gr.skip()
NAME, TITLE = "arithmetic", "Arithmetic"


@dataclass(frozen=True)
class Panel:
    """The panel's components. slots: gr.State of Slots.  strength: gr.State.

    trouble: gr.State of what is wrong with a link, till it is told.  own: buttons for a visitor's picture.
    """

    slots: gr.State
    strength: gr.State
    trouble: gr.State
    view: gr.HTML
    notice: gr.HTML
    own: tuple[gr.UploadButton, ...]
    supply: picture_picker.Supply
    more: gr.Button


def follow(asked: Any) -> dict[str, Any]:
    """The answer's pictures for the view: outside the queue, so that they follow the pointer. {"error"} if not."""
    try:
        if not isinstance(asked, dict):
            raise PlaygroundError("A sum must be named by its slots a, b and c.")
        pictures, norms = arithmetic.solve_live(asked.get("model"), asked)
        return pack(pictures) | {"norms": norms.tolist()}
    except PlaygroundError as error:
        return {"error": str(error)}


def request_of(
    model: str, condition: Sequence[str] | None, steps: float, slots: Slots, strength: float
) -> ArithmeticRequest:
    """The checked sum of the controls."""
    items = dict(zip("abc", slots[1:] if slots else ("", "", ""), strict=True))
    return arithmetic.read_arithmetic(
        model, {**items, "strength": strength, "condition": written(condition), "steps": steps}
    )


Shown = tuple[Any, Any]


def on_solve(
    model: str, condition: Sequence[str] | None, steps: float, slots: Slots, strength: float
) -> Iterator[Shown]:
    """(view, notice): the sum, and then its neighbours."""
    try:
        request = request_of(model, condition, steps, slots, strength)
        if not all(request.slots):
            yield value(request, None, ()), notice(_lacking(request))
            return
        solved = arithmetic.solve(request)
        yield value(request, solved), _SKIP
        near = strips(solved)
        yield value(request, solved, near), _SKIP
    except PlaygroundError as error:
        yield _SKIP, notice(str(error), "error")


def _lacking(request: ArithmeticRequest) -> str:
    empty = [name for name, items in zip(SLOTS, request.slots, strict=True) if not items]
    return f"Still empty: {' and '.join(empty)}. Put at least one picture into each of A, B and C."


def on_open(
    front: str, model: str, condition: Sequence[str] | None, steps: float, slots: Slots, strength: float, trouble: str
) -> Iterator[tuple[Any, Any, Any, Any]]:
    """(slots, view, notice, trouble), if the panel is in front; an example where there is nothing yet."""
    if front != NAME:
        yield (_SKIP,) * 4
        return
    try:
        if slots is None or slots[0] != model:
            yield _SKIP, None, notice("Choosing a first example."), _SKIP
            slots = slots_of(example_request(model))
            yield slots, _SKIP, _SKIP, _SKIP
    except PlaygroundError as error:
        yield _SKIP, None, notice(str(error), "error"), _SKIP
        return
    said: Any = notice(trouble, "error") if trouble else None
    for view, note in on_solve(model, condition, steps, slots, strength):
        # An opening that began before the link was read must not clear what the link was told.
        yield _SKIP, view, said if note is _SKIP else note, "" if trouble else _SKIP
        said = _SKIP


def on_restore(pending: Recipe) -> tuple[Any, Any, Any]:
    """(slots, strength, trouble) of a link."""
    if not any(name in pending.settings for name in "abc"):
        return None, 1.0, ""
    try:
        request = arithmetic.arithmetic_from(pending)
        return slots_of(request), request.strength, ""
    except PlaygroundError as error:
        return None, 1.0, f"This link cannot be followed, so an example is shown. {error}"


def on_query(
    front: str, model: str, condition: Sequence[str] | None, steps: float, slots: Slots, strength: float
) -> tuple[Any, Any]:
    """(query, notice): the link, if the panel is in front; a sentence if it is too long."""
    if front != NAME or slots is None or slots[0] != model:
        return _SKIP, _SKIP
    try:
        query = request_of(model, condition, steps, slots, strength).recipe().to_query()
    except PlaygroundError as error:
        return _SKIP, notice(str(error), "warning")
    return query, _SKIP


def on_moved(event: gr.EventData) -> Any:
    """The strength that the slider came to rest at."""
    try:
        return arithmetic.read_strength(event._data.get("strength"))
    except PlaygroundError:
        return _SKIP


def on_end(
    model: str, condition: Sequence[str] | None, steps: float, slots: Slots, strength: float, ends: str
) -> tuple[Any, Any]:
    """(end points of the walk, notice), after the button."""
    try:
        point = arithmetic.answer_point(request_of(model, condition, steps, slots, strength))
        told = notice("The answer is the last end point of the walk now: open the panel Walk.", "ok")
        return added(ends, pack_point(point.tolist())), told
    except PlaygroundError as error:
        return _SKIP, notice(str(error), "error")


def build() -> Panel:
    """The panel."""
    introduction(
        "Three slots of pictures. Each becomes a point, the average of its pictures' points; the answer is A − B + C.",
        "Put pictures into A, B and C, take them out by a click, and move the strength: the answer follows.",
        "What B and C do not share is a direction. If adding it changes one thing and leaves the rest, the model "
        "keeps that thing apart from the others.",
    )
    note = notice_view(elem_id="sum-notice")
    shown = sum_view(follow, elem_id="sum")
    gr.Markdown("#### Pictures to put in")
    with gr.Row(elem_classes="pg-actions"):
        own = tuple(
            gr.UploadButton(f"My own picture into {slot}", file_types=["image"], elem_id=f"sum-own-{slot.lower()}")
            for slot in SLOTS
        )
    sheet, more = picture_picker.build_supply()
    return Panel(gr.State(None), gr.State(1.0), gr.State(""), shown, note, own, sheet, more)


def wire(panel: Panel, room: gr.Tab, shared: panels.Shared) -> panels.Wired:
    """Connects the panel's events."""
    controls = shared.controls
    asked = [*controls.inputs(), panel.slots, panel.strength]
    solves: dict[str, Any] = {
        "fn": on_solve, "inputs": asked, "outputs": [panel.view, panel.notice], **FOLLOWS, **MODEL_QUEUE,
    }  # fmt: skip
    opens: dict[str, Any] = {
        "fn": on_open,
        "inputs": [shared.front, *asked, panel.trouble],
        "outputs": [panel.slots, panel.view, panel.notice, panel.trouble],
        **FOLLOWS,
        **MODEL_QUEUE,
    }
    told: dict[str, Any] = {
        "fn": on_query,
        "inputs": [shared.front, *asked],
        "outputs": [shared.query, panel.notice],
        "queue": False,
        **FOLLOWS,
    }
    at_once: dict[str, Any] = {"queue": False, **FOLLOWS}
    filled = [panel.slots, panel.notice]
    both = [panel.supply.view.put, panel.view.put]
    changed = [event(on_put, [panel.slots, controls.model], filled, **at_once) for event in both]
    changed.append(panel.view.remove(on_remove, panel.slots, panel.slots, **at_once))
    changed.append(panel.view.moved(on_moved, None, panel.strength, **at_once))
    changed.append(panel.view.empty(lambda model: (model, "", "", ""), controls.model, panel.slots, **at_once))
    for slot, button in zip(SLOTS, panel.own, strict=True):
        given = [button, controls.model, controls.condition, panel.slots]
        changed.append(button.upload(_own(slot), given, filled, **QUIET, **MODEL_QUEUE))
    for event in changed:
        event.then(**told).then(**solves)
    again = panel.view.example(lambda: (None, 1.0), None, [panel.slots, panel.strength], **at_once)
    again.then(**opens).then(**told)
    panel.view.end(on_end, [*asked, shared.ends], [shared.ends, panel.notice], **QUIET, **MODEL_QUEUE)
    controls.steps.release(**opens).then(**told)
    _wire_supply(panel, shared)
    page = gr.context.Context.root_block
    assert isinstance(page, gr.Blocks)
    drops = "; ".join(
        f"window.playground.dropInto('.pg-slot-into[data-slot={slot}]', '#sum-own-{slot.lower()}')" for slot in SLOTS
    )
    page.load(None, None, None, js=f"() => {{ {drops}; }}", api_visibility="private")
    # Queued: what is past the queue sets a State without its change being heard.
    restores = {"fn": on_restore, "outputs": [panel.slots, panel.strength, panel.trouble]}
    return panels.Wired(NAME, room, restores, opens, told)


def _own(slot: str) -> Any:
    def given(path: str | None, model: str, condition: Sequence[str] | None, slots: Slots) -> tuple[Any, Any]:
        return on_own(slot, path, model, condition, slots)

    return given


def on_slots(slots: Slots, known: str | None, condition: Sequence[str] | None, steps: float) -> list[Any]:
    """(model of the sheet, its settings, sheet, notice): the sheet's first page, if the slots are of another model."""
    if slots is None or slots[0] == known:
        return [_SKIP] * 7
    model = slots[0]
    facts = image_model_facts(model)
    source = picture_picker.REAL if facts.kind == "vae" and facts.dataset else picture_picker.SEEDS
    shown = picture_picker.on_supply(model, condition, steps, source, first_attribute(model), ANY, 1)
    return [model, *picture_picker.on_model(model), *shown]


def _wire_supply(panel: Panel, shared: panels.Shared) -> None:
    """The sheet follows the model and its own settings."""
    sheet, controls = panel.supply, shared.controls
    fills: dict[str, Any] = {
        "fn": picture_picker.on_supply,
        "inputs": [*controls.inputs(), *sheet.settings()],
        "outputs": [sheet.view, panel.notice],
        **FOLLOWS,
        **MODEL_QUEUE,
    }
    # The sheet is of the model in the slots: these are set whenever the panel opens with another one.
    known = gr.State(None)

    asked = [panel.slots, known, controls.condition, controls.steps]
    outputs = [known, *sheet.settings(), sheet.view, panel.notice]
    panel.slots.change(on_slots, asked, outputs, **QUIET, **MODEL_QUEUE)
    at_once: dict[str, Any] = {"queue": False, **FOLLOWS}
    sheet.source.input(
        picture_picker.on_source, sheet.source, [sheet.attribute, sheet.word, sheet.page], **at_once
    ).then(**fills)
    asked = [controls.model, sheet.attribute]
    sheet.attribute.input(picture_picker.on_attribute, asked, [sheet.word, sheet.page], **at_once).then(**fills)
    sheet.word.input(lambda: 1, None, sheet.page, **at_once).then(**fills)
    panel.more.click(lambda page: page + 1, sheet.page, sheet.page, **at_once).then(**fills)
