"""A call that does not stream ends when its caller has gone, or when others have waited for it long enough."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import gradio as gr
import numpy as np
import pytest
from gradio.context import LocalContext

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.page import TABS
from playground.panels.endpoints import endpoints
from playground.ui import fair_turn
from playground.ui.api_errors import png_uri
from playground.ui.endpoint import Endpoint
from playground.ui.fair_turn import MOST_SECONDS, last_step

taken: list[int] = []


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """The event of this call and its line. Its clock goes on by ten seconds at each look."""
    taken.clear()
    event = SimpleNamespace(alive=True, concurrency_id="model")
    waiting: list[Any] = []
    queue = SimpleNamespace(
        event_ids_to_events={"e": event}, event_queue_per_concurrency_id={"model": SimpleNamespace(queue=waiting)}
    )
    now = iter(range(0, 10_000, 10))
    monkeypatch.setattr(fair_turn, "time", SimpleNamespace(monotonic=lambda: float(next(now))))
    tokens = LocalContext.blocks.set(SimpleNamespace(_queue=queue)), LocalContext.event_id.set("e")  # type: ignore[arg-type]
    yield SimpleNamespace(event=event, waiting=waiting)
    LocalContext.blocks.reset(tokens[0])
    LocalContext.event_id.reset(tokens[1])


def steps(count: int = 50) -> Iterator[int]:
    for step in range(count):
        taken.append(step)
        yield step


def test_a_call_takes_as_long_as_it_takes_while_nobody_waits(line: SimpleNamespace) -> None:
    assert last_step(steps()) == 49


def test_a_call_that_others_wait_for_ends_with_a_sentence(line: SimpleNamespace) -> None:
    line.waiting.append("another")
    with pytest.raises(PlaygroundError, match=f"This call has taken {MOST_SECONDS} s"):
        last_step(steps())
    assert len(taken) == MOST_SECONDS // 10


def test_a_call_ends_with_its_caller(line: SimpleNamespace) -> None:
    def leave() -> Iterator[int]:
        for step in steps():
            line.event.alive = step < 3
            yield step

    with pytest.raises(PlaygroundError):
        last_step(leave())
    assert taken == [0, 1, 2, 3]


#: Endpoints that take no steps, because their largest call takes 5 s at most (docs/api.md).
SHORT = {"arithmetic", "decode", "models", "image_models", "nearest", "read_space", "word_arithmetic"}
#: What the others need for a valid call.
VALUES: dict[str, dict[str, Any]] = {
    "weat": {"test": 1},
    "translate": {"text": "The doctor."},
    "reconstruct": {"image": png_uri(np.zeros((64, 64, 3), np.uint8))},
}
CALLS = [
    one for tab in TABS for one in endpoints(tab.NAME)
    if one.queue.get("concurrency_id") == "model" and not inspect.isgeneratorfunction(one.function)
]  # fmt: skip


@pytest.mark.weights
@pytest.mark.parametrize("one", [one for one in CALLS if one.name not in SHORT], ids=lambda one: one.name)
def test_each_call_in_the_models_line_can_be_ended(one: Endpoint, line: SimpleNamespace, default_model: object) -> None:
    line.event.alive = False
    needed = {name: "The sea" for name, item in one.parameters.items() if item.default is item.empty}
    with pytest.raises(gr.Error) as error:
        one.function(**{**needed, **VALUES.get(one.name, {})})
    assert error.value.message == say("shared.outcome.stopped")


def test_outside_of_a_line_it_is_the_last_step() -> None:
    assert last_step(steps(3)) == 2
