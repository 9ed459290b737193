"""How events run: models take turns, progress shows where it is drawn, and Stop stops."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from playground.ui.notice import notice
from playground.ui.view import new_run

#: For every event that runs a model.
MODEL_QUEUE: dict[str, Any] = {"concurrency_id": "model", "concurrency_limit": 1}
#: For events that are the page's own business.
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
#: For what follows from controls: a change that comes during its work counts afterwards, which by default is lost.
FOLLOWS: dict[str, Any] = {**QUIET, "trigger_mode": "always_last"}
#: Waits until a cancelled event is gone, then hands the inputs on.
AFTER_CANCEL = "(...values) => new Promise((done) => setTimeout(() => done(values), 150))"


def stop_button(stop: gr.Button, running: Any, note: gr.HTML) -> None:
    """Makes a button stop an event, or any of several, and a notice say so."""
    events = running if isinstance(running, list) else [running]
    stop.click(None, None, None, cancels=events, api_visibility="private")
    # Cancelling closes the page's stream of answers: what is asked at the same moment would go unanswered.
    said: dict[str, Any] = {"queue": False, "js": AFTER_CANCEL, "show_progress": "hidden", "api_visibility": "private"}
    stop.click(lambda: notice("Stopped."), None, note, **said)


def once_read(events: Sequence[Any], pending: gr.State) -> Any:
    """An event that follows when one of `events` has read a recipe into `pending`, and not when there was none.

    Whatever runs at a page's opening is waited for, even if there is nothing for it to do.
    """
    context = gr.context.Context
    inside, context.block = context.block, context.root_block
    came = gr.State("")  # outside of the tab: whatever an event fills in a tab that is not open counts as changed
    context.block = inside

    def on_read(recipe: Any, before: str) -> str:
        return new_run() if recipe is not None else before

    for event in events:
        event.then(on_read, [pending, came], came, **QUIET)  # queued: only so the page hears that a State has changed
    return came.change(None, None, None, js="() => {}", api_visibility="private")
