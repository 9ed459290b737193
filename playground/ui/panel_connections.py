"""The events of a tab with panels, one function for each:

`_connect_page_opening`, `_connect_upload`: reads a link or a file.
`_connect_restore`, `_connect_replay`: then restores its settings and computes its result again.
`_connect_first_drawing`: without a link, draws the panel in front.
`_connect_item_front`: a panel comes to the front.
`_connect_changes`: a setting changes that all panels share.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

import gradio as gr
from gradio.utils import get_cancelled_fn_indices

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, from_file
from playground.ui import messages
from playground.ui.event_data import next_count
from playground.ui.events import FOLLOWS, MODEL_QUEUE, QUIET, Update, call, when_read
from playground.ui.panel_links import (
    complete,
    is_of,
    names_panel_alone,
    open_file,
    open_link,
    panel_names,
    tab_names,
)
from playground.ui.panel_protocol import Connected, Panel, PanelTab
from playground.ui.stored_results import StoredResult
from playground.ui.view import module_call, to_linked_panel


def connect(
    tab: PanelTab,
    panels: Sequence[Panel],
    changed: Sequence[Callable[..., Any]] = (),
    upload: gr.UploadButton | None = None,
    read_file: Callable[[bytes], Recipe] = from_file,
) -> Connected:
    """Connects the panels with their tab and the page.

    changed: listeners of settings that all panels share, such as `model.input`; the panel in front is then drawn again.
    upload: a button for files that were downloaded here.  read_file: content of a file -> its recipe.
    """
    pending, front = gr.State(None), gr.State(panels[0].name)
    # Text boxes: the page does not notice when an event without a queue sets a gr.State.
    drawing = [panel for panel in panels if panel.draw is not None or panel.examples]
    turns = {
        panel.name: gr.Textbox("0", visible="hidden", elem_id=f"turn-{tab.name}-{panel.name}") for panel in drawing
    }
    draws = {panel.name: _connect_draw(tab, panel, turns[panel.name], pending) for panel in drawing}
    for panel in panels:
        _connect_item_front(tab, panel, pending, front, turns)
    _connect_changes(drawing, changed, pending, front, turns)
    opening = _connect_page_opening(tab, panels, pending, front)
    _connect_first_drawing(opening, pending, front, turns)
    reads = [opening]
    if upload is not None:
        reads.append(_connect_upload(tab, panels, pending, front, upload, read_file))
    # A replay waits in the model's line: it is an event only where there is something to replay.
    replaying = {one.name: gr.Textbox("0", visible="hidden") for one in panels if one.replay is not None}
    restored = _connect_restore(panels, when_read(reads, pending), pending, turns, replaying)
    usable = f"() => {module_call('ui/links.js', 'recipeIsRestored')}"
    restored.then(None, None, None, js=usable, api_visibility="private")
    replays = {
        panel.name: _connect_replay(panel, replaying[panel.name], pending)
        for panel in panels
        if panel.name in replaying
    }
    for panel in panels:
        running = [events[panel.name] for events in (draws, replays) if panel.name in events]
        for stop in panel.stops if running else ():
            _cancel_by(stop, running)
    return Connected(pending, front, restored, replays, draws)


def _cancel_by(stop: gr.Button, events: Sequence[Any]) -> None:
    """Makes a button cancel further events, by its first listener that cancels.

    The page calls the listeners of a press one after another: a later one would cancel after the handler that shows
    what was stopped, which the event would then overwrite.
    """
    page = gr.context.Context.root_block
    assert isinstance(page, gr.Blocks)
    listeners = (one for one in page.fns.values() if one.cancels and (stop._id, "click") in one.targets)
    first = next(listeners, None)
    if first is None:
        stop.click(None, None, None, cancels=list(events), api_visibility="private")
    else:
        first.cancels = [*first.cancels, *get_cancelled_fn_indices(list(events))]


def _connect_draw(tab: PanelTab, panel: Panel, turn: gr.Textbox, pending: gr.State) -> Any:
    note = _component(panel, "notice")
    if panel.draw is None:
        query = _component(panel, "query")
        stored = [StoredResult(tab.name, panel.name, example, note, query) for example in panel.examples]
        return [one.connect(turn, pending, FOLLOWS) for one in stored][0]
    queue: Mapping[str, Any] = MODEL_QUEUE if panel.draw_runs_model else {}
    keywords = _carried(panel, call(panel.draw, panel.components, panel.draw_inputs, panel.drawn))
    for drawn in panel.examples:
        example = StoredResult(tab.name, panel.name, replace(drawn, run=keywords), note)
        example.connect(turn, pending, FOLLOWS, only_as_opened=True)
        turn = example.spare(turn, pending)
    begins = module_call("ui/stored_results.js", "drawingBegins", repr(f"{tab.name}-{panel.name}"), "values")
    drawing = turn.change(**keywords, js=f"(...values) => {begins}", **FOLLOWS, **queue)
    _chain(drawing, panel.then)
    shown = f"() => {{ {module_call('ui/opening.js', 'firstResultIsThere')}; }}"
    drawing.then(None, None, None, js=shown, api_visibility="private")
    for listener in panel.redraw_on:
        listener(next_count, turn, turn, queue=False, **FOLLOWS)
    return drawing


def _carried(panel: Panel, keywords: dict[str, Any]) -> dict[str, Any]:
    return keywords if panel.result is None else panel.result.carry(keywords)


def _chain(event: Any, following: Sequence[Mapping[str, Any]]) -> None:
    for keywords in following:
        event = event.then(**keywords)


def _connect_item_front(
    tab: PanelTab, panel: Panel, pending: gr.State, front: gr.State, turns: Mapping[str, gr.Textbox]
) -> None:
    """When a panel comes to the front: its link is shown, and it is drawn."""
    query = _component(panel, "query")
    # A panel without a result reports an empty query when it is first shown: the link stays.
    link = f"(query, link) => {module_call('ui/links.js', 'linkOf', 'query', 'link')}"
    query.change(None, [query, tab.link], tab.link, js=link, api_visibility="private")
    panel.item.select(None, query, tab.link, js=to_linked_panel(tab.name, panel.name), api_visibility="private")
    if not turns:
        return
    # Gradio selects the first panel itself, before a link is read: `_connect_first_drawing` draws the right one.
    is_chosen = gr.Checkbox(visible="hidden")
    components = {"pending": pending, "front": front, "turns": dict(turns)}

    def on_panel(is_chosen: bool, pending: Recipe | None, turns: Mapping[str, str]) -> Update:
        if not is_chosen:
            return {}
        update: dict[str, Any] = {"front": panel.name}
        # `restore` and `replay` draw what a link shows: do not draw it twice.
        waits = is_of(pending, panel.name) and (panel.replay is not None or turns.get(panel.name) == "0")
        return update if waits else {**update, **_next_turn(turns, panel.name)}

    selected = call(on_panel, components, [is_chosen, "pending", "turns"], ["front", "turns"])
    asked = module_call("ui/links.js", "isChosen", repr(tab.name), repr(panel.name))
    script = f"(_, ...values) => [{asked}, ...values]"
    panel.item.select(**selected, js=script, queue=False, **QUIET)


def _connect_first_drawing(opening: Any, pending: gr.State, front: gr.State, turns: Mapping[str, gr.Textbox]) -> None:
    """When the page's link has been read: the panel in front is drawn, unless the link restores it."""
    components = {"pending": pending, "front": front, "turns": dict(turns)}

    def on_opened(pending: Recipe | None, front: str, turns: Mapping[str, str]) -> Update:
        first = turns.get(front) == "0" and not is_of(pending, front)
        return _next_turn(turns, front) if first else {}

    if turns:
        opening.then(**call(on_opened, components, ["pending", "front", "turns"], ["turns"]), queue=False, **QUIET)


