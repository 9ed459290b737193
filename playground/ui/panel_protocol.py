"""The one protocol of all panels: how each is built, brought to the front, linked, restored, replayed and stopped.

A panel is a module (panels/TAB/PANEL/panel.py) with
    NAME          in links (?panel=NAME) and element ids
    TITLE         on the page
    FORMER_NAMES  in links that were made before; absent if there are none
    build(item: gr.Tab, shared) -> Panel, which builds its components and connects its events
A tab lists its panels in PANELS, lays them out with `build_panels`, and connects them by `connect`.

What happens when a tab comes to the front is in `_connect_tab_front`, what happens when the page opens in
`_connect_page_opening`, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, from_file, from_query
from playground.core.validation import parse_choice, quoted
from playground.ui import messages
from playground.ui.events import FOLLOWS, MODEL_QUEUE, QUIET, Update, call, when_read
from playground.ui.notice import notice
from playground.ui.view import SHOW_QUERY, to_front, to_linked_panel

LARGEST_FILE = 64 << 20
#: JavaScript: (query of a panel, link) -> the link, which follows the query if its panel is in front.
_LINK = "(query, link) => window.playground?.linkOf ? window.playground.linkOf(query, link) : link"


@dataclass(frozen=True)
class Panel:
    """One panel of a tab, and its part in what happens to the whole tab.

    item: its gr.Tab.
    components: a dataclass of components, or a tuple of such (the panel's, then the tab's shared settings), as `call`
    takes them. Among them are `query`, a hidden gr.Textbox that the panel's handlers fill with the query of its link,
    and `notice`, the notice view where sentences go.
    restore: a recipe's settings as an Update of the components named in `restored`; it raises PlaygroundError for a
    recipe that is not valid, which becomes a sentence in `notice`. The protocol always may fill `notice`.
    replay: (recipe, *values of replay_inputs) -> Updates of `replayed`; computes a recipe's result again, after
    `restore`. It is called only with a recipe of this panel which `restore` took, with or without a result in it.
    draw: (*values of draw_inputs) -> an Update, or Updates, of `drawn`: what the panel shows without a click. It is
    called when the panel comes to the front, when the tab's shared settings have changed while it is in front, after
    `restore` of a panel without `replay`, and after `redraw_on`. It decides itself whether anything has to be drawn.
    redraw_on: listeners of the panel's own components, as `slider.input`, after which it is drawn again.
    draw_runs_model: whether drawing waits for its turn at the model.
    then: keywords of events that follow each drawing and replay, one after the other.
    stops: buttons that stop drawing and replay.
    """

    name: str
    item: gr.Tab
    components: Any
    restore: Callable[[Recipe], Update]
    restored: Sequence[str] = ()
    replay: Callable[..., Iterator[Update]] | None = None
    replay_inputs: Sequence[Any] = ()
    replayed: Sequence[str] = ()
    draw: Callable[..., Any] | None = None
    draw_inputs: Sequence[Any] = ()
    drawn: Sequence[str] = ()
    redraw_on: Sequence[Callable[..., Any]] = ()
    draw_runs_model: bool = True
    then: Sequence[Mapping[str, Any]] = ()
    stops: Sequence[gr.Button] = ()
    former_names: Sequence[str] = ()


@dataclass(frozen=True)
class PanelTab:
    """A tab that is made of panels.

    name: in links (?tab=NAME).  item: its gr.Tab.  tabs: the gr.Tabs of its panels.
    notice: where a link goes whose panel there is not.  link: the box with the link of the panel in front.
    needs_panel: whether a recipe must name its panel; if not, one that names none is the first panel's.
    former_keys: settings that named the panel in links made before, besides "panel".
    former_sign: a setting that marks links without a tab as this tab's, as once they were made; "" if there is none.
    """

    name: str
    item: gr.Tab
    tabs: gr.Tabs
    notice: gr.HTML
    link: gr.Textbox
    needs_panel: bool = False
    former_keys: Sequence[str] = ()
    former_sign: str = ""


@dataclass(frozen=True)
class Connected:
    """What `connect` gives a tab to go on with.

    pending: gr.State of the recipe of a link or file that is valid, or None. It stays until a shared setting changes.
    front: gr.State of the name of the panel in front; exact only where a panel has `draw`.
    restored: the event after which a recipe's settings are on the page.
    replays, draws: the events of the panels that have them, by name.
    """

    pending: gr.State
    front: gr.State
    restored: Any
    replays: Mapping[str, Any] = field(default_factory=dict)
    draws: Mapping[str, Any] = field(default_factory=dict)


def build_panels(tab: str, modules: Sequence[Any], shared: Any) -> list[Panel]:
    """Builds and connects each panel in a gr.Tab of its own, inside the surrounding gr.Tabs."""
    panels = []
    for module in modules:
        with gr.Tab(module.TITLE, id=module.NAME, elem_id=f"{tab}-{module.NAME}") as item:
            panel: Panel = module.build(item, shared)
        panels.append(replace(panel, former_names=getattr(module, "FORMER_NAMES", ())))
    return panels


def panel_names(panels: Sequence[Any]) -> dict[str, str]:
    """Every name that a link may call a panel by -> its name. panels: Panel instances, or panel modules."""
    found: dict[str, str] = {}
    for panel in panels:
        name = panel.name if isinstance(panel, Panel) else panel.NAME
        former = panel.former_names if isinstance(panel, Panel) else getattr(panel, "FORMER_NAMES", ())
        found |= {called: name for called in (name, *former)}
    return found


def script_data(tab: str, modules: Sequence[Any], former_keys: Sequence[str] = ()) -> dict[str, Any]:
    """What page.js has to know of a tab: its first panel, the panels' names and the settings that name one."""
    return {tab: {"first": modules[0].NAME, "names": panel_names(modules), "keys": ["panel", *former_keys]}}


