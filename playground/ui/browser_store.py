"""A visitor's values that their browser keeps, whatever happens to the server: see browser_store.js."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from playground.ui.events import QUIET
from playground.ui.view import module_call


def keep_in_browser(state: gr.State, name: str, to_text: Callable[[Any], str], from_text: Callable[[str], Any]) -> None:
    """Restores a state when its page opens, and stores it in the browser whenever it changes.

    from_text raises ValueError for a text that it cannot read, which is then as good as none.
    Call this after connecting everything that listens to the state.
    """
    page = gr.context.Context.root_block
    assert isinstance(page, gr.Blocks)
    first = state.value
    # Two boxes: that which is read must not be written again.
    read, written = gr.Textbox(visible="hidden"), gr.Textbox(visible="hidden")

    def recall(text: str) -> Any:
        try:
            return from_text(text) if text else first
        except ValueError:
            return first

    reads = f"() => {module_call('ui/browser_store.js', 'recall', repr(name))}"
    page.load(recall, read, state, js=reads, **QUIET)  # queued, or the page would not notice that the state changed
    state.change(to_text, state, written, **QUIET)
    writes = f"text => {module_call('ui/browser_store.js', 'remember', repr(name), 'text')}"
    written.change(None, written, None, js=writes, api_visibility="private")


def kept_text(name: str) -> tuple[gr.Textbox, gr.Textbox]:
    """(a hidden box that holds the text kept under a name when the page opens, a hidden box whose text is kept)."""
    page = gr.context.Context.root_block
    assert isinstance(page, gr.Blocks)
    read, written = gr.Textbox(visible="hidden"), gr.Textbox(visible="hidden")
    reads = f"() => {module_call('ui/browser_store.js', 'recall', repr(name))}"
    page.load(None, None, read, js=reads, api_visibility="private")
    writes = f"text => {module_call('ui/browser_store.js', 'remember', repr(name), 'text')}"
    written.change(None, written, None, js=writes, api_visibility="private")
    return read, written


def clear_script() -> str:
    """JavaScript that forgets everything kept, after a question, and opens the page anew."""
    return f"() => {module_call('ui/browser_store.js', 'startAgain')}"
