"""A line that tells how a run went, and a table of facts: text only, announced to screen readers."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.views.base import script

_LOAD = "const start = () => window.playground && window.playground.{name} ? " + (
    "window.playground.{name}(element, props, watch) : setTimeout(start, 30); start();"
)


class NoticeView(gr.HTML):
    """Draws {"tone": "quiet" | "ok" | "warning" | "error", "text": str}; nothing for None."""

    def __init__(self, value: dict[str, str] | None = None, **options: Any) -> None:
        """options: those of gr.HTML."""
        super().__init__(
            value=value,
            html_template='<p class="pg-notice" role="status" aria-live="polite"></p>',
            js_on_load=_LOAD.format(name="notice"),
            head=script("notice"),
            **options,
        )


class FactsView(gr.HTML):
    """Draws {"rows": [{"name": str, "text": str, "link": str | absent}]} as a list of terms; links only to https."""

    def __init__(self, value: dict[str, Any] | None = None, **options: Any) -> None:
        """options: those of gr.HTML."""
        super().__init__(
            value=value,
            html_template='<dl class="pg-facts"></dl>',
            js_on_load=_LOAD.format(name="facts"),
            head=script("notice"),
            **options,
        )
