"""What several models make of one picture, side by side."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.ui.view import view


def answers_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Models' answers to a picture: {"target": packed, "done", "answers": [{"title", "packed", "rows", "mean",
    "deviation", "strip"}]}. options: those of gr.HTML.
    """
    return view("answers", '<div class="pg-answers"></div>', value, needs=("pictures",), **options)
