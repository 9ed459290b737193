"""What happens to a tab of panels, and when: each has its one function here.

`_connect_page_opening`, `_connect_upload`: a link or a file is read.
`_connect_restore`, `_connect_replay`: then its settings are set, and its result is computed again.
`_connect_first_drawing`: or, if there is none, the panel in front is drawn.
`_connect_item_front`: a panel comes to the front.
`_connect_changes`: settings change that all panels share.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, from_file
from playground.ui import messages
from playground.ui.events import FOLLOWS, MODEL_QUEUE, QUIET, Update, call, when_read
from playground.ui.panel_links import is_of, open_file, open_link, panel_names
from playground.ui.panel_protocol import Connected, Panel, PanelTab
from playground.ui.view import to_linked_panel

#: JavaScript: (query of a panel, link) -> the link, which follows the query if its panel is in front.
_LINK = "(query, link) => window.playground?.linkOf ? window.playground.linkOf(query, link) : link"


def connect(
    tab: PanelTab,
    panels: Sequence[Panel],
    changed: Sequence[Callable[..., Any]] = (),
    upload: gr.UploadButton | None = None,
    read_file: Callable[[bytes], Recipe] = from_file,
) -> Connected:
    """Connects the panels with their tab and with the page.

    changed: listeners of the settings that all panels share, as `model.input`; the panel in front is drawn again.
    upload: a button for a file that was downloaded here.  read_file: its content -> the recipe in it.
    """
    pending, front = gr.State(None), gr.State(panels[0].name)
    # Boxes, for of a gr.State the page hears nothing when an event past the queue has set it.
    drawing = [panel for panel in panels if panel.draw is not None]
    turns = {
        panel.name: gr.Textbox("0", visible="hidden", elem_id=f"turn-{tab.name}-{panel.name}") for panel in drawing
    }
    draws = {panel.name: _connect_draw(panel, turns[panel.name]) for panel in drawing}
    for panel in panels:
        _connect_item_front(tab, panel, pending, front, turns)
    _connect_changes(drawing, changed, pending, front, turns)
    opened = _connect_page_opening(tab, panels, pending, front)
    _connect_first_drawing(opened, pending, front, turns)
    reads = [opened]
    if upload is not None:
        reads.append(_connect_upload(tab, panels, pending, front, upload, read_file))
    restored = _connect_restore(panels, when_read(reads, pending), pending, turns)
    restored.then(None, None, None, js="() => window.playground.recipeIsRestored()", api_visibility="private")
    replays = {panel.name: _connect_replay(panel, restored, pending) for panel in panels if panel.replay is not None}
    for panel in panels:
        started = [events[panel.name] for events in (draws, replays) if panel.name in events]
        for stop in panel.stops if started else ():
            stop.click(None, None, None, cancels=started, api_visibility="private")
    return Connected(pending, front, restored, replays, draws)


def _connect_draw(panel: Panel, turn: gr.Textbox) -> Any:
    assert panel.draw is not None
    queue: Mapping[str, Any] = MODEL_QUEUE if panel.draw_runs_model else {}
    keywords = call(panel.draw, panel.components, panel.draw_inputs, panel.drawn)
    drawn = turn.change(**keywords, **FOLLOWS, **queue)
    _chain(drawn, panel.then)
    for listener in panel.redraw_on:
        listener(lambda count: str(int(count) + 1), turn, turn, queue=False, **FOLLOWS)
    return drawn


def _chain(event: Any, following: Sequence[Mapping[str, Any]]) -> None:
    for keywords in following:
        event = event.then(**keywords)


def _connect_item_front(
    tab: PanelTab, panel: Panel, pending: gr.State, front: gr.State, turns: Mapping[str, gr.Textbox]
) -> None:
    """What happens when a panel comes to the front of its tab."""
    query = _component(panel, "query")
    # A panel that has made nothing has an empty query, of which it reports when it is first shown: the link stays.
    query.change(None, [query, tab.link], tab.link, js=_LINK, api_visibility="private")
    panel.item.select(None, query, tab.link, js=to_linked_panel(tab.name, panel.name), api_visibility="private")
    if not turns:
        return
    # Gradio opens the first panel itself, before a link is read: `_connect_first_drawing` draws what is asked for.
    is_chosen = gr.Checkbox(visible="hidden")
    components = {"pending": pending, "front": front, "turns": dict(turns)}

    def on_panel(is_chosen: bool, pending: Recipe | None, turns: Mapping[str, str]) -> Update:
        if not is_chosen:
            return {}
        update: dict[str, Any] = {"front": panel.name}
        # What a link shows comes by `restore` and `replay`, and not before as well.
        waits = is_of(pending, panel.name) and (panel.replay is not None or turns.get(panel.name) == "0")
        return update if waits else {**update, **_turned(turns, panel.name)}

    selected = call(on_panel, components, [is_chosen, "pending", "turns"], ["front", "turns"])
    script = f"(_, ...values) => [window.playground.isChosen('{tab.name}', '{panel.name}'), ...values]"
    panel.item.select(**selected, js=script, queue=False, **QUIET)


def _connect_first_drawing(opened: Any, pending: gr.State, front: gr.State, turns: Mapping[str, gr.Textbox]) -> None:
    """The panel in front is drawn when the page's link has been read, unless the link shows what it asks for."""
    components = {"pending": pending, "front": front, "turns": dict(turns)}

    def on_opened(pending: Recipe | None, front: str, turns: Mapping[str, str]) -> Update:
        first = turns.get(front) == "0" and not is_of(pending, front)
        return _turned(turns, front) if first else {}

    if turns:
        opened.then(**call(on_opened, components, ["pending", "front", "turns"], ["turns"]), queue=False, **QUIET)


