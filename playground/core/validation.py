"""Validation of numbers, words and texts from pages, links and API calls: the value, or a PlaygroundError."""

from __future__ import annotations

import math
from collections.abc import Sequence

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError

LONGEST_TEXT = 500_000


def parse_number(value: object, sentence: str) -> float:
    """value as a finite float.

    sentence: the rule without a full stop, such as "Steps must be 1 to 9"; it begins the PlaygroundError.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise _invalid(sentence, value)
    try:
        number = float(value)
    except (ValueError, OverflowError):
        raise _invalid(sentence, value) from None
    if not math.isfinite(number):
        raise _invalid(sentence, value)
    return number


def quoted(value: object, longest: int = 60) -> str:
    """A visitor's value for quoting in an error: short, printable, on one line."""
    text = (
        say("shared.invalid.nothing")
        if value is None or value == ""
        else ascii(value)
        if isinstance(value, str)
        else str(value)
    )
    return text if len(text) <= longest else text[: longest - 1] + "…"


#: Of a whole number as text. Python refuses 4,300 digits (CVE-2020-10735), and nothing here has 30.
_MOST_DIGITS = 100


def parse_int(value: object, lowest: int, highest: int, sentence: str) -> int:
    """value as a whole number from lowest to highest; PlaygroundError that begins with the sentence if it is not."""
    if isinstance(value, str) and value.strip().isdecimal():
        if len(value) > _MOST_DIGITS:
            raise _invalid(sentence, value)
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        number = parse_number(value, sentence)
        if number != int(number):
            raise _invalid(sentence, value)
        value = int(number)
    if not lowest <= value <= highest:
        raise _invalid(sentence, value)
    return value


def parse_choice(value: object, allowed: Sequence[str], name: str) -> str:
    """value if it is one of the allowed words; PlaygroundError that lists them if not."""
    if isinstance(value, str) and value in allowed:
        return value
    raise _invalid(say("shared.invalid.choice", name=name, choices=", ".join(allowed)), value)


def parse_text(value: object, name: str, may_be_empty: bool = False) -> str:
    """A visitor's text, if a tokenizer can read it; PlaygroundError if not."""
    if not isinstance(value, str):
        raise _invalid(say("shared.invalid.text", name=name), value)
    if not value and not may_be_empty:
        raise PlaygroundError(say("shared.invalid.empty", name=name))
    if len(value) > LONGEST_TEXT:
        raise PlaygroundError(say("shared.invalid.too_long", name=name, characters=len(value), most=LONGEST_TEXT))
    for position, character in enumerate(value):
        if "\ud800" <= character <= "\udfff":
            raise PlaygroundError(
                say("shared.invalid.surrogate", name=name, position=position + 1, code=ord(character))
            )
    return value


def parse_bool(value: object, name: str) -> bool:
    """value as true or false, also in the words of a link. Raises PlaygroundError that names the setting."""
    words = {"true": True, "1": True, "false": False, "0": False}
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in words:
        return words[value.lower()]
    raise PlaygroundError(say("shared.invalid.true_or_false", name=name, value=quoted(value)))


def parse_seed(value: object) -> int:
    """value as a seed, 0 to 2**63 - 1."""
    return parse_int(value, 0, 2**63 - 1, say("shared.invalid.seed"))


def _invalid(rule: str, value: object) -> PlaygroundError:
    """The error for a value that breaks a rule. rule: as in "Steps must be 1 to 9", without a full stop."""
    return PlaygroundError(say("shared.invalid.value", rule=rule, value=quoted(value)))
