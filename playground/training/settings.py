"""The settings of a trainer: their types, ranges and defaults, and which may change during a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.validation import quoted


@dataclass(frozen=True)
class NumberSetting:
    """A number from low to high. start: the default.  whole: an integer.  hot: may change during a run."""

    low: float
    high: float
    start: float
    whole: bool = False
    hot: bool = False

    def read(self, name: str, value: object) -> float | int:
        """The value as float, or int if whole. Raises PlaygroundError if it is not such a number in range."""
        if isinstance(value, int | float) and not isinstance(value, bool) and self.low <= value <= self.high:
            if not self.whole:
                return float(value)
            if value == int(value):
                return int(value)
        rule = "train.settings.whole" if self.whole else "train.settings.number"
        low, high = _short(self.low), _short(self.high)
        raise PlaygroundError(say(rule, name=_spaced(name), low=low, high=high, value=quoted(value)))


@dataclass(frozen=True)
class ChoiceSetting:
    """One of some words or values. start: the default.  hot: may change during a run."""

    words: tuple[Any, ...]
    start: Any
    hot: bool = False

    def read(self, name: str, value: object) -> Any:
        """The word. Raises PlaygroundError for any other value."""
        for word in self.words:
            if type(word) is type(value) and word == value:
                return word
        words = ", ".join(str(word).lower() if isinstance(word, bool) else str(word) for word in self.words)
        raise PlaygroundError(say("train.settings.choice", name=_spaced(name), choices=words, value=quoted(value)))


@dataclass(frozen=True)
class TextSetting:
    """A text of at most `most` characters. start: the default.  hot: may change during a run."""

    most: int
    start: str = ""
    hot: bool = False

    def read(self, name: str, value: object) -> str:
        """The text. Raises PlaygroundError if it is too long, no text, or holds a lone surrogate."""
        if isinstance(value, str) and len(value) <= self.most and not any("\ud800" <= one <= "\udfff" for one in value):
            return value
        raise PlaygroundError(say("train.settings.text", name=_spaced(name), most=self.most, value=quoted(value)))


Fields = Mapping[str, NumberSetting | ChoiceSetting | TextSetting]


def rate_setting(start: float) -> NumberSetting:
    """A learning rate, which may change during a run. start: the default."""
    return NumberSetting(1e-7, 10, start, hot=True)


def hot_names(fields: Fields) -> tuple[str, ...]:
    """Names of the settings that may change during a run."""
    return tuple(name for name, field in fields.items() if field.hot)


def fill_defaults(fields: Fields, settings: Mapping[str, Any]) -> dict[str, Any]:
    """All settings: these, checked, and defaults for the rest. Raises PlaygroundError."""
    unknown = [name for name in settings if name not in fields]
    if unknown:
        raise PlaygroundError(say("train.settings.unknown", name=str(unknown[0])[:40], names=", ".join(fields)))
    return {name: field.read(name, settings.get(name, field.start)) for name, field in fields.items()}


def apply_changes(fields: Fields, before: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The settings after a change. Raises PlaygroundError if one is unknown, out of range, or fixed at the start."""
    for name in changes:
        if name in fields and fields[name].hot:
            continue
        rule = "train.settings.fixed" if name in before else "train.settings.not_a_setting"
        raise PlaygroundError(say(rule, name=str(name)[:40], names=", ".join(hot_names(fields))))
    return {**before, **{name: fields[name].read(name, value) for name, value in changes.items()}}


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def _short(number: float) -> str:
    """A number without exponent where possible: 10,000,000 and 0.0000001."""
    if number == int(number):
        return f"{number:,.0f}"
    return f"{number:.10f}".rstrip("0") if abs(number) >= 1e-9 else f"{number:g}"
