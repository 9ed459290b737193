"""A source that runs on in its own thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from playground.core.throttle import throttle


def test_the_last_item_is_passed_on_and_order_is_kept() -> None:
    items = list(throttle(iter(range(1000)), seconds=0.001))
    assert items[-1] == 999 and items == sorted(items) and len(set(items)) == len(items)


def test_items_in_between_are_skipped() -> None:
    def quick() -> Iterator[int]:
        for number in range(50):
            time.sleep(0.002)
            yield number

    items = list(throttle(quick(), seconds=10))
    assert items[-1] == 49 and len(items) <= 3


def test_a_slow_reader_gets_the_newest_item() -> None:
    shown, done = threading.Event(), threading.Event()

    def source() -> Iterator[int]:
        yield 0
        assert shown.wait(timeout=30)
        yield from range(1, 100)
        done.set()

    stream = throttle(source(), seconds=0.001)
    assert next(stream) == 0
    shown.set()
    assert done.wait(timeout=30), "the source runs on while its item is being shown"
    assert list(stream) == [99]


def test_an_empty_source_gives_nothing() -> None:
    assert list(throttle(iter(()))) == []


def test_an_exception_of_the_source_is_raised_after_the_items_before_it() -> None:
    def failing() -> Iterator[int]:
        yield 1
        raise KeyError("broken")

    items = []
    with pytest.raises(KeyError, match="broken"):
        for item in throttle(failing(), seconds=0.001):
            items.append(item)
    assert items == [1]


def test_an_exception_before_the_first_item_is_raised() -> None:
    def failing() -> Iterator[int]:
        raise KeyError("broken at once")
        yield 1

    with pytest.raises(KeyError, match="broken at once"):
        next(throttle(failing()))


def test_the_thread_ends_with_the_last_item() -> None:
    before = set(threading.enumerate())
    assert list(throttle(iter([1]))) == [1]
    assert not any(thread.name == "latest" for thread in set(threading.enumerate()) - before)


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

    before = set(threading.enumerate())
    source = endless()  # held here, or being forgotten would close it too
    stream = throttle(source, seconds=0.001)
    next(stream)
    worker = next(thread for thread in set(threading.enumerate()) - before if thread.name == "latest")
    stream.close()
    assert closed.is_set() and not worker.is_alive()