def _connect_changes(
    drawing: Sequence[Panel],
    changed: Sequence[Callable[..., Any]],
    pending: gr.State,
    front: gr.State,
    turns: Mapping[str, gr.Textbox],
) -> None:
    """When a shared setting changes: the panel in front is drawn again."""
    components = {"pending": pending, "front": front, "turns": dict(turns)}

    def on_change(front: str, turns: Mapping[str, str]) -> Update:
        return {"pending": None, **_next_turn(turns, front)}  # the settings are no longer those of the link

    for listener in changed if drawing else ():
        keywords = call(on_change, components, ["front", "turns"], ["pending", "turns"])
        listener(**keywords, queue=False, **FOLLOWS)


def _next_turn(turns: Mapping[str, str], name: str) -> Update:
    """The Update that draws the panel of that name: its counter goes up by one."""
    return {"turns": {name: next_count(turns[name])}} if name in turns else {}


def _connect_page_opening(tab: PanelTab, panels: Sequence[Panel], pending: gr.State, front: gr.State) -> Any:
    """When the page opens: its link is read, if it is this tab's. Returns the event that reads it."""
    page = gr.context.Context.root_block
    assert isinstance(page, gr.Blocks)
    components = _read_components(tab, pending, front, tab.notice)
    names = panel_names(panels)
    # The query that the page was opened with: a visitor who is quick has changed the address bar by now.
    query = gr.Textbox(visible="hidden")

    def on_open(query: str) -> Update:
        return open_link(dict(parse_qsl(query, keep_blank_values=True)), tab, names, tab_names(page))

    script = f"() => {module_call('ui/links.js', 'openingQuery')}"
    return page.load(**call(on_open, components, [query], list(components)), js=script, queue=False, **QUIET)


