"""The introduction of every panel: three questions, each answered in a line."""

from __future__ import annotations

import gradio as gr

from playground.core.catalogue import say


def introduction(panel: str) -> gr.Markdown:
    """The answers to "what am I looking at?", "what can I do?" and "what does it mean?", in Markdown.

    panel: its table in the catalogue, as "text.score", with `looking`, `doing` and `meaning`.
    """
    names = ("looking", "doing", "meaning")
    lines = [f"**{say(f'shared.intro.{name}')}** {say(f'{panel}.{name}')}" for name in names]
    return gr.Markdown("\n\n".join(lines), elem_classes="pg-lead")
