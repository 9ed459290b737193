"""The settings of a trainer: their types, ranges and defaults, and which may change during a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playground.core.errors import PlaygroundError


@dataclass(frozen=True)
class NumberSetting:
    """A number from low to high. start: the default.  whole: an integer.  hot: may change during a run."""

    low: float
    high: float
    start: float
    whole: bool = False
    hot: bool = False

    def read(self, name: str, value: object) -> float | int:
        """The value as float, or int if whole. Raises PlaygroundError if it is none or out of range."""
        if isinstance(value, int | float) and not isinstance(value, bool) and self.low <= value <= self.high:
            if not self.whole:
                return float(value)
            if value == int(value):
                return int(value)
        kind = "a whole number" if self.whole else "a number"
        between = f"from {_short(self.low)} to {_short(self.high)}"
        raise PlaygroundError(f"“{_spaced(name)}” must be {kind} {between}; it was {_quoted(value)}.")


@dataclass(frozen=True)
class ChoiceSetting:
    """One of some words, or of False and True. start: the default.  hot: may change during a run."""

    words: tuple[Any, ...]
    start: Any
    hot: bool = False

    def read(self, name: str, value: object) -> Any:
        """The word. Raises PlaygroundError for any other value."""
        for word in self.words:
            if type(word) is type(value) and word == value:
                return word
        words = ", ".join(str(word).lower() if isinstance(word, bool) else str(word) for word in self.words)
        raise PlaygroundError(f"“{_spaced(name)}” must be one of {words}; it was {_quoted(value)}.")


Fields = Mapping[str, NumberSetting | ChoiceSetting]


def rate_setting(start: float) -> NumberSetting:
    """A learning rate, which may change during a run. start: the default."""
    return NumberSetting(1e-7, 10, start, hot=True)


def hot_names(fields: Fields) -> tuple[str, ...]:
    """Names of the settings that may change during a run."""
    return tuple(name for name, field in fields.items() if field.hot)


def fill_defaults(fields: Fields, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Every setting: the given values, checked, and defaults for the rest. Raises PlaygroundError."""
    unknown = [name for name in asked if name not in fields]
    if unknown:
        raise PlaygroundError(f"There is no setting “{str(unknown[0])[:40]}” here: choose among {', '.join(fields)}.")
    return {name: field.read(name, asked.get(name, field.start)) for name, field in fields.items()}


def apply_changes(fields: Fields, before: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    """The settings after a change. Raises PlaygroundError if one is unknown, out of range, or fixed at the start."""
    for name in asked:
        if name in fields and fields[name].hot:
            continue
        said = "is fixed when a run starts" if name in before else "is no setting of this training"
        raise PlaygroundError(f"“{str(name)[:40]}” {said}: change {', '.join(hot_names(fields))}, or start a new run.")
    return {**before, **{name: fields[name].read(name, value) for name, value in asked.items()}}


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def _short(number: float) -> str:
    """A number without exponent where possible: 10,000,000 and 0.0000001."""
    if number == int(number):
        return f"{number:,.0f}"
    return f"{number:.10f}".rstrip("0") if abs(number) >= 1e-9 else f"{number:g}"


def _quoted(value: object) -> str:
    """A given value, shortened for a sentence."""
    if value is None:
        return "nothing"
    number = isinstance(value, int | float) and not isinstance(value, bool) and 1e-9 <= abs(value) < 1e15
    return _short(value) if number else str(value)[:40]  # type: ignore[arg-type]
