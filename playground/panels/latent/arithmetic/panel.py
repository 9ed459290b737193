"""Arithmetic: A - B + C with pictures, whose answer follows a slider."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.latent import arithmetic
from playground.latent.arithmetic import SLOTS, ArithmeticRequest
from playground.latent.endpoints import format_endpoint
from playground.panels.latent.arithmetic import picture_picker
from playground.panels.latent.arithmetic.data import arithmetic_value, neighbour_strips
from playground.panels.latent.arithmetic.slots import (
    Slots,
    on_empty,
    on_put,
    on_remove,
    on_upload,
    shown_slots,
    slots_of,
)
from playground.panels.latent.arithmetic.view import arithmetic_view
from playground.panels.latent.shared import (
    RESTORED,
    SETTINGS,
    LatentShared,
    add_endpoint,
    condition_text,
    restore_settings,
    settings_of,
    with_model,
)
from playground.ui.event_data import event_values
from playground.ui.events import FOLLOWS, MODEL_QUEUE, QUIET, Update, call
from playground.ui.messages import error_notice
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_protocol import Example, Panel
from playground.ui.picture_views import pack
from playground.ui.result_settings import ResultSettings, result_settings
from playground.ui.view import drop_script

NAME = "arithmetic"
_INPUTS = (*SETTINGS, "slots", "strength")


@dataclass(frozen=True)
class ArithmeticComponents:
    """slots: gr.State of Slots.  strength: gr.State.  uploads: a button for a visitor's picture into each slot.

    read: the notice of what was done to an upload, beside the buttons.
    link_error: gr.State of a notice: what is wrong with a link, until it is shown.
    """

    slots: gr.State
    strength: gr.State
    link_error: gr.State
    view: gr.HTML
    notice: gr.HTML
    uploads: tuple[gr.UploadButton, ...]
    read: gr.HTML
    query: gr.Textbox


def follow(request: Any) -> dict[str, Any]:
    """The answer's pictures, or {"error"}. A server function: outside the queue, to follow the pointer."""
    try:
        if not isinstance(request, dict):
            raise PlaygroundError(say("latent.arithmetic.sum_form"))
        pictures, norms = arithmetic.solve_live(request.get("model"), request)
        return pack(pictures) | {"norms": norms.tolist()}
    except PlaygroundError as error:
        return {"error": str(error)}


def request_of(
    model: str, condition: Sequence[str] | None, steps: float, slots: Slots, strength: float
) -> ArithmeticRequest:
    """The checked sum of the settings on the page."""
    items = dict(zip("abc", shown_slots(slots, model)[1:], strict=True))
    settings = {"strength": strength, "condition": condition_text(condition), "steps": steps}
    return arithmetic.read_arithmetic(model, {**items, **settings})


def on_solve(
    model: str, condition: Sequence[str] | None, steps: float, slots: Slots, strength: float
) -> Iterator[Update]:
    """The link, the sum, then its nearest real pictures."""
    request = request_of(model, condition, steps, slots, strength)
    yield _link(request)
    if not all(request.slots):
        yield {"view": arithmetic_value(request, None, ()), "notice": notice(_empty_slots(request))}
        return
    result = arithmetic.solve(request)
    yield {"view": arithmetic_value(request, result)}
    yield {"view": arithmetic_value(request, result, neighbour_strips(result))}


def _link(request: ArithmeticRequest) -> Update:
    try:
        return {"query": request.recipe().to_query()}
    except PlaygroundError as error:  # too long
        return {"notice": notice(str(error), "warning")}


def _empty_slots(request: ArithmeticRequest) -> str:
    empty = [name for name, items in zip(SLOTS, request.slots, strict=True) if not items]
    return say("latent.arithmetic.still_empty", slots=", ".join(empty))


def on_draw(
    model: str, condition: Sequence[str] | None, steps: float, slots: Slots, strength: float, link_error: Any
) -> Iterator[Update]:
    """The sum, or a first example if there is none yet."""
    if slots is None or slots[0] != model:
        yield {"view": None, "notice": notice(say("latent.arithmetic.choosing"))}
        try:
            slots = shown_slots(None, model)
        except PlaygroundError as error:
            yield {"view": None, "notice": error_notice(error)}
            return
        yield {"slots": slots, **picture_picker.first_sheet(model, condition, steps)}
    yield {"notice": link_error, "link_error": None}
    yield from on_solve(model, condition, steps, slots, strength)


def restore(recipe: Recipe) -> Update:
    """Model, condition and sum. A sum that is not valid is replaced by an example, and explained."""
    recipe = with_model(recipe)
    column = restore_settings(recipe)
    example: dict[str, Any] = {**column, "slots": None, "strength": 1.0, "link_error": None}
    try:
        if not any(name in recipe.settings for name in "abc"):
            return {**example, "strength": arithmetic.read_strength(recipe.settings.get("strength", 1.0))}
        request = arithmetic.arithmetic_from(recipe)
    except PlaygroundError as error:
        return {**example, "link_error": notice(say("latent.arithmetic.bad_link", error=error), "error")}
    column = settings_of(request.model, request.condition, request.steps)
    return {**example, **column, "slots": slots_of(request), "strength": request.strength}


