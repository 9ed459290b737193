"""What the further panels of the Latent tab have in common: how one comes to the front, is restored, and is linked.

A panel has a module with NAME, TITLE, build() -> Panel and wire(panel, room, shared) -> Wired. The column of settings,
the link and the end points of the walk are everybody's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.core.recipe import Recipe
from playground.panels.latent.controls import Controls
from playground.ui.events import FOLLOWS, QUIET
from playground.ui.view import to_panel

_SKIP: Any = gr.skip()


@dataclass(frozen=True)
class Shared:
    """front: gr.State of the name of the panel in front.  pending: gr.State of the recipe of a link or file, or None.

    ends: the walk's end points, as text.  query: that of the tab's link.
    """

    tabs: gr.Tabs
    controls: Controls
    front: gr.State
    pending: gr.State
    ends: gr.Textbox
    query: gr.Textbox


@dataclass(frozen=True)
class Wired:
    """A panel's part in what the whole tab does; opens and told are the keywords of an event.

    room: its gr.Tab.  restores: {"fn", "outputs"}: from the recipe that is the panel's, its own settings.
    opens: draws it anew when it has come to the front, when the model or condition has changed, and after `restores`.
    told: writes its link into the query.  Both run only while the panel is in front.
    """

    name: str
    room: gr.Tab
    restores: Mapping[str, Any]
    opens: Mapping[str, Any]
    told: Mapping[str, Any]


def is_of(recipe: Recipe | None, name: str) -> bool:
    """Whether there is a recipe, and it is this panel's."""
    return recipe is not None and recipe.settings.get("panel") == name


def wire(shared: Shared, panels: Sequence[Wired], read: Any, changed: Sequence[Callable[..., Any]]) -> None:
    """Connects the panels with the tab.

    read: the event after which a recipe is in `pending`.
    changed: run an event, given its keywords, when another model or condition stands.
    """
    if not panels:
        return
    # Boxes, for of a State the page hears nothing when an event past the queue has set it.
    turns = [gr.Textbox("0", visible="hidden", elem_id=f"turn-{panel.name}") for panel in panels]
    names = [panel.name for panel in panels]

    def on_turn(front: str, pending: Recipe | None, *counts: str) -> Any:
        # A panel that a link opens is turned to when the link has been read, and not before as well.
        waiting = [is_of(pending, name) and count == "0" for name, count in zip(names, counts, strict=True)]
        # One value for each output: a list with one entry would be taken for the value itself.
        moved = [
            str(int(count) + 1) if name == front and not wait else _SKIP
            for name, count, wait in zip(names, counts, waiting, strict=True)
        ]
        return moved if len(moved) > 1 else moved[0]

    turn: dict[str, Any] = {
        "fn": on_turn,
        "inputs": [shared.front, shared.pending, *turns],
        "outputs": turns,
        "queue": False,
        **FOLLOWS,
    }
    for panel, count in zip(panels, turns, strict=True):
        panel.room.select(None, None, None, js=to_panel("latent", panel.name), api_visibility="private")
        panel.room.select(lambda name=panel.name: name, None, shared.front, queue=False, **QUIET).then(**turn)
        count.change(**panel.opens).then(**panel.told)
    for event in changed:
        event(**turn)
    outputs = [output for panel in panels for output in panel.restores["outputs"]]
    read.then(_reading(panels), [shared.pending, *turns], [*outputs, *turns], **QUIET)


def _reading(panels: Sequence[Wired]) -> Callable[..., list[Any]]:
    """One event for all panels: a page has hundreds, and every one that runs at its opening is waited for."""

    def on_read(pending: Recipe | None, *counts: str) -> list[Any]:
        restored: list[Any] = []
        for panel in panels:
            own = is_of(pending, panel.name)
            restored += panel.restores["fn"](pending) if own else [_SKIP] * len(panel.restores["outputs"])
        turned = [
            str(int(count) + 1) if is_of(pending, panel.name) else _SKIP
            for panel, count in zip(panels, counts, strict=True)
        ]
        return restored + turned

    return on_read
