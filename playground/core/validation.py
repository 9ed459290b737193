"""Validation of numbers, words and texts from pages, links and programs: the value, or a PlaygroundError."""

from __future__ import annotations

import math
from collections.abc import Sequence

from playground.core.errors import PlaygroundError

LONGEST_TEXT = 2_000_000


def parse_number(value: object, sentence: str) -> float:
    """value as a finite float; PlaygroundError made of the sentence and the value otherwise."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise PlaygroundError(f"{sentence}; it was {quoted(value)}.")
    try:
        number = float(value)
    except (ValueError, OverflowError):
        raise PlaygroundError(f"{sentence}; it was {quoted(value)}.") from None
    if not math.isfinite(number):
        raise PlaygroundError(f"{sentence}; it was {quoted(value)}.")
    return number


def quoted(value: object, longest: int = 60) -> str:
    """A visitor's value as it is quoted in a sentence: short, printable, on one line."""
    text = "empty" if value is None or value == "" else ascii(value) if isinstance(value, str) else str(value)
    return text if len(text) <= longest else text[: longest - 1] + "…"


def parse_int(value: object, lowest: int, highest: int, sentence: str) -> int:
    """value as a whole number in the range; PlaygroundError made of the sentence otherwise."""
    if isinstance(value, str) and value.strip().isdecimal():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        number = parse_number(value, sentence)
        if number != int(number):
            raise PlaygroundError(f"{sentence}; it was {quoted(value)}.")
        value = int(number)
    if not lowest <= value <= highest:
        raise PlaygroundError(f"{sentence}; it was {quoted(value)}.")
    return value


def parse_choice(value: object, allowed: Sequence[str], name: str) -> str:
    """value if it is one of the allowed words; PlaygroundError that lists them otherwise."""
    if isinstance(value, str) and value in allowed:
        return value
    raise PlaygroundError(f"{name} must be one of {', '.join(allowed)}; it was {quoted(value)}.")


def parse_text(value: object, name: str, may_be_empty: bool = False) -> str:
    """A visitor's text if a tokenizer can read it; PlaygroundError otherwise."""
    if not isinstance(value, str):
        raise PlaygroundError(f"The {name} must be text; it was {quoted(value)}.")
    if not value and not may_be_empty:
        raise PlaygroundError(f"The {name} is empty: type at least one character.")
    if len(value) > LONGEST_TEXT:
        raise PlaygroundError(
            f"The {name} has {len(value):,} characters; at most {LONGEST_TEXT:,} can be read: shorten it."
        )
    for position, character in enumerate(value):
        if "\ud800" <= character <= "\udfff":
            raise PlaygroundError(
                f"Character {position + 1:,} of the {name} is half of a character (U+{ord(character):04X}, "
                "a lone surrogate): delete it and try again."
            )
    return value


def parse_seed(value: object) -> int:
    """value as a seed, 0 to 2**63 - 1."""
    return parse_int(value, 0, 2**63 - 1, "The seed must be a whole number from 0 to 9,223,372,036,854,775,807")