def read_panel(
    recipe: Recipe, names: Mapping[str, str], *, needs_panel: bool = False, former_keys: Sequence[str] = ()
) -> Recipe:
    """The recipe with its panel's present name as the setting "panel".

    names: see panel_names; the first panel is the default, unless needs_panel.
    former_keys: settings that named the panel before; they are left out.
    Raises PlaygroundError for a panel that there is not.
    """
    settings = dict(recipe.settings)
    found = [settings.pop(key) for key in ("panel", *former_keys) if key in settings]
    asked = next((value for value in found if value not in ("", None)), "")
    if asked not in names:
        if asked or needs_panel:
            parse_choice(asked, list(dict.fromkeys(names.values())), "panel")
        asked = next(iter(names))
    return replace(recipe, settings={**settings, "panel": names[str(asked)]})


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
    _connect_tab_front(tab, panels, pending, front, turns)
    _connect_changes(drawing, changed, pending, front, turns)
    reads = [_connect_page_opening(tab, panels, pending, front)]
    if upload is not None:
        reads.append(_connect_upload(tab, panels, pending, front, upload, read_file))
    restored = _connect_restore(panels, when_read(reads, pending), pending, turns)
    replays = {panel.name: _connect_replay(panel, restored, pending) for panel in panels if panel.replay is not None}
    for panel in panels:
        started = [events[panel.name] for events in (draws, replays) if panel.name in events]
        for stop in panel.stops if started else ():
            stop.click(None, None, None, cancels=started, api_visibility="private")
    return Connected(pending, front, restored, replays, draws)


def _turn_box(tab: PanelTab, panel: Panel) -> gr.Textbox:
    """A counter: whatever raises it asks for the panel to be drawn."""
    return gr.Textbox("0", visible="hidden", elem_id=f"turn-{tab.name}-{panel.name}")


def is_of(recipe: Recipe | None, name: str) -> bool:
    """Whether there is a recipe, and it is this panel's."""
    return recipe is not None and recipe.settings.get("panel") == name


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
    components = {"pending": pending, "front": front, "turns": dict(turns)}

    def on_panel(pending: Recipe | None, turns: Mapping[str, str]) -> Update:
        update: dict[str, Any] = {"front": panel.name}
        # What a link shows comes by `restore` and `replay`, and not before as well.
        waits = is_of(pending, panel.name) and (panel.replay is not None or turns.get(panel.name) == "0")
        return update if waits else {**update, **_turned(turns, panel.name)}

    panel.item.select(**call(on_panel, components, ["pending", "turns"], ["front", "turns"]), queue=False, **QUIET)


def _connect_tab_front(
    tab: PanelTab, panels: Sequence[Panel], pending: gr.State, front: gr.State, turns: Mapping[str, gr.Textbox]
) -> None:
    """What happens when the tab comes to the front: the address bar is its own, its panel in front is drawn once."""
    queries = [_component(panel, "query") for panel in panels]
    tab.item.select(None, queries, None, js=to_front(tab.name), api_visibility="private")
    if not turns:
        return
    components = {"pending": pending, "front": front, "turns": dict(turns)}

    def on_tab(pending: Recipe | None, front: str, turns: Mapping[str, str]) -> Update:
        first = turns.get(front) == "0" and not is_of(pending, front)
        return _turned(turns, front) if first else {}

    tab.item.select(**call(on_tab, components, ["pending", "front", "turns"], ["turns"]), queue=False, **QUIET)


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


def open_link(asked: Mapping[str, str], tab: PanelTab, names: Mapping[str, str]) -> Update:
    """{"tabs", "front", "pending"} as a link says, or {"notice"}; {} if it is another tab's or holds no recipe.

    asked: the query's names and values.
    """
    query = {name: value for name, value in asked.items() if not name.startswith("__")}
    is_ours = query["tab"] == tab.name if "tab" in query else tab.former_sign in query
    if not is_ours or not {*query} - {"tab"}:
        return {}
    try:
        return _opened(from_query(query), tab, names)
    except PlaygroundError as error:
        return {"notice": messages.cannot_follow(error)}


def _opened(recipe: Recipe, tab: PanelTab, names: Mapping[str, str]) -> Update:
    recipe = read_panel(recipe, names, needs_panel=tab.needs_panel, former_keys=tab.former_keys)
    name = str(recipe.settings["panel"])
    return {"tabs": gr.Tabs(selected=name), "front": name, "pending": recipe}


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


