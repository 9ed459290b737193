"""The one protocol of all panels: how each is built, brought to the front, linked, restored, replayed and stopped.

A panel is a module (panels/TAB/PANEL/panel.py) with
    NAME          in links (?panel=NAME) and element ids
    FORMER_NAMES  in links that were made before; absent if there are none
    build(item: gr.Tab, shared) -> Panel, which builds its components and connects its events
Its title is the sentence TAB.NAME.title of the catalogue.
A tab lists its panels in PANELS, lays them out with `build_panels`, and calls `connect` of panel_connections.py.

panel_links.py knows which panel a link or a file belongs to; panel_connections.py what happens when.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.core.recipe import Recipe
from playground.ui.events import Update


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

    name: in links (?tab=NAME).  tabs: the gr.Tabs of its panels.
    notice: says why a link to a panel that does not exist was not opened.  link: the link to the panel in front.
    needs_panel: whether a recipe must name its panel; if not, one that names none is the first panel's.
    former_keys: settings that named the panel in links made before, besides "panel".
    former_sign: a setting that marks links without a tab as this tab's, as once they were made; "" if there is none.
    """

    name: str
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
        title = getattr(module, "TITLE", None) or say(f"{tab}.{module.NAME}.title")
        with gr.Tab(title, id=module.NAME, elem_id=f"{tab}-{module.NAME}") as item:
            panel: Panel = module.build(item, shared)
        panels.append(replace(panel, former_names=getattr(module, "FORMER_NAMES", ())))
    return panels
