"""What all views share: how one is mounted, and how its value is sent.

A view's template is static: data never becomes HTML. Its script draws with textContent and triggers events.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Sequence
from typing import Any

import gradio as gr

from playground.core.catalogue import fill_template
from playground.ui.script_modules import exports, view_modules


def new_run() -> str:
    """An id that distinguishes one drawing from the next."""
    return secrets.token_hex(6)


def module_call(path: str, function: str, *arguments: str) -> str:
    """JavaScript that calls an exported function of one of our modules: window.playground.call, see ui/page.js.

    It is a promise if the module is not loaded yet; Gradio awaits what inline JavaScript returns.
    arguments: JavaScript.  Raises ValueError if the module has no such function.
    """
    if function not in exports(path):
        raise ValueError(f"{path} does not export {function}")
    return f"window.playground.call({', '.join([repr(path), repr(function), *arguments])})"


def on_load(name: str, events: Sequence[str] = ()) -> str:
    """The JavaScript that mounts a view.

    events: custom events that the view may trigger. Gradio finds an event's listener by its quoted name in this text.
    """
    names = ", ".join(f"'{event}'" for event in events)
    what = "{ element, props, trigger, watch, server: typeof server === 'undefined' ? null : server }"
    return f"{module_call(view_modules()[name], name, what)}; const events = [{names}];"


def module_of(component: gr.HTML) -> str | None:
    """The module that mounts a view; None for other HTML."""
    found = re.match(r"window\.playground\.call\('([^']+)'", str(component.js_on_load or ""))
    return found[1] if found else None


def save_script() -> str:
    """JavaScript that saves a file: JSON for `save` in ui/download.js -> nothing."""
    return f"message => {module_call('ui/download.js', 'save', 'message')}"


def drop_script(zone: str, button: str) -> str:
    """JavaScript that hands files dropped on a part of the page to an upload button. Both are CSS selectors."""
    return module_call("ui/drop.js", "dropInto", repr(zone), repr(button))


def to_linked_panel(tab: str, panel: str) -> str:
    """JavaScript for selecting a panel: puts its query into the address bar. Query -> link or ""."""
    return f"query => {module_call('ui/links.js', 'toPanel', repr(tab), repr(panel), 'query')}"


def view(
    name: str,
    template: str,
    value: Any = None,
    *,
    events: Sequence[str] = (),
    **options: Any,
) -> gr.HTML:
    """A gr.HTML whose value is one JSON object, drawn by a function of one of our modules.

    A function and no subclass: Gradio writes a stub file beside the source of every subclass, at import.
    template: HTML, with [[key]] for each sentence of the catalogue.
    name: of the function, which a module of ui or of the panel's folder exports.  options: those of gr.HTML.
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
    """A view's value as JSON text, which given() in ui/value.js parses. "<" is escaped, so it holds no HTML tag."""
    if value is None:
        return None
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