def open_file(
    path: str | None, tab: PanelTab, names: Mapping[str, str], read_file: Callable[[bytes], Recipe] = from_file
) -> Update:
    """{"tabs", "front", "pending"} as the recipe in a file says, or {"pending", "notice"} if it is not valid."""
    try:
        if path is None:
            raise PlaygroundError("Choose a file that was downloaded from this page.")
        with open(path, "rb") as file:
            recipe = read_file(file.read(LARGEST_FILE))
        if recipe.tab not in ("", tab.name):
            raise PlaygroundError(f"This file was made by another tab, {quoted(recipe.tab)}: open it there.")
        return _opened(recipe, tab, names)
    except PlaygroundError as error:
        return {"pending": None, "notice": messages.error_notice(error)}


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


# What follows serves the tabs that have not come to the protocol above yet; the last of them takes it away.

_SKIP: Any = gr.skip()
_LINKED = f"(query, link) => query ? ({SHOW_QUERY})(query) : link"


@dataclass(frozen=True)
class Wired:
    """A panel's part in what the whole tab does.

    room: its gr.Tab.  query: hidden gr.Textbox of its link's query, written by its own handlers; the recipe in it has
    the setting "panel" with the panel's name.
    restores: {"fn", "outputs"}: from the recipe that is the panel's, its own settings; a bad recipe is told in its
    notice, and nothing is raised.
    replays: the keywords of the event that makes a link's result again after `restores`, if there is one to make: its
    handler takes `pending` and does nothing unless is_of(pending, NAME) and the link can be followed.
    stops: the buttons that stop it.
    """

    name: str
    room: gr.Tab
    query: gr.Textbox
    restores: Mapping[str, Any]
    replays: Mapping[str, Any] | None = None
    stops: Sequence[gr.Button] = ()


def build_rooms(tab: str, modules: Sequence[Any]) -> list[tuple[Any, Any, gr.Tab]]:
    """(module, its panel, its room) of each, inside the surrounding gr.Tabs."""
    built = []
    for module in modules:
        with gr.Tab(module.TITLE, id=module.NAME, elem_id=f"{tab}-{module.NAME}") as room:
            built.append((module, module.build(), room))
    return built


def wire(tab: str, room: gr.Tab, panels: Sequence[Wired], pending: gr.State, read: Any, link: gr.Textbox) -> None:
    """Connects the panels with the tab. room: the tab's own.  read: the event after which a recipe is in `pending`.

    link: of the panel that is in front.
    """
    queries = [panel.query for panel in panels]
    for query in queries:
        # A panel that has made nothing tells of an empty query when it is first shown: the link stays another's.
        query.change(None, [query, link], link, js=_LINKED, api_visibility="private")
    room.select(None, queries, None, js=to_front(tab), api_visibility="private")
    for panel in panels:
        panel.room.select(None, panel.query, link, js=to_linked_panel(tab, panel.name), api_visibility="private")
    outputs = [output for panel in panels for output in panel.restores["outputs"]]
    if not outputs:
        return
    restored = read.then(_reading(panels), pending, outputs, **QUIET)
    for panel in panels:
        if panel.replays is not None:
            replayed = restored.then(**panel.replays)
            for stop in panel.stops:
                stop.click(None, None, None, cancels=[replayed], api_visibility="private")


def _reading(panels: Sequence[Wired]) -> Callable[[Recipe | None], Any]:
    """One event for all panels: every one that runs at a page's opening is waited for."""

    def on_read(pending: Recipe | None) -> Any:
        restored: list[Any] = []
        for panel in panels:
            own = is_of(pending, panel.name)
            count = len(panel.restores["outputs"])
            told = panel.restores["fn"](pending) if own else [_SKIP] * count
            if len(told) != count:
                raise ValueError(f"{panel.name} restores {len(told)} of {count} components")
            restored += told
        return restored if len(restored) > 1 else restored[0]

    return on_read


def read_link(tab: str, names: Sequence[str], tabs: gr.Tabs, pending: gr.State, note: gr.HTML) -> Any:
    """Connects the page's opening. Returns the event after which a recipe of this tab is in pending."""
    page = gr.context.Context.root_block
    assert isinstance(page, gr.Blocks)

    def load(request: gr.Request) -> list[Any]:
        return on_load(dict(request.query_params), tab, names)

    opened = page.load(load, None, [tabs, pending, note], queue=False, **QUIET)
    return when_read((opened,), pending)


def on_load(asked: dict[str, str], tab: str, names: Sequence[str]) -> list[Any]:
    """(tabs, pending, notice) as the link says, if the link is this tab's. names: of its panels."""
    query = {name: value for name, value in asked.items() if not name.startswith("__")}
    if asked.get("tab") != tab or not {*query} - {"tab"}:
        return [_SKIP] * 3
    try:
        recipe = from_query(query)
        name = parse_choice(recipe.settings.get("panel", ""), names, "panel")
        return [gr.Tabs(selected=name), recipe, _SKIP]
    except PlaygroundError as error:
        return [_SKIP, None, notice(f"This link cannot be followed. {error}", "error")]
