"""A visitor's own place in the server's lines."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import coroutines

from playground.ui.line_places import LinePlaces, Place, place_in
from playground.ui.visitor_cookie import COOKIE


def _event(visitor: str, time: float, fn: str = "draw") -> Any:
    return SimpleNamespace(request=SimpleNamespace(cookies={COOKIE: visitor}), enqueue_time=time, fn=fn)


def _line(*waiting: Any, begun: dict[str, set[float]] | None = None) -> Any:
    return SimpleNamespace(queue=list(waiting), start_times_per_fn=begun or {}, concurrency_limit=1)


def _place(*lines: Any, visitor: str = "me", usual: dict[str, float] | None = None) -> Place:
    times = {"draw": 10.0, "walk": 4.0} if usual is None else usual
    return place_in(lines, lambda event: event.request.cookies[COOKIE] == visitor, times.get, 100.0)


def test_a_place_counts_the_runs_before_it_and_what_they_still_take() -> None:
    line = _line(_event("other", 1, "walk"), _event("me", 2), _event("other", 3), begun={"draw": {97.0}})
    assert _place(line) == Place(2, 7.0 + 4.0)
    assert _place(line, visitor="nobody") == Place(0, None)


def test_of_several_presses_the_newest_counts() -> None:
    first = _line(_event("other", 1), _event("me", 2), begun={"draw": {99.0}})
    assert _place(first, _line(_event("me", 3), begun={"walk": {0.0}})) == Place(1, 0.0)


def test_without_a_measured_run_no_seconds_are_said() -> None:
    assert _place(_line(_event("me", 1), begun={"new": {99.0}})) == Place(1, None)


def test_the_server_tells_each_visitor_their_own_place() -> None:
    queue = SimpleNamespace(
        event_queue_per_concurrency_id={"model": _line(_event("a", 1), _event("b", 2))}, process_time_per_fn={}
    )
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    for cookie in (f"{COOKIE}=b", f"{COOKIE}=a", "", "other=1"):
        scope = {"type": "http", "method": "GET", "path": "/place", "headers": [(b"cookie", cookie.encode())]}
        coroutines.run(LinePlaces(None, queue)(scope, None, send))  # type: ignore[arg-type]
    answers = [json.loads(message["body"]) for message in sent if "body" in message]
    assert [answer["before"] for answer in answers] == [1, 0, 0, 0]
