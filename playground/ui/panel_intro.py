"""The first words of every panel: its three questions, each answered in a line."""

from __future__ import annotations

import gradio as gr


def introduction(looking: str, doing: str, meaning: str) -> gr.Markdown:
    """The answers to "what am I looking at?", "what can I do?" and "what does it mean?", in Markdown."""
    lines = (("What am I looking at?", looking), ("What can I do?", doing), ("What does it mean?", meaning))
    return gr.Markdown("\n\n".join(f"**{question}** {answer}" for question, answer in lines), elem_classes="pg-lead")
