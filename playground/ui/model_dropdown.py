"""Menus of models, whose choices change while a page is open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.ui.events import QUIET, Update, call

Choices = Sequence[str | tuple[str, str]]
#: The class of a menu of long names: ui/page.css gives it a line of its own on a phone.
MODEL_MENU = "pg-model-menu"


def refresh_on_focus(menu: gr.Dropdown, choices: Callable[[], Choices]) -> None:
    """Updates the choices whenever the menu is opened. The selected value stays, even if it is no longer a choice.

    Unchanged choices are not sent: Gradio would undo what is being typed into the menu.
    """
    known = gr.State(list(choices()))
    menu.elem_classes = [*menu.elem_classes, MODEL_MENU]

    def on_focus(value: str | None, known: list[Any]) -> Update:
        return _update(value, known, list(choices()))

    names = ["menu", "known"]
    menu.focus(**call(on_focus, {"menu": menu, "known": known}, names, names), queue=False, **QUIET)


@dataclass(frozen=True)
class PanelMenu:
    """A menu that lists what the panel in front can use. choices: of a panel, by its name.

    front: gr.State of the panel's name.  known: gr.State of the choices that the page has.
    """

    menu: gr.Dropdown
    choices: Callable[[str], Choices]
    front: gr.State
    known: gr.State

    def follow(self, panels: Sequence[Any]) -> None:
        """Lists the choices of each Panel as it comes to the front: an open menu would not bear fewer choices."""
        components = {"menu": self.menu, "front": self.front, "known": self.known}
        for panel in panels:

            def on_front(value: str | None, known: list[Any], name: str = panel.name) -> Update:
                return {"front": name, **_update(value, known, list(self.choices(name)))}

            keywords = call(on_front, components, ["menu", "known"], list(components))
            # Unprocessed: the page's value may be no choice of the panel that was in front.
            panel.item.select(**keywords, preprocess=False, queue=False, **QUIET)


def menu_by_panel(menu: gr.Dropdown, choices: Callable[[str], Choices], first: str) -> PanelMenu:
    """Updates the choices of the panel in front whenever the menu is opened. first: the panel in front at first."""
    made = PanelMenu(menu, choices, gr.State(first), gr.State(list(choices(first))))

    def on_focus(value: str | None, known: list[Any], front: str) -> Update:
        return _update(value, known, list(choices(front)))

    components = {"menu": menu, "known": made.known, "front": made.front}
    menu.focus(**call(on_focus, components, ["menu", "known", "front"], ["menu", "known"]), queue=False, **QUIET)
    return made


def _update(value: str | None, known: list[Any], now: list[Any]) -> Update:
    """The choices of now, and the value if it is none of them; {} if they are those that the page has."""
    if [_name(one) for one in now] == [_name(one) for one in known]:
        return {}
    gone = [value] if value and value not in map(_name, now) else []
    return {"menu": gr.Dropdown(choices=[*now, *gone]), "known": now}


def _name(choice: Any) -> str:
    return str(choice if isinstance(choice, str) else choice[1])
