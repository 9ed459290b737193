"""How events run: models take turns, progress shows where it is drawn, and Stop stops."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.views.notice import notice

#: For every event that runs a model.
MODEL_QUEUE: dict[str, Any] = {"concurrency_id": "model", "concurrency_limit": 1}
#: For events that are the page's own business.
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
#: Waits until a cancelled event is gone, then hands the inputs on.
AFTER_CANCEL = "(...values) => new Promise((done) => setTimeout(() => done(values), 150))"


def stop_button(stop: gr.Button, running: Any, note: gr.HTML) -> None:
    """Makes a button stop an event, and a notice say so."""
    stop.click(None, None, None, cancels=[running], api_visibility="private")
    # Cancelling closes the page's stream of answers: what is asked at the same moment would go unanswered.
    said: dict[str, Any] = {"queue": False, "js": AFTER_CANCEL, "show_progress": "hidden", "api_visibility": "private"}
    stop.click(lambda: notice("Stopped."), None, note, **said)