def on_move(event: gr.EventData) -> Update:
    """The strength, once the slider rests. A stored sum's sentence goes."""
    return {"notice": None, "strength": arithmetic.read_strength(event_values(event).get("strength"))}


def on_endpoint(
    model: str, condition: Sequence[str] | None, steps: float, slots: Slots, strength: float, endpoints: str
) -> Update:
    """Adds the answer to the end points of the walk."""
    endpoint = arithmetic.answer_endpoint(request_of(model, condition, steps, slots, strength))
    if endpoint.condition:
        return add_endpoint(endpoints, format_endpoint(endpoint), "latent.arithmetic.answer_added_with_words")
    return add_endpoint(endpoints, format_endpoint(endpoint), "latent.arithmetic.answer_added")


def build(item: gr.Tab, shared: LatentShared) -> Panel:
    """Builds and connects the panel in the surrounding gr.Tab."""
    introduction("latent.arithmetic")
    note = notice_view(elem_id="arithmetic-notice")
    view = arithmetic_view(follow, elem_id="arithmetic")
    gr.Markdown(f"#### {say('latent.arithmetic.picker.title')}")
    with gr.Row(elem_classes="pg-actions"):
        uploads = tuple(
            gr.UploadButton(
                say("latent.arithmetic.picker.upload", slot=slot),
                file_types=["image"],
                elem_id=f"arithmetic-upload-{slot.lower()}",
            )
            for slot in SLOTS
        )
    read = notice_view(elem_id="arithmetic-read")
    picker = picture_picker.build(str(shared.model.value))
    components = ArithmeticComponents(
        gr.State(None), gr.State(1.0), gr.State(None), view, note, uploads, read, gr.Textbox(visible="hidden")
    )
    picture_picker.connect(picker, components.slots, note, shared)
    came_from = result_settings({name: getattr(shared, name) for name in SETTINGS}, [view], follows=True)
    reset = _connect(components, picker, shared, came_from)
    return Panel(
        NAME, item, (components, shared, {"sheet": picker.sheet}), example=Example(),
        restore=restore, restored=[*RESTORED, "slots", "strength", "link_error"],
        draw=on_draw, draw_inputs=[*_INPUTS, "link_error"],
        drawn=["slots", "view", "sheet", "notice", "link_error", "query"], redraw_on=[reset.then], result=came_from,
    )  # fmt: skip


def _connect(
    components: ArithmeticComponents, picker: picture_picker.PicturePicker, shared: LatentShared,
    came_from: ResultSettings,
) -> Any:  # fmt: skip
    """Connects the events. Returns the one after which the first example is shown."""
    parts = (components, shared)
    view = components.view
    at_once: dict[str, Any] = {"queue": False, **FOLLOWS}
    put = call(on_put, parts, ["slots", "model"], ["slots", "notice", "read"])
    changes = [listener(**put, **at_once) for listener in (picker.sheet.put, view.put)]
    changes.append(view.remove(**call(on_remove, parts, ["slots", "model"], ["slots", "notice", "read"]), **at_once))
    changes.append(view.moved(**call(on_move, parts, [], ["strength", "notice"]), **at_once))
    changes.append(view.empty(**call(on_empty, parts, ["model"], ["slots", "read"]), **at_once))
    for slot, button in zip(SLOTS, components.uploads, strict=True):

        def upload(
            path: str | None, model: str, condition: Sequence[str] | None, slots: Slots, slot: str = slot
        ) -> Update:
            return on_upload(slot, path, model, condition, slots)

        keywords = call(upload, parts, [button, "model", "condition", "slots"], ["slots", "notice", "read"])
        changes.append(button.upload(**keywords, **QUIET, **MODEL_QUEUE))
    solve = came_from.carry(call(on_solve, parts, _INPUTS, ["view", "notice", "query"]))
    for event in changes:
        event.then(**solve, **FOLLOWS, **MODEL_QUEUE)
    view.end(**call(on_endpoint, parts, [*_INPUTS, "endpoints"], ["endpoints", "notice"]), **QUIET, **MODEL_QUEUE)
    _connect_drops()
    return view.example(**call(lambda: {"slots": None, "strength": 1.0}, parts, [], ["slots", "strength"]), **at_once)


def _connect_drops() -> None:
    """A file dropped on a slot goes to the slot's upload button."""
    page = gr.context.Context.root_block
    assert isinstance(page, gr.Blocks)
    drops = "; ".join(
        drop_script(f".pg-slot-into[data-slot={slot}]", f"#arithmetic-upload-{slot.lower()}") for slot in SLOTS
    )
    page.load(None, None, None, js=f"() => {{ {drops}; }}", api_visibility="private")
