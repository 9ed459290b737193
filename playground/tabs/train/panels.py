"""What the panels of the Train tab have in common: how one is linked and restored, and whose runs they start.

A panel has a module with NAME, TITLE, build() -> Panel and wire(panel, room, shared) -> Wired.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.recipe import Recipe
from playground.views.base import to_linked_panel
from playground.views.running import QUIET

_SKIP: Any = gr.skip()


@dataclass(frozen=True)
class Shared:
    """pending: gr.State of the recipe of a link, or None.  owner: hidden gr.Textbox of the visitor's token."""

    pending: gr.State
    owner: gr.Textbox


@dataclass(frozen=True)
class Wired:
    """A panel's part in what the whole tab does.

    room: its gr.Tab.  query: hidden gr.Textbox of its link's query, written by its own handlers: tab=train, panel=NAME,
    and either run=ID, to watch that run, or the settings of a new one.
    restores: {"fn", "outputs"}: from the recipe that is the panel's, its own settings and its views; a bad recipe is
    told in its notice, and nothing is raised or started.
    """

    name: str
    room: gr.Tab
    query: gr.Textbox
    restores: Mapping[str, Any]


def is_of(recipe: Recipe | None, name: str) -> bool:
    """Whether there is a recipe, and it is this panel's."""
    return recipe is not None and recipe.settings.get("panel") == name


def as_owner(place: int) -> str:
    """JavaScript for a click whose input at `place` is the visitor's token: it is asked of the browser itself."""
    return f"(...values) => {{ values.splice({place}, 1, window.playground.owner()); return values; }}"


def watching(name: str, run: str) -> str:
    """The query of a link to a run, as a panel shows it."""
    return Recipe("train", "", "", 0, {"panel": name, "run": run}).to_query().replace("seed=0&", "")


def wire(panels: Sequence[Wired], pending: gr.State, read: Any, link: gr.Textbox) -> None:
    """Connects the panels with the tab. read: the event after which a recipe is in `pending`.  link: of the panel that

    is in front.
    """
    for panel in panels:
        panel.room.select(None, panel.query, link, js=to_linked_panel("train", panel.name), api_visibility="private")
    outputs = [output for panel in panels for output in panel.restores["outputs"]]
    if outputs:
        read.then(_reading(panels), pending, outputs, **QUIET)


def _reading(panels: Sequence[Wired]) -> Callable[[Recipe | None], Any]:
    """One event for all panels: every one that runs at a page's opening is waited for."""

    def on_read(pending: Recipe | None) -> Any:
        restored: list[Any] = []
        for panel in panels:
            count = len(panel.restores["outputs"])
            told = panel.restores["fn"](pending) if is_of(pending, panel.name) else [_SKIP] * count
            if len(told) != count:
                raise ValueError(f"{panel.name} restores {len(told)} of {count} components")
            restored += told
        return restored if len(restored) > 1 else restored[0]

    return on_read
