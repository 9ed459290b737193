"""Answers that nobody fetches."""

from __future__ import annotations

import asyncio
from typing import Any

import coroutines
import pytest
from gradio import queueing
from gradio.server_messages import HeartbeatMessage, ProcessGeneratingMessage

from playground.ui import unread


class FakePage:
    def __init__(self) -> None:
        self.ended: list[str | None] = []
        self._queue = self

    async def clean_events(self, event_id: str | None = None) -> None:
        self.ended.append(event_id)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    seconds = [100.0]
    monkeypatch.setattr(unread.time, "monotonic", lambda: seconds[0])
    return seconds


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> FakePage:
    monkeypatch.setattr(queueing, "AsyncQueue", queueing.AsyncQueue)
    page: Any = FakePage()
    unread.end_unread_events(page)
    return page  # type: ignore[no-any-return]


def answer() -> ProcessGeneratingMessage:
    return ProcessGeneratingMessage(event_id="one", output={"data": []}, success=True)


async def fill(messages: Any, count: int, clock: list[float], seconds: float = 1.0) -> None:
    for _ in range(count):
        messages.put_nowait(answer())
        clock[0] += seconds
        await asyncio.sleep(0)


def test_an_event_whose_answers_nobody_fetches_ends_and_they_are_dropped(page: FakePage, clock: list[float]) -> None:
    async def run() -> None:
        messages: Any = queueing.AsyncQueue()
        await fill(messages, 60, clock)
        assert page.ended[0] == "one" and messages.qsize() <= unread._FEW

    coroutines.run(run())


@pytest.mark.parametrize("fetch_every", [1, 7, 14])
def test_an_event_whose_answers_are_fetched_now_and_then_goes_on(
    page: FakePage, clock: list[float], fetch_every: int
) -> None:
    async def run() -> None:
        messages: Any = queueing.AsyncQueue()
        for number in range(200):
            await fill(messages, 1, clock)
            while number % fetch_every == 0 and messages.qsize():
                await messages.get()
        assert page.ended == []

    coroutines.run(run())


def test_an_event_whose_answers_are_fetched_far_too_slowly_ends(page: FakePage, clock: list[float]) -> None:
    async def run() -> None:
        messages: Any = queueing.AsyncQueue()
        for _ in range(10):
            await fill(messages, 10, clock)
            await messages.get()
        assert page.ended[0] == "one" and messages.qsize() < unread.LONGEST_DELAY

    coroutines.run(run())


def test_few_answers_may_wait_as_long_as_they_like_and_no_heartbeat_ends_anything(
    page: FakePage, clock: list[float]
) -> None:
    async def run() -> None:
        messages: Any = queueing.AsyncQueue()
        await fill(messages, unread._FEW, clock, seconds=100)
        for _ in range(5):
            messages.put_nowait(HeartbeatMessage())
        assert page.ended == []

    coroutines.run(run())
