"""A panel's runs of which the newest counts: whatever starts one cancels the one before it, and nothing is ignored.

A press during a run, a double click, Enter twice, another example: the page shows the run of the last.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import gradio as gr

from playground.ui.events import MODEL_QUEUE, QUIET, cancel_each_other, connect_stop, starts_again

#: What starts a run: `button.click`, `box.submit`, `event.then`.
Listener = Callable[..., Any]


def connect_runs(
    group: str,
    stop: gr.Button,
    note: gr.HTML,
    runs: Sequence[tuple[Sequence[Listener], Mapping[str, Any]]],
    fills: Sequence[tuple[Listener, Mapping[str, Any], Mapping[str, Any]]] = (),
) -> list[Any]:
    """Connects what starts the runs of a group, and the button that stops them. Returns the events of the runs.

    group: a name of its own on the page.  note: where Stop is reported.
    runs: (what starts it, keywords of `call` for the run) of each.
    fills: (listener, keywords of `call` for the boxes that it fills, those of the run that follows), of examples.
    """
    note.elem_id = note.elem_id or f"{group}-notice"
    queued: dict[str, Any] = {**starts_again(group, f"#{note.elem_id}"), **MODEL_QUEUE}
    events = [_listen(starts, {**run, **queued}) for starts, run in runs]
    for listener, filling, run in fills:
        events.append(listener(**filling, queue=False, **QUIET).then(**run, **queued))
    cancel_each_other(group, events)
    connect_stop(stop, events, note)
    return events


def _listen(starts: Sequence[Listener], keywords: Mapping[str, Any]) -> Any:
    """Of several at once: gr.on, which does not know the events of views."""
    return starts[0](**keywords) if len(starts) == 1 else gr.on(list(starts), **keywords)
