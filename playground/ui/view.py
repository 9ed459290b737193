"""What all views share: how one is mounted, and how its value is sent.

A view's template is static: data never becomes HTML. Its script draws with textContent and triggers events.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from typing import Any

import gradio as gr

from playground.core.catalogue import fill_template


def new_run() -> str:
    """An id that distinguishes one drawing from the next."""
    return secrets.token_hex(6)


def on_load(name: str, events: Sequence[str] = ()) -> str:
    """The JavaScript that mounts a view. The page's scripts are loaded before Gradio starts.

    events: custom events that the view may trigger. Gradio finds an event's listener by its quoted name in this text.
    """
    names = ", ".join(f"'{event}'" for event in events)
    return (
        f"window.playground.{name}(element, props, trigger, watch, typeof server === 'undefined' ? null : server);"
        f" const events = [{names}];"
    )


def to_linked_panel(tab: str, panel: str) -> str:
    """JavaScript for selecting a panel: puts its query into the address bar. Query -> link or ""."""
    return f"query => window.playground?.toPanel?.('{tab}', '{panel}', query) ?? ''"


def view(
    name: str,
    template: str,
    value: Any = None,
    *,
    events: Sequence[str] = (),
    **options: Any,
) -> gr.HTML:
    """A gr.HTML whose value is one JSON object, drawn by window.playground.NAME of its script.

    A function and no subclass: Gradio writes a stub file beside the source of every subclass, at import.
    template: HTML, with [[key]] for each sentence of the catalogue.
    name: of the function, which some script of ui or of the panel's folder defines.  options: those of gr.HTML.
    """
    component = gr.HTML(
        value=encode_value(value),
        html_template=fill_template(template),
        js_on_load=on_load(name, events),
        apply_default_css=False,
        **options,
    )
    component.postprocess = encode_value  # type: ignore[method-assign]
    return component


def encode_value(value: Any) -> str | None:
    """A view's value as JSON text, which given() in ui/page.js parses. "<" is escaped, so it holds no HTML tag."""
    if value is None:
        return None
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
