"""How long a call that does not stream may hold its line, if its caller is still there and if others wait."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from gradio.context import LocalContext

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError

#: Seconds that a call may hold its line while somebody waits in it.
MOST_SECONDS = 30

Step = TypeVar("Step")


def last_step(steps: Iterable[Step]) -> Step:
    """The last step of a computation, which is its result.

    Raises PlaygroundError as soon as the caller has gone, or others have waited while it computed for MOST_SECONDS.
    """
    result: list[Step] = []
    for step in in_turn(steps):
        result = [step]
    return result[0]


def in_turn(steps: Iterable[Step]) -> Iterator[Step]:
    """The steps of a computation, as `last_step` takes them. A caller who has gone before the first gets none."""
    begun, (event, line) = time.monotonic(), _event_and_line()

    def check() -> None:
        if event is not None and not event.alive:
            raise PlaygroundError(say("shared.outcome.stopped"))
        # What it waited for a model to be fetched does not count: it had given its turn back.
        if line and time.monotonic() - max(begun, getattr(event, "came_back", 0.0)) > MOST_SECONDS:
            raise PlaygroundError(say("shared.line.long", most=MOST_SECONDS))

    check()
    for step in steps:
        check()
        yield step


def _event_and_line() -> tuple[Any, list[Any]]:
    """(the event of this call, those that wait in its line); (None, []) outside of a line."""
    page, event_id = LocalContext.blocks.get(None), LocalContext.event_id.get(None)
    queue: Any = getattr(page, "_queue", None)
    event = queue.event_ids_to_events.get(event_id) if queue is not None else None
    if event is None:
        return None, []
    return event, queue.event_queue_per_concurrency_id[event.concurrency_id].queue
