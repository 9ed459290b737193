"""How a link or a file is restored: the settings of its recipe first, then the result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.ui import messages
from playground.ui.event_data import next_count
from playground.ui.events import MODEL_QUEUE, QUIET, Update, call
from playground.ui.panel_links import complete, is_of, names_panel_alone
from playground.ui.panel_protocol import Panel
from playground.ui.view import module_call

#: What `connect_restore` says of a link whose settings are not valid: no result follows.
_REFUSED = "refused"


def connect_restore(
    panels: Sequence[Panel],
    reading: Any,
    pending: gr.State,
    turns: Mapping[str, gr.Textbox],
    replaying: Mapping[str, gr.Textbox],
) -> Any:
    """One event that restores any panel, because every event at a page's opening costs time. Returns it."""
    slots = {panel.name: _restored_slots(panel) for panel in panels}
    outcome = gr.Textbox(visible="hidden")
    components: dict[str, Any] = {
        "pending": pending, "turns": dict(turns), "replaying": dict(replaying), "outcome": outcome
    }  # fmt: skip
    for panel in panels:
        ids = {id(slot) for slot in components.values()}
        fresh = {name: slot for name, slot in slots[panel.name].items() if id(slot) not in ids}
        components |= {f"{panel.name}.{name}": slot for name, slot in fresh.items()}
    # Panels may restore the same component, such as a shared model: it is one output, whichever panel fills it.
    names = {id(slot): name for name, slot in components.items()}

    def on_restore(pending: Recipe | None, turns: Mapping[str, str], replaying: Mapping[str, str]) -> Update:
        panel = next((panel for panel in panels if is_of(pending, panel.name)), None)
        if panel is None or pending is None:
            return {}
        update, valid = restored_update(panel, complete(pending, panel.link_defaults))
        by_name = {names[id(slots[panel.name][name])]: value for name, value in update.items()}
        if names_panel_alone(pending) and (panel.examples or not valid):
            return {"pending": None, **next_turn(turns, panel.name)}  # as by a click
        if not valid:
            return {**by_name, "outcome": _REFUSED}  # the recipe stays pending, so that no drawing replaces the error
        if panel.replay is not None:
            return {**by_name, "replaying": {panel.name: next_count(replaying[panel.name])}}
        return {**by_name, **next_turn(turns, panel.name)}

    inputs = ["pending", "turns", "replaying"]
    restored = reading.then(**call(on_restore, components, inputs, list(components)), **QUIET)
    usable = f"(outcome) => {module_call('ui/links.js', 'recipeIsRestored', f'outcome === {_REFUSED!r}')}"
    restored.then(None, outcome, None, js=usable, api_visibility="private")
    return restored


def restored_update(panel: Panel, recipe: Recipe) -> tuple[Update, bool]:
    """(the Update that restores a recipe, whether the recipe is valid); if it is not, an Update of the notice."""
    try:
        return panel.restore(recipe), True
    except PlaygroundError as error:
        return {"notice": messages.cannot_follow(error)}, False


def _restored_slots(panel: Panel) -> dict[str, Any]:
    return {name: panel.component(name) for name in dict.fromkeys([*panel.restored, "notice"])}


def connect_replay(panel: Panel, turn: gr.Textbox, pending: gr.State) -> Any:
    """When a panel's counter changes: the result of the recipe is computed again. Returns the event."""
    replay = panel.replay
    assert replay is not None

    def on_replay(pending: Recipe | None, *values: Any) -> Iterator[Update]:
        if pending is not None and is_of(pending, panel.name):  # a setting may have been changed meanwhile
            yield from replay(complete(pending, panel.link_defaults), *values)

    keywords = panel.carry(call(on_replay, panel.components, [pending, *panel.replay_inputs], panel.replayed))
    replayed = turn.change(**keywords, **QUIET, **MODEL_QUEUE)
    follow(replayed, [*panel.then, *panel.then_replayed])
    return replayed


def next_turn(turns: Mapping[str, str], name: str) -> Update:
    """The Update that draws the panel of that name: its counter goes up by one."""
    return {"turns": {name: next_count(turns[name])}} if name in turns else {}


def follow(event: Any, following: Sequence[Mapping[str, Any]]) -> None:
    """Connects what follows a drawing or a replay: at its end a page that opens shows itself, if it has not before."""
    shown = f"() => {{ {module_call('ui/opening.js', 'firstResultIsThere')}; }}"
    event.then(None, None, None, js=shown, api_visibility="private")
    for keywords in following:
        event = event.then(**keywords)
