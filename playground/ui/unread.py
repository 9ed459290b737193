"""Ends events whose answers nobody fetches. Gradio computes on, and keeps every answer in memory."""

from __future__ import annotations

import asyncio
import time

import gradio as gr
from gradio import queueing
from gradio.server_messages import EventMessage

#: Answers that may wait unread, and seconds that the first of them may: a page in the background still fetches.
_FEW, PATIENCE = 16, 20.0


class Messages(asyncio.Queue[EventMessage]):
    """The answers of a session's events, which knows when one was last fetched."""

    page: gr.Blocks

    def __init__(self) -> None:
        """No answer waits yet."""
        super().__init__()
        self._fetched = time.monotonic()
        self._endings: set[asyncio.Task[None]] = set()

    async def get(self) -> EventMessage:
        """The next answer, when there is one."""
        message: EventMessage = await super().get()
        self._fetched = time.monotonic()
        return message

    def put_nowait(self, item: EventMessage) -> None:
        """Adds an answer; if those before it have waited too long, drops them and ends their event."""
        if self.qsize() >= _FEW and time.monotonic() - self._fetched > PATIENCE and item.event_id:
            while not self.empty():
                self.get_nowait()
            ending = asyncio.get_running_loop().create_task(self.page._queue.clean_events(event_id=item.event_id))
            self._endings.add(ending)
            ending.add_done_callback(self._endings.discard)
        super().put_nowait(item)


def end_unread_events(page: gr.Blocks) -> None:
    """Makes a page's events end when nobody fetches what they answer."""
    setattr(queueing, "AsyncQueue", type("PageMessages", (Messages,), {"page": page}))  # noqa: B010 - not exported
