"""The introduction of every panel: three questions, each answered in a line."""

from __future__ import annotations

import gradio as gr

from playground.core.catalogue import say


def introduction(panel: str, *former: str) -> gr.Markdown:
    """The answers to "what am I looking at?", "what can I do?" and "what does it mean?", in Markdown.

    panel: its table in the catalogue, as "text.score", with `looking`, `doing` and `meaning`.
    """
    names = ("looking", "doing", "meaning")
    answers = [panel, *former] if former else [say(f"{panel}.{name}") for name in names]  # TODO: former goes
    lines = [f"**{say(f'shared.intro.{name}')}** {answer}" for name, answer in zip(names, answers, strict=True)]
    return gr.Markdown("\n\n".join(lines), elem_classes="pg-lead")
