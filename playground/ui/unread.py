"""Ends events whose answers nobody fetches. Gradio computes on, and keeps every answer in memory."""

from __future__ import annotations

import asyncio
import time
from collections import deque

import gradio as gr
from gradio import queueing
from gradio.server_messages import EventMessage

#: Answers that may wait unread; seconds that they may if none is fetched, and if some are: a page in the background
#: still fetches, and a slow network delays.
_FEW, PATIENCE, LONGEST_DELAY = 16, 20.0, 60.0


class Messages(asyncio.Queue[EventMessage]):
    """The answers of a session's events, which knows when one was last fetched, and how long the oldest has waited."""

    page: gr.Blocks

    def __init__(self) -> None:
        """No answer waits yet."""
        super().__init__()
        self._fetched = time.monotonic()
        self._since: deque[float] = deque()
        self._endings: set[asyncio.Task[None]] = set()

    async def get(self) -> EventMessage:
        """The next answer, when there is one."""
        message: EventMessage = await super().get()
        self._fetched = time.monotonic()
        return message

    def get_nowait(self) -> EventMessage:
        """The next answer. Raises asyncio.QueueEmpty if there is none."""
        message: EventMessage = super().get_nowait()
        self._since.popleft()
        return message

    def put_nowait(self, item: EventMessage) -> None:
        """Adds an answer; if those before it have waited too long, drops them and ends their event."""
        now = time.monotonic()
        if (
            self.qsize() >= _FEW
            and item.event_id
            and (now - self._fetched > PATIENCE or now - self._since[0] > LONGEST_DELAY)
        ):
            while not self.empty():
                self.get_nowait()
            ending = asyncio.get_running_loop().create_task(self.page._queue.clean_events(event_id=item.event_id))
            self._endings.add(ending)
            ending.add_done_callback(self._endings.discard)
        self._since.append(now)
        super().put_nowait(item)


def end_unread_events(page: gr.Blocks) -> None:
    """Makes a page's events end when nobody fetches what they answer."""
    setattr(queueing, "AsyncQueue", type("PageMessages", (Messages,), {"page": page}))  # noqa: B010 - not exported
