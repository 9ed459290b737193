"""A visitor's own place in the server's lines: how many runs are before theirs, and about how long those take."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import Headers

from playground.ui.asgi import App, Message, Receive, Send, answer, page_path
from playground.ui.visitor_cookie import COOKIE, visitor_of

_ASKED_AT = "place"
_HEADERS = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]


@dataclass(frozen=True)
class Place:
    """before: runs that come first, those in progress among them; 0 for none that waits.

    seconds: until the visitor's begins, or None if one of them has never run before.
    """

    before: int
    seconds: float | None


def place_in(
    lines: Sequence[Any], is_mine: Callable[[Any], bool], usual: Callable[[Any], float | None], now: float
) -> Place:
    """The place of the newest waiting event that is a visitor's.

    lines: Gradio's, each with the events that wait, and when those in progress began.
    usual: seconds that a function's runs take.  now: seconds since 1970.
    """
    mine = [
        (event.enqueue_time, line, rank) for line in lines for rank, event in enumerate(line.queue) if is_mine(event)
    ]
    if not mine:
        return Place(0, None)
    _, line, rank = max(mine, key=lambda one: one[0])
    begun = [(function, start) for function, starts in line.start_times_per_fn.items() for start in starts]
    usually = [(usual(function), now - start) for function, start in begun]
    usually += [(usual(event.fn), 0.0) for event in line.queue[:rank]]
    known = [max(0.0, seconds - past) for seconds, past in usually if seconds is not None]
    seconds = sum(known) / max(1, line.concurrency_limit or 1) if len(known) == len(usually) else None
    return Place(rank + len(begun), seconds)


class LinePlaces:
    """Answers GET place with {"before", "seconds"} of the visitor whose cookie comes along."""

    def __init__(self, app: App, queue: Any) -> None:
        """app: answers everything else.  queue: of Gradio's Blocks."""
        self.app, self.queue = app, queue

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if page_path(scope) != _ASKED_AT:
            await self.app(scope, receive, send)
            return
        visitor = visitor_of(Headers(scope=scope).get("cookie", ""))
        lines = list(self.queue.event_queue_per_concurrency_id.values())
        place = place_in(lines, lambda event: bool(visitor) and _name_of(event) == visitor, self._usual, time.time())
        await answer(send, 200, _HEADERS, json.dumps(vars(place)).encode())

    def _usual(self, function: Any) -> float | None:
        times = self.queue.process_time_per_fn
        return float(times[function].avg_time) if function in times and times[function].count else None


def _name_of(event: Any) -> str:
    return str(getattr(event.request, "cookies", {}).get(COOKIE, ""))
