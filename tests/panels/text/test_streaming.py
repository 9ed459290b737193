"""What the endpoints of a text send as it grows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from playground.panels.text.streaming import INTERVAL, streamed


@dataclass(frozen=True)
class FakeToken:
    id: int

    def to_json(self) -> dict[str, Any]:
        return {"id": self.id, "alternatives": ["word"] * 10}


@dataclass(frozen=True)
class FakeText:
    tokens: tuple[FakeToken, ...]

    @property
    def text(self) -> str:
        return "a" * len(self.tokens)

    def to_json(self) -> dict[str, Any]:
        return {"text": self.text, "tokens": [token.to_json() for token in self.tokens], "recipe": {}}


def texts(count: int) -> list[Any]:
    return [FakeText(tuple(FakeToken(number) for number in range(size + 1))) for size in range(count)]


def stream(count: int, seconds: float) -> list[dict[str, Any]]:
    """The values of a text whose tokens come in this time each."""
    clock = [0.0]

    def growing() -> Any:
        for text in texts(count):
            clock[0] += seconds
            yield text

    return list(streamed(growing(), now=lambda: clock[0]))


@pytest.mark.parametrize("seconds", [0.003, 0.05, 0.1, 1.0])
def test_each_value_has_what_is_new_and_the_last_is_whole(seconds: float) -> None:
    *parts, whole = stream(200, seconds)
    assert whole == texts(200)[-1].to_json()
    ids: list[int] = []
    for part in parts:
        assert part["first"] == len(ids) and part["text"] == "a" * (len(ids) + len(part["tokens"]))
        ids += [token["id"] for token in part["tokens"]]
    assert ids == list(range(len(ids))) and len(parts) <= 200 * seconds / INTERVAL + 1


def test_what_is_sent_grows_in_proportion_to_the_text() -> None:
    short, long = (sum(len(json.dumps(value)) for value in stream(count, 0.01)) for count in (500, 1000))
    assert long < 2.6 * short


def test_no_text_gives_no_value() -> None:
    assert list(streamed([])) == []