def _connect_changes(
    drawing: Sequence[Panel],
    changed: Sequence[Callable[..., Any]],
    pending: gr.State,
    front: gr.State,
    turns: Mapping[str, gr.Textbox],
) -> None:
    """What happens when a setting changes that all panels share."""
    components = {"pending": pending, "front": front, "turns": dict(turns)}

    def on_change(front: str, turns: Mapping[str, str]) -> Update:
        return {"pending": None, **_turned(turns, front)}  # the visitor has left what the link asked for

    for listener in changed if drawing else ():
        keywords = call(on_change, components, ["front", "turns"], ["pending", "turns"])
        listener(**keywords, queue=False, **FOLLOWS)


def _turned(turns: Mapping[str, str], name: str) -> Update:
    return {"turns": {name: str(int(turns[name]) + 1)}} if name in turns else {}


def _connect_page_opening(tab: PanelTab, panels: Sequence[Panel], pending: gr.State, front: gr.State) -> Any:
    """What happens when the page opens: its link is read, if it is this tab's. Returns the event that has read it."""
    page = gr.context.Context.root_block
    assert isinstance(page, gr.Blocks)
    components = _read_components(tab, pending, front)
    names = panel_names(panels)

    def on_open(request: gr.Request) -> Update:
        return open_link(dict(request.query_params), tab, names)

    return page.load(**call(on_open, components, [], list(components)), queue=False, **QUIET)


def _read_components(tab: PanelTab, pending: gr.State, front: gr.State) -> dict[str, Any]:
    return {"tabs": tab.tabs, "front": front, "pending": pending, "notice": tab.notice}


def _connect_upload(
    tab: PanelTab,
    panels: Sequence[Panel],
    pending: gr.State,
    front: gr.State,
    upload: gr.UploadButton,
    read_file: Callable[[bytes], Recipe],
) -> Any:
    """What happens when a visitor gives a file that was downloaded here. Returns the event that has read it."""
    components = _read_components(tab, pending, front)
    names = panel_names(panels)

    def on_upload(path: str | None) -> Update:
        return open_file(path, tab, names, read_file)

    return upload.upload(**call(on_upload, components, [upload], list(components)), **QUIET)


def _connect_restore(panels: Sequence[Panel], read: Any, pending: gr.State, turns: Mapping[str, gr.Textbox]) -> Any:
    """One event for all panels: each one that runs when a page opens costs time. Returns it."""
    slots = {panel.name: _restored_slots(panel) for panel in panels}
    components: dict[str, Any] = {"pending": pending, "turns": dict(turns)}
    for panel in panels:
        known = {id(slot) for slot in components.values()}
        fresh = {name: slot for name, slot in slots[panel.name].items() if id(slot) not in known}
        components |= {f"{panel.name}.{name}": slot for name, slot in fresh.items()}
    # Panels may restore the same component, as a model that all share: each is one output, whichever panel fills it.
    names = {id(slot): name for name, slot in components.items()}

    def on_restore(pending: Recipe | None, turns: Mapping[str, str]) -> Update:
        panel = next((panel for panel in panels if is_of(pending, panel.name)), None)
        if panel is None or pending is None:
            return {}
        update, valid = restored_update(panel, pending)
        named = {names[id(slots[panel.name][name])]: value for name, value in update.items()}
        if not valid:
            return {**named, "pending": None}
        return named if panel.replay is not None else {**named, **_turned(turns, panel.name)}

    return read.then(**call(on_restore, components, ["pending", "turns"], list(components)), **QUIET)


def restored_update(panel: Panel, recipe: Recipe) -> tuple[Update, bool]:
    """(a recipe's settings for the panel's components, whether the recipe is valid); if not, a sentence for notice."""
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


def _connect_replay(panel: Panel, restored: Any, pending: gr.State) -> Any:
    replay = panel.replay
    assert replay is not None

    def on_replay(pending: Recipe | None, *values: Any) -> Iterator[Update]:
        if pending is not None and is_of(pending, panel.name):
            yield from replay(pending, *values)

    keywords = call(on_replay, panel.components, [pending, *panel.replay_inputs], panel.replayed)
    replayed = restored.then(**keywords, **QUIET, **MODEL_QUEUE)
    _chain(replayed, panel.then)
    return replayed
