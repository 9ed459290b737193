from __future__ import annotations

from collections.abc import AsyncIterator

from playground.ui.running_events import RunningEvents


async def _words() -> AsyncIterator[str]:
    yield "a"


def test_an_event_that_ended_while_it_was_stopped_can_be_forgotten_again() -> None:
    events = RunningEvents({"one": _words(), "two": _words()})
    del events["one"]
    del events["one"]
    assert list(events) == ["two"]
