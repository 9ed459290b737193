"""Arithmetic: A - B + C with pictures, whose answer follows a slider."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.latent import arithmetic
from playground.latent.arithmetic import SLOTS, ArithmeticRequest
from playground.latent.endpoints import pack_point
from playground.latent.nearest_pictures import example_request
from playground.panels.latent.arithmetic import picture_picker
from playground.panels.latent.arithmetic.data import arithmetic_value, neighbour_strips
from playground.panels.latent.arithmetic.slots import Slots, on_empty, on_put, on_remove, on_upload, slots_of
from playground.panels.latent.arithmetic.view import arithmetic_view
from playground.panels.latent.shared import (
    RESTORED,
    SETTINGS,
    LatentShared,
    condition_text,
    endpoint_added,
    restore_settings,
)
from playground.ui.events import FOLLOWS, MODEL_QUEUE, QUIET, Update, call
from playground.ui.messages import error_notice
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_protocol import Panel
from playground.ui.picture_views import pack

NAME, TITLE = "arithmetic", "Arithmetic"
_INPUTS = (*SETTINGS, "slots", "strength")


@dataclass(frozen=True)
class ArithmeticComponents:
    """slots: gr.State of Slots.  strength: gr.State.  uploads: a button for a visitor's picture into each slot.

    link_error: gr.State of a notice: what is wrong with a link, until it is shown.
    """

    slots: gr.State
    strength: gr.State
    link_error: gr.State
    view: gr.HTML
    notice: gr.HTML
    uploads: tuple[gr.UploadButton, ...]
    query: gr.Textbox


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
    """The checked sum of the settings on the page."""
    items = dict(zip("abc", slots[1:] if slots else ("", "", ""), strict=True))
    settings = {"strength": strength, "condition": condition_text(condition), "steps": steps}
    return arithmetic.read_arithmetic(model, {**items, **settings})


def on_solve(
    model: str, condition: Sequence[str] | None, steps: float, slots: Slots, strength: float
) -> Iterator[Update]:
    """The link, the sum, and then its nearest real pictures."""
    request = request_of(model, condition, steps, slots, strength)
    yield _link(request)
    if not all(request.slots):
        yield {"view": arithmetic_value(request, None, ()), "notice": notice(_lacking(request))}
        return
    result = arithmetic.solve(request)
    yield {"view": arithmetic_value(request, result)}
    yield {"view": arithmetic_value(request, result, neighbour_strips(result))}


def _link(request: ArithmeticRequest) -> Update:
    try:
        return {"query": request.recipe().to_query()}
    except PlaygroundError as error:  # too long
        return {"notice": notice(str(error), "warning")}


def _lacking(request: ArithmeticRequest) -> str:
    empty = [name for name, items in zip(SLOTS, request.slots, strict=True) if not items]
    return f"Still empty: {' and '.join(empty)}. Put at least one picture into each of A, B and C."


def on_draw(
    model: str, condition: Sequence[str] | None, steps: float, slots: Slots, strength: float, link_error: Any
) -> Iterator[Update]:
    """The sum; an example where there is nothing yet."""
    if slots is None or slots[0] != model:
        yield {"view": None, "notice": notice("Choosing a first example.")}
        try:
            slots = slots_of(example_request(model))
        except PlaygroundError as error:
            yield {"view": None, "notice": error_notice(error)}
            return
        yield {"slots": slots}
    yield {"notice": link_error, "link_error": None}
    yield from on_solve(model, condition, steps, slots, strength)


def restore(recipe: Recipe) -> Update:
    """Model, condition and sum. Where the sum is not valid, an example is shown, and the reason."""
    column = restore_settings(recipe)
    example: dict[str, Any] = {**column, "slots": None, "strength": 1.0, "link_error": None}
    if not any(name in recipe.settings for name in "abc"):
        return example
    try:
        request = arithmetic.arithmetic_from(recipe)
    except PlaygroundError as error:
        words = f"This link cannot be followed, so an example is shown. {error}"
        return {**example, "link_error": notice(words, "error")}
    return {**example, "slots": slots_of(request), "strength": request.strength}


def on_moved(event: gr.EventData) -> Update:
    """The strength where the slider came to rest."""
    return {"strength": arithmetic.read_strength(event._data.get("strength"))}


def on_endpoint(
    model: str, condition: Sequence[str] | None, steps: float, slots: Slots, strength: float, endpoints: str
) -> Update:
    """The answer as an end point of the walk."""
    point = arithmetic.answer_point(request_of(model, condition, steps, slots, strength))
    return endpoint_added(endpoints, pack_point(point.tolist()), "The answer")


def build(item: gr.Tab, shared: LatentShared) -> Panel:
    """The panel, connected."""
    introduction(
        "Three slots of pictures. Each becomes a point, the average of its pictures' points; the answer is A − B + C.",
        "Put pictures into A, B and C, take them out by a click, and move the strength: the answer follows.",
        "What B and C do not share is a direction. If adding it changes one thing and leaves the rest, the model "
        "keeps that thing apart from the others.",
    )
    note = notice_view(elem_id="sum-notice")
    shown = arithmetic_view(follow, elem_id="sum")
    gr.Markdown("#### Pictures to put in")
    with gr.Row(elem_classes="pg-actions"):
        uploads = tuple(
            gr.UploadButton(f"My own picture into {slot}", file_types=["image"], elem_id=f"sum-own-{slot.lower()}")
            for slot in SLOTS
        )
    picker = picture_picker.build()
    components = ArithmeticComponents(
        gr.State(None), gr.State(1.0), gr.State(None), shown, note, uploads, gr.Textbox(visible="hidden")
    )
    picture_picker.connect(picker, components.slots, note, shared)
    reset = _connect(components, picker, shared)
    return Panel(
        NAME, item, (components, shared),
        restore=restore, restored=[*RESTORED, "slots", "strength", "link_error"],
        draw=on_draw, draw_inputs=[*_INPUTS, "link_error"],
        drawn=["slots", "view", "notice", "link_error", "query"], redraw_on=[reset.then],
    )  # fmt: skip


def _connect(components: ArithmeticComponents, picker: picture_picker.PicturePicker, shared: LatentShared) -> Any:
    """Returns the event after which the first example is to be shown."""
    parts = (components, shared)
    view = components.view
    at_once: dict[str, Any] = {"queue": False, **FOLLOWS}
    put = call(on_put, parts, ["slots", "model"], ["slots", "notice"])
    changed = [listener(**put, **at_once) for listener in (picker.sheet.put, view.put)]
    changed.append(view.remove(**call(on_remove, parts, ["slots"], ["slots"]), **at_once))
    changed.append(view.moved(**call(on_moved, parts, [], ["strength", "notice"]), **at_once))
    changed.append(view.empty(**call(on_empty, parts, ["model"], ["slots"]), **at_once))
    for slot, button in zip(SLOTS, components.uploads, strict=True):

        def upload(
            path: str | None, model: str, condition: Sequence[str] | None, slots: Slots, slot: str = slot
        ) -> Update:
            return on_upload(slot, path, model, condition, slots)

        keywords = call(upload, parts, [button, "model", "condition", "slots"], ["slots", "notice"])
        changed.append(button.upload(**keywords, **QUIET, **MODEL_QUEUE))
    solve = call(on_solve, parts, _INPUTS, ["view", "notice", "query"])
    for event in changed:
        event.then(**solve, **FOLLOWS, **MODEL_QUEUE)
    view.end(**call(on_endpoint, parts, [*_INPUTS, "endpoints"], ["endpoints", "notice"]), **QUIET, **MODEL_QUEUE)
    _connect_drops()
    return view.example(**call(lambda: {"slots": None, "strength": 1.0}, parts, [], ["slots", "strength"]), **at_once)


def _connect_drops() -> None:
    """A file that is dropped on a slot goes to the slot's upload button."""
    page = gr.context.Context.root_block
    assert isinstance(page, gr.Blocks)
    drops = "; ".join(
        f"window.playground.dropInto('.pg-slot-into[data-slot={slot}]', '#sum-own-{slot.lower()}')" for slot in SLOTS
    )
    page.load(None, None, None, js=f"() => {{ {drops}; }}", api_visibility="private")
