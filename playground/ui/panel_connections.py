"""The events of a tab with panels, one function for each:

`_connect_page_opening`, `_connect_upload`: reads a link or a file.
`panel_restoration.py`: then restores its settings and computes its result again.
`_connect_first_drawing`: without a link, draws the panel in front.
`_connect_item_front`: a panel comes to the front.
`_connect_changes`: a setting changes that all panels share.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

import gradio as gr
from gradio.utils import get_cancelled_fn_indices

from playground.core.recipe import Recipe, from_file
from playground.ui.event_data import next_count
from playground.ui.events import FOLLOWS, MODEL_QUEUE, QUIET, Update, call, when_read
from playground.ui.panel_links import is_of, open_file, open_link, panel_names, tab_names
from playground.ui.panel_protocol import Connected, Panel, PanelTab
from playground.ui.panel_restoration import connect_replay, connect_restore, follow, next_turn
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
    restored = connect_restore(panels, when_read(reads, pending), pending, turns, replaying)
    replays = {
        panel.name: connect_replay(panel, replaying[panel.name], pending) for panel in panels if panel.name in replaying
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
    note = panel.component("notice")
    if panel.draw is None:
        query = panel.component("query")
        stored = [StoredResult(tab.name, panel.name, example, note, query) for example in panel.examples]
        return [one.connect(turn, pending, FOLLOWS) for one in stored][0]
    queue: Mapping[str, Any] = MODEL_QUEUE if panel.draw_runs_model else {}
    keywords = panel.carry(call(panel.draw, panel.components, panel.draw_inputs, panel.drawn))
    for drawn in panel.examples:
        example = StoredResult(tab.name, panel.name, replace(drawn, run=keywords), note)
        example.connect(turn, pending, FOLLOWS, only_as_opened=True)
        turn = example.spare(turn, pending)
    begins = module_call("ui/stored_results.js", "drawingBegins", repr(f"{tab.name}-{panel.name}"), "values")
    drawing = turn.change(**keywords, js=f"(...values) => {begins}", **FOLLOWS, **queue)
    follow(drawing, panel.then)
    for listener in panel.redraw_on:
        listener(next_count, turn, turn, queue=False, **FOLLOWS)
    return drawing


def _connect_item_front(
    tab: PanelTab, panel: Panel, pending: gr.State, front: gr.State, turns: Mapping[str, gr.Textbox]
) -> None:
    """When a panel comes to the front: its link is shown, and it is drawn."""
    query = panel.component("query")
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
        return update if waits else {**update, **next_turn(turns, panel.name)}

    selected = call(on_panel, components, [is_chosen, "pending", "turns"], ["front", "turns"])
    asked = module_call("ui/links.js", "isChosen", repr(tab.name), repr(panel.name))
    script = f"(_, ...values) => [{asked}, ...values]"
    panel.item.select(**selected, js=script, queue=False, **QUIET)


def _connect_first_drawing(opening: Any, pending: gr.State, front: gr.State, turns: Mapping[str, gr.Textbox]) -> None:
    """When the page's link has been read: the panel in front is drawn, unless the link restores it."""
    components = {"pending": pending, "front": front, "turns": dict(turns)}

    def on_opened(pending: Recipe | None, front: str, turns: Mapping[str, str]) -> Update:
        first = turns.get(front) == "0" and not is_of(pending, front)
        return next_turn(turns, front) if first else {}

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
        return {"pending": None, **next_turn(turns, front)}  # the settings are no longer those of the link

    for listener in changed if drawing else ():
        keywords = call(on_change, components, ["front", "turns"], ["pending", "turns"])
        listener(**keywords, queue=False, **FOLLOWS)


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
