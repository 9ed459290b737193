"""Menus of models, which come and go while a page is open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr

from playground.ui.events import QUIET

Choices = Sequence[str | tuple[str, str]]


def refresh_on_focus(menu: gr.Dropdown, choices: Callable[[], Choices]) -> None:
    """Looks up what there is to choose whenever the menu is opened. What is chosen stays, even if it is gone.

    Nothing is touched while there is nothing new: the frame would take back what is being typed into the menu.
    """
    seen = gr.State(list(choices()))

    def on_open(value: str | None, before: list[Any]) -> tuple[Any, Any]:
        now = list(choices())
        if [_name(one) for one in now] == [_name(one) for one in before]:
            return gr.skip(), gr.skip()
        gone = [value] if value and value not in map(_name, now) else []
        return gr.Dropdown(choices=[*now, *gone]), now

    menu.focus(on_open, [menu, seen], [menu, seen], queue=False, **QUIET)


def _name(choice: Any) -> str:
    return str(choice if isinstance(choice, str) else choice[1])
