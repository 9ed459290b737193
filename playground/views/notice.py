"""A line that tells how a run went, and a table of facts: text only, announced to screen readers."""

from __future__ import annotations

from typing import Any

from playground.views.base import View


class NoticeView(View):
    """Draws {"tone": "quiet" | "ok" | "warning" | "error", "text": str}; nothing for None."""

    def __init__(self, value: dict[str, str] | None = None, **options: Any) -> None:
        """options: those of gr.HTML."""
        template = '<p class="pg-notice" role="status" aria-live="polite" hidden></p>'
        super().__init__("notice", template, value, **options)


class FactsView(View):
    """Draws {"rows": [{"name": str, "text": str, "link": str | absent}]} as a list of terms; links only to https."""

    def __init__(self, value: dict[str, Any] | None = None, **options: Any) -> None:
        """options: those of gr.HTML."""
        super().__init__("facts", '<dl class="pg-facts"></dl>', value, file="notice", **options)
