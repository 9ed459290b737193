"""The tree of texts: every ending so far, and where it left its parent."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.ui.view import view


def completion_tree_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws {"branches": [{"id", "parent", "part", "fork", "word", "text", "count", "current", "finish_reason"}]}.

    Event: walk {"branch": id}. options: those of gr.HTML.
    """
    template = '<ul class="pg-completion-tree" role="tree" aria-label="[[text.completion_tree.label]]"></ul>'
    return view("completionTree", template, value, events=("walk",), **options)
