"""Menus of models, whose choices change while a page is open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr

from playground.ui.events import QUIET, Update, call

Choices = Sequence[str | tuple[str, str]]


def refresh_on_focus(menu: gr.Dropdown, choices: Callable[[], Choices]) -> None:
    """Updates the choices whenever the menu is opened. The selected value stays, even if it is no longer a choice.

    Unchanged choices are not sent: Gradio would undo what is being typed into the menu.
    """
    known = gr.State(list(choices()))

    def on_focus(value: str | None, known: list[Any]) -> Update:
        now = list(choices())
        if [_name(one) for one in now] == [_name(one) for one in known]:
            return {}
        gone = [value] if value and value not in map(_name, now) else []
        return {"menu": gr.Dropdown(choices=[*now, *gone]), "known": now}

    names = ["menu", "known"]
    menu.focus(**call(on_focus, {"menu": menu, "known": known}, names, names), queue=False, **QUIET)


def _name(choice: Any) -> str:
    return str(choice if isinstance(choice, str) else choice[1])
