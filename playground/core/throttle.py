"""Work that goes on while its last result is being shown."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TypeVar

Item = TypeVar("Item")


def throttle(source: Iterator[Item], seconds: float = 0.1) -> Iterator[Item]:
    """The items of a source that runs on in a thread of its own, at most one in so many seconds; the last always.

    For sources whose every item holds all that the earlier ones held: what comes in between is passed over. Closing
    this generator closes the source at its next item. An exception of the source is raised here.
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
        except BaseException as error:  # noqa: BLE001 - handed to whoever waits
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
            # Not a sleep: the end is not waited for.
            with ready:
                ready.wait_for(lambda: bool(end), timeout=seconds)
    finally:
        closed.set()
        worker.join()
