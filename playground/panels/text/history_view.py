"""The texts and chats of earlier visits: links that the browser keeps, each of which writes its text again."""

from __future__ import annotations

import json
from typing import Any

import gradio as gr

from playground.ui.view import module_call, view

_TEMPLATE = """
<section class="pg-history" aria-label="[[text.history.label]]">
  <p class="pg-hint pg-history-none">[[text.history.empty]]</p>
  <ol class="pg-history-list"></ol>
  <button type="button" class="pg-button pg-history-clear">[[text.history.clear]]</button>
</section>
"""


def history_view(**options: Any) -> gr.HTML:
    """Draws what the browser keeps. options: those of gr.HTML."""
    return view("textHistory", _TEMPLATE, **options)


def history_box() -> gr.Textbox:
    """A hidden box: the browser keeps each `history_entry` that it is filled with."""
    box = gr.Textbox("", visible="hidden")
    script = f"(entry) => {module_call('panels/text/history_view.js', 'keepEntry', 'entry')}"
    box.change(None, box, None, js=script, api_visibility="private")
    return box


def history_entry(query: str, prompt: str, text: str) -> str:
    """A finished text for the box, as JSON; "" for a text without a link."""
    return json.dumps({"query": query, "prompt": prompt[:200], "text": text[:200]}) if query else ""
