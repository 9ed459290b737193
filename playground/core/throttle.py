"""Runs a generator in a thread and passes on only its latest item, a few times a second."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TypeVar

Item = TypeVar("Item")


def throttle(source: Iterator[Item], seconds: float = 0.1) -> Iterator[Item]:
    """The latest items of a source that runs in its own thread: at most one per `seconds`, and always the last.

    For sources whose every item includes the earlier ones, since items in between are skipped. Closing this generator
    closes the source at its next item. An exception in the source is raised here.
    """
    ready, closed = threading.Condition(), threading.Event()
    box: list[Item] = []
    end: list[BaseException | None] = []

    def run() -> None:
        failure: BaseException | None = None
        try:
            for item in source:
                with ready:
                    box[:] = [item]
                    ready.notify()
                if closed.is_set():
                    break
            getattr(source, "close", lambda: None)()
        except BaseException as error:  # noqa: BLE001 - raised again by the consumer
            failure = error
        with ready:
            end.append(failure)
            ready.notify()

    worker = threading.Thread(target=run, name="latest", daemon=True)
    worker.start()
    try:
        while True:
            with ready:
                ready.wait_for(lambda: box or end)
                items, finished = list(box), list(end)
                box.clear()
            yield from items
            if finished:
                if finished[0] is not None:
                    raise finished[0]
                return
            # Not a sleep: the end of the source ends the wait.
            with ready:
                ready.wait_for(lambda: bool(end), timeout=seconds)
    finally:
        closed.set()
        worker.join()
