"""A line that reports an outcome, announced to screen readers, and a table of facts. Both are text only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr

from playground.ui.view import view


def notice(text: str, tone: str = "quiet") -> dict[str, str]:
    """A value of the notice view. tone: quiet, ok, warning or error."""
    return {"tone": tone, "text": text}


def notice_with_details(text: str, details: str) -> dict[str, str]:
    """A quiet notice with further words in a fold. details: "" for none."""
    return {**notice(text), "details": details}


def notice_with_links(text: str, links: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """A success, followed by links within this page. links: {"title", "query"} each."""
    return {**notice(text, "ok"), "links": [dict(link) for link in links]}


def notice_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws a notice, or nothing for None. options: those of gr.HTML.

    value: {"tone": "quiet" | "ok" | "warning" | "error", "text": str, "links": [{"title", "query"}] or absent,
    "details": str or absent}.
    """
    template = '<p class="pg-notice pg-visually-hidden" role="status" aria-live="polite"></p>'
    classes = f"pg-notice-view {options.pop('elem_classes', '')}".strip()
    return view("notice", template, value, elem_classes=classes, **options)


def facts_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws {"rows": [{"name": str, "text": str, "link": str | absent}]} as a description list; links must be https."""
    return view("facts", '<dl class="pg-facts"></dl>', value, **options)
