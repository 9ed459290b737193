"""A source that runs on in its own thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from playground.labs.streaming import latest


def test_the_last_item_always_comes_and_order_is_kept() -> None:
    items = list(latest(iter(range(1000)), seconds=0.001))
    assert items[-1] == 999 and items == sorted(items) and len(set(items)) == len(items)


def test_items_in_between_are_passed_over() -> None:
    def quick() -> Iterator[int]:
        for number in range(50):
            time.sleep(0.002)
            yield number

    items = list(latest(quick(), seconds=10))
    assert items[-1] == 49 and len(items) <= 3


def test_an_empty_source_gives_nothing() -> None:
    assert list(latest(iter(()))) == []


def test_an_exception_of_the_source_is_raised_after_what_came_before() -> None:
    def failing() -> Iterator[int]:
        yield 1
        raise KeyError("broken")

    taken = []
    with pytest.raises(KeyError, match="broken"):
        for item in latest(failing(), seconds=0.001):
            taken.append(item)
    assert taken in ([1], [])


def test_closing_closes_the_source_and_ends_its_thread() -> None:
    closed = threading.Event()

    def endless() -> Iterator[int]:
        try:
            number = 0
            while True:
                time.sleep(0.001)
                yield (number := number + 1)
        finally:
            closed.set()

    stream = latest(endless(), seconds=0.001)
    next(stream)
    stream.close()
    assert closed.is_set()
    assert not any(thread.name == "latest" for thread in threading.enumerate())
