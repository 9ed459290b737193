"""A setting of a training: of which kind it is, in which range, and whether it may change while a run goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playground.core.errors import PlaygroundError


@dataclass(frozen=True)
class Number:
    """A number from low to high. whole: no fraction.  hot: may change while a run goes on."""

    low: float
    high: float
    start: float
    whole: bool = False
    hot: bool = False

    def read(self, name: str, value: object) -> float | int:
        """The value as it is used. Raises PlaygroundError."""
        if isinstance(value, int | float) and not isinstance(value, bool) and self.low <= value <= self.high:
            if not self.whole:
                return float(value)
            if value == int(value):
                return int(value)
        kind = "a whole number" if self.whole else "a number"
        between = f"from {_short(self.low)} to {_short(self.high)}"
        raise PlaygroundError(f"“{_words(name)}” must be {kind} {between}; it was {_told(value)}.")


@dataclass(frozen=True)
class Choice:
    """One of some words, or of False and True."""

    words: tuple[Any, ...]
    start: Any
    hot: bool = False

    def read(self, name: str, value: object) -> Any:
        """The word. Raises PlaygroundError."""
        for word in self.words:
            if type(word) is type(value) and word == value:
                return word
        words = ", ".join(str(word).lower() if isinstance(word, bool) else str(word) for word in self.words)
        raise PlaygroundError(f"“{_words(name)}” must be one of {words}; it was {_told(value)}.")


Fields = Mapping[str, Number | Choice]


def rate(start: float) -> Number:
    """A learning rate."""
    return Number(1e-7, 10, start, hot=True)


def hot(fields: Fields) -> tuple[str, ...]:
    """Those that may change while a run goes on."""
    return tuple(name for name, field in fields.items() if field.hot)


def whole(fields: Fields, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Every setting: what was asked for, checked, and the rest as it is at first. Raises PlaygroundError."""
    unknown = [name for name in asked if name not in fields]
    if unknown:
        raise PlaygroundError(f"There is no setting “{str(unknown[0])[:40]}” here: choose among {', '.join(fields)}.")
    return {name: field.read(name, asked.get(name, field.start)) for name, field in fields.items()}


def changed(fields: Fields, before: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    """The settings after a change. Raises PlaygroundError if one is unknown, out of range, or fixed at the start.

    fixed at the start: whatever a run has, before, and is not among the hot fields.
    """
    for name in asked:
        if name in fields and fields[name].hot:
            continue
        said = "is fixed when a run starts" if name in before else "is no setting of this training"
        raise PlaygroundError(f"“{str(name)[:40]}” {said}: change {', '.join(hot(fields))}, or start a new run.")
    return {**before, **{name: fields[name].read(name, value) for name, value in asked.items()}}


def _words(name: str) -> str:
    return name.replace("_", " ")


def _short(number: float) -> str:
    """As people write it: 10,000,000 and 0.0000001, not 1e+07 and 1e-07."""
    if number == int(number):
        return f"{number:,.0f}"
    return f"{number:.10f}".rstrip("0") if abs(number) >= 1e-9 else f"{number:g}"


def _told(value: object) -> str:
    """What was given, so short that a sentence can hold it."""
    if value is None:
        return "nothing"
    number = isinstance(value, int | float) and not isinstance(value, bool) and 1e-9 <= abs(value) < 1e15
    return _short(value) if number else str(value)[:40]  # type: ignore[arg-type]
