"""The protocol of all panels: how each is built, brought to the front, linked, restored, replayed and stopped.

A panel is a module (panels/TAB/PANEL/panel.py) with
    NAME          in links (?panel=NAME) and element ids
    FORMER_NAMES  in old links; absent if there are none
    build(item: gr.Tab, shared) -> Panel, which builds its components and connects its events
Its title is TAB.NAME.title in the catalogue.
A tab lists its panels in PANELS, lays them out with `build_panels`, and calls `connect` of panel_connections.py.

panel_links.py knows which panel a link or a file belongs to; panel_connections.py what happens when;
panel_restoration.py how a link is restored.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.core.recipe import Recipe, Setting
from playground.ui.events import Update
from playground.ui.result_settings import ResultSettings, SeveralResults


@dataclass(frozen=True)
class Example:
    """A result of a panel's button, or what it draws by itself.

    run: keywords of `call` for the button; None for what the panel draws.
    settings: its inputs that are not as the page opens: [component, value, or a function that returns it].
    part: of a panel with several results that are shown at once or in tabs; "" for the one whose link is the panel's.
    note: the part's notice; None for the panel's.
    varies: whether its numbers depend on the kind of processor, as those of int8 weights do (hardware.processor_kind).
    """

    run: Mapping[str, Any] | None = None
    settings: Sequence[tuple[Any, Any]] = ()
    part: str = ""
    note: gr.HTML | None = None
    varies: bool = False


@dataclass(frozen=True)
class Panel:
    """One panel of a tab, with the functions that the tab calls.

    item: its gr.Tab.
    components: a dataclass of components, or a tuple of these (the panel's, then the tab's shared settings), as `call`
    takes them. They include `query`, a hidden gr.Textbox that the panel's handlers fill with the query of its link, and
    `notice`, the notice view for errors.
    restore: a recipe -> an Update of the components named in `restored`. It raises PlaygroundError for a recipe that is
    not valid, which is shown in `notice`.
    replay: (recipe, *values of replay_inputs) -> Updates of `replayed`. It computes a recipe's result again, after
    `restore` has accepted the recipe; the recipe may have no result.
    draw: (*values of draw_inputs) -> an Update, or Updates, of `drawn`: what the panel shows without a click. It is
    called when the panel comes to the front, when the tab's shared settings change while it is in front, after
    `restore` of a panel without `replay`, and after `redraw_on`. It decides whether anything has to be drawn.
    redraw_on: listeners of the panel's own components, such as `slider.input`, after which it is drawn again.
    draw_runs_model: whether drawing waits in the model's queue.
    then: keywords of events that follow each drawing and replay, one after another.  then_replayed: a replay alone.
    stops: buttons that stop drawing and replay.
    result: the settings that its result comes from; drawing and replay then carry them.
    link_defaults: of settings that its result needs, for a link that names none of them.
    example: the stored result that the panel opens on (stored_results.py), or one for each of its parts. A panel with
    `draw` has one, and draws nothing until a setting changes.
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
    then_replayed: Sequence[Mapping[str, Any]] = ()
    stops: Sequence[gr.Button] = ()
    result: ResultSettings | SeveralResults | None = None
    example: Example | Sequence[Example] | None = None
    former_names: Sequence[str] = ()
    link_defaults: Mapping[str, Setting] = field(default_factory=dict)

    @property
    def examples(self) -> Sequence[Example]:
        """The stored results that the panel opens on."""
        if self.example is None:
            return ()
        return [self.example] if isinstance(self.example, Example) else self.example

    def component(self, name: str) -> Any:
        """The component of that name. Raises ValueError if there is none."""
        parts = self.components if isinstance(self.components, tuple) else (self.components,)
        for part in parts:
            if isinstance(part, Mapping) and name in part:
                return part[name]
            if not isinstance(part, Mapping) and hasattr(part, name):
                return getattr(part, name)
        raise ValueError(f"the panel {self.name} has no component {name!r}")

    def carry(self, keywords: dict[str, Any]) -> dict[str, Any]:
        """The keywords of an event that computes the panel's result, with the settings that the result comes from."""
        return keywords if self.result is None else self.result.carry(keywords)


@dataclass(frozen=True)
class PanelTab:
    """A tab with panels.

    name: in links (?tab=NAME).  tabs: the gr.Tabs of its panels.
    notice: above the panels, says why a link was not opened.  file_notice: the same of a file, below its button.
    link: the link to the panel in front.
    former_keys: settings that name the panel in old links, besides "panel".
    former_sign: a setting that identifies old links without a tab as this tab's; "" if there is none.
    settings: the names of all settings that links of its panels have had; a link with another one is warned of.
    opens_on_example: whether a stored example is on the page before anything is computed.
    """

    name: str
    tabs: gr.Tabs
    notice: gr.HTML
    link: gr.Textbox
    file_notice: gr.HTML | None = None
    former_keys: Sequence[str] = ()
    former_sign: str = ""
    opens_on_example: bool = False
    settings: Collection[str] = ()


@dataclass(frozen=True)
class Connected:
    """The states and events that `connect` returns to a tab.

    pending: gr.State of the valid recipe of a link or file, or None. It stays until a shared setting changes.
    front: gr.State of the name of the panel in front; exact only if panels have `draw`.
    restored: the event that puts a recipe's settings on the page.
    replays, draws: the events of the panels that have them, by name.
    """

    pending: gr.State
    front: gr.State
    restored: Any
    replays: Mapping[str, Any] = field(default_factory=dict)
    draws: Mapping[str, Any] = field(default_factory=dict)


def panel_tabs(elem_id: str) -> gr.Tabs:
    """A row of tabs that are all in sight: on more lines where it is too long, or to be scrolled on a narrow screen."""
    return gr.Tabs(elem_id=elem_id, overflow_behavior="wrap")


def build_panels(tab: str, modules: Sequence[Any], shared: Any) -> list[Panel]:
    """Builds each panel in its own gr.Tab, inside the surrounding gr.Tabs."""
    panels = []
    for module in modules:
        with gr.Tab(say(f"{tab}.{module.NAME}.title"), id=module.NAME, elem_id=f"{tab}-{module.NAME}") as item:
            panel: Panel = module.build(item, shared)
        panels.append(replace(panel, former_names=getattr(module, "FORMER_NAMES", ())))
    return panels
