"""A tab that is made of panels: how each is linked, brought to the front, restored from a link and made again.

A panel has a module with NAME, TITLE, build() -> Panel and wire(panel, room, shared) -> Wired.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, from_query
from playground.core.validation import parse_choice
from playground.ui.events import QUIET, once_read
from playground.ui.notice import notice
from playground.ui.view import SHOW_QUERY, to_front, to_linked_panel

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


def is_of(recipe: Recipe | None, name: str) -> bool:
    """Whether there is a recipe, and it is this panel's."""
    return recipe is not None and recipe.settings.get("panel") == name


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
    return once_read((opened,), pending)


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
