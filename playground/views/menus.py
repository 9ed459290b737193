"""Menus of models, which come and go while a page is open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr

from playground.views.running import QUIET

Choices = Sequence[str | tuple[str, str]]


def kept_fresh(menu: gr.Dropdown, choices: Callable[[], Choices]) -> None:
    """Looks up what there is to choose whenever the menu is opened. What is chosen stays, even if it is gone."""

    def on_open(value: str | None) -> Any:
        now = list(choices())
        there = [one if isinstance(one, str) else one[1] for one in now]
        return gr.Dropdown(choices=[*now, *([value] if value and value not in there else [])])

    menu.focus(on_open, menu, menu, queue=False, **QUIET)
