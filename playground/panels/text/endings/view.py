"""The fan of endings: a tree that branches where the texts differ, with how often each way was taken."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.ui.view import view

_TEMPLATE = """
<section class="pg-endings" aria-label="[[text.endings.label]]">
  <p class="pg-hint pg-endings-legend" hidden>[[text.endings.legend]]</p>
  <p class="pg-endings-prompt"></p>
  <div class="pg-endings-tree"></div>
</section>
"""


def endings_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws {"prompt", "count", "tree"}, see fan_tree of language.endings. options: those of gr.HTML."""
    return view("endings", _TEMPLATE, value, **options)