def _read_components(tab: PanelTab, pending: gr.State, front: gr.State, note: gr.HTML) -> dict[str, Any]:
    return {"tabs": tab.tabs, "front": front, "pending": pending, "notice": note}


def _connect_upload(
    tab: PanelTab,
    panels: Sequence[Panel],
    pending: gr.State,
    front: gr.State,
    upload: gr.UploadButton,
    read_file: Callable[[bytes], Recipe],
) -> Any:
    """When a visitor uploads a file that was downloaded here: its recipe is read. Returns the event that reads it."""
    components = _read_components(tab, pending, front, tab.file_notice or tab.notice)
    names = panel_names(panels)

    def on_upload(path: str | None) -> Update:
        return open_file(path, tab, names, read_file)

    return upload.upload(**call(on_upload, components, [upload], list(components)), **QUIET)


def _connect_restore(
    panels: Sequence[Panel],
    reading: Any,
    pending: gr.State,
    turns: Mapping[str, gr.Textbox],
    replaying: Mapping[str, gr.Textbox],
) -> Any:
    """One event that restores any panel, because every event at a page's opening costs time. Returns it."""
    slots = {panel.name: _restored_slots(panel) for panel in panels}
    components: dict[str, Any] = {"pending": pending, "turns": dict(turns), "replaying": dict(replaying)}
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
            return {"pending": None, **_next_turn(turns, panel.name)}  # as by a click
        if not valid:
            return by_name  # the recipe stays pending, so that no drawing replaces the error
        if panel.replay is not None:
            return {**by_name, "replaying": {panel.name: next_count(replaying[panel.name])}}
        return {**by_name, **_next_turn(turns, panel.name)}

    inputs = ["pending", "turns", "replaying"]
    return reading.then(**call(on_restore, components, inputs, list(components)), **QUIET)


def restored_update(panel: Panel, recipe: Recipe) -> tuple[Update, bool]:
    """(the Update that restores a recipe, whether the recipe is valid); if it is not, an Update of the notice."""
    try:
        return panel.restore(recipe), True
    except PlaygroundError as error:
        return {"notice": messages.cannot_follow(error)}, False


def _restored_slots(panel: Panel) -> dict[str, Any]:
    return {name: _component(panel, name) for name in dict.fromkeys([*panel.restored, "notice"])}


def _component(panel: Panel, name: str) -> Any:
    parts = panel.components if isinstance(panel.components, tuple) else (panel.components,)
    for part in parts:
        if isinstance(part, Mapping) and name in part:
            return part[name]
        if not isinstance(part, Mapping) and hasattr(part, name):
            return getattr(part, name)
    raise ValueError(f"the panel {panel.name} has no component {name!r}")


def _connect_replay(panel: Panel, turn: gr.Textbox, pending: gr.State) -> Any:
    replay = panel.replay
    assert replay is not None

    def on_replay(pending: Recipe | None, *values: Any) -> Iterator[Update]:
        if pending is not None and is_of(pending, panel.name):  # a setting may have been changed meanwhile
            yield from replay(complete(pending, panel.link_defaults), *values)

    keywords = _carried(panel, call(on_replay, panel.components, [pending, *panel.replay_inputs], panel.replayed))
    replayed = turn.change(**keywords, **QUIET, **MODEL_QUEUE)
    _chain(replayed, panel.then)
    return replayed
