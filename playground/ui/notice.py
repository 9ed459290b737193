"""A line that tells how a run went, and a table of facts: text only, announced to screen readers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr

from playground.ui.view import view


def notice(text: str, tone: str = "quiet") -> dict[str, str]:
    """A line for the notice view. tone: quiet, ok, warning or error."""
    return {"tone": tone, "text": text}


def notice_with_links(text: str, links: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """A line that went well, and behind it links into this page. links: {"title", "query"} each."""
    return {**notice(text, "ok"), "links": [dict(link) for link in links]}


def notice_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws {"tone": "quiet" | "ok" | "warning" | "error", "text": str, "links": [{"title", "query"}] or absent};

    nothing for None.

    options: those of gr.HTML.
    """
    template = '<p class="pg-notice pg-visually-hidden" role="status" aria-live="polite"></p>'
    return view("notice", template, value, elem_classes="pg-notice-view", **options)


def facts_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws {"rows": [{"name": str, "text": str, "link": str | absent}]} as a list of terms; links only to https."""
    return view("facts", '<dl class="pg-facts"></dl>', value, **options)
