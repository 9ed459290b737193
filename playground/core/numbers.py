"""Numbers as the page shows them: three digits, sizes in bytes, a real minus sign, and intervals whose ends differ.

Links, JSON and tables for programs keep the ASCII hyphen: see `to_ascii`.

Sentences of the catalogue name these formats: {x:number} has three digits, {x:exact} all its digits, {x:size} a unit of
bytes. Scripts have the same in ui/numbers.js.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import cache
from numbers import Real
from string import Formatter

MINUS = "\u2212"
_DIGITS, _MOST_DIGITS = 3, 12
#: Outside these, a number is a power of ten.
_LARGEST, _SMALLEST = 1e12, 1e-4
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_UNITS = ("bytes", "kB", "MB", "GB", "TB")
_MINUS_BEFORE_NUMBER = re.compile(rf"{MINUS}(?=\.?\d|∞)")


def number(value: float, digits: int = _DIGITS) -> str:
    """A number with three significant digits, without an exponent: 5,730, 1.49, 0.0012; far away 1.2 × 10⁻⁵."""
    if not math.isfinite(value):
        return "–" if math.isnan(value) else "∞" if value > 0 else f"{MINUS}∞"
    rounded = float(f"{value:.{digits - 1}e}")
    if rounded == 0:
        return "0"
    if abs(rounded) >= _LARGEST or abs(rounded) < _SMALLEST:
        mantissa, exponent = f"{value:.{max(1, digits - 2)}e}".split("e")
        power = f"10{str(int(exponent)).translate(_SUPERSCRIPT)}"
        return power if float(mantissa) == 1 else with_minus(f"{_trimmed(mantissa)} × {power}")
    decimals = digits - 1 - math.floor(math.log10(abs(rounded)))
    return with_minus(_trimmed(f"{rounded:,.{max(0, decimals)}f}"))


def with_minus(text: str) -> str:
    """A formatted number with a real minus sign."""
    return MINUS + text[1:] if text.startswith("-") else text


def to_ascii(text: str) -> str:
    """The text with the hyphens that programs read as minus signs."""
    return _MINUS_BEFORE_NUMBER.sub("-", text)


def percent(share: float) -> str:
    """A share in per cent: 17 %, 0.4 %, 99.6 %, and never a rounded 0 or 100; "–" for nan."""
    if math.isnan(share):
        return "–"
    if 0 < share < 0.0005:
        return "< 0.1\u00a0%"
    if 0.9995 <= share < 1:
        return "> 99.9\u00a0%"
    return f"{100 * share:.{1 if 0 < share < 0.00995 or 0.995 <= share < 1 else 0}f}\u00a0%"


def exact(value: float) -> str:
    """A setting with all its digits, up to ten after the point: 0.00025, 7.5, 1,000."""
    if not math.isfinite(value) or 0 < abs(value) < 1e-10 or abs(value) >= 1e15:
        return number(value)
    return with_minus(_positive_zero(_trimmed(f"{value:,.10f}")))


def size(count: float) -> str:
    """A size in decimal units of bytes: 850 bytes, 46 kB, 2.1 GB."""
    value, unit = float(count), 0
    while unit < len(_UNITS) - 1 and float(_two_digits(value).replace(",", "")) >= 1000:
        value, unit = value / 1000, unit + 1
    return f"{f'{value:.0f}' if unit == 0 else _two_digits(value)} {_UNITS[unit]}"


def interval(low: float, high: float, digits: int = _DIGITS) -> tuple[str, str]:
    """Both ends of an interval, with so many digits that different ends look different."""
    for enough in range(digits, _MOST_DIGITS + 1):
        ends = number(low, enough), number(high, enough)
        if ends[0] != ends[1] or low == high:
            return ends
    return ends


def with_digits(value: float, low: float, high: float, digits: int) -> tuple[str, str, str]:
    """A value and the ends of its interval with `digits` decimals, or more if different ends would look the same."""
    enough = digits
    while low != high and enough < digits + _MOST_DIGITS and f"{low:.{enough}f}" == f"{high:.{enough}f}":
        enough += 1
    value_text, low_text, high_text = (with_minus(_positive_zero(f"{one:,.{enough}f}")) for one in (value, low, high))
    return value_text, low_text, high_text


def fill(sentence: str, values: Mapping[str, object]) -> str:
    """The sentence with its {names} replaced. Raises KeyError for a name without a value.

    If {low} and {high} are numbers that differ but would look the same, they get more digits, and so does whatever has
    their format.
    """
    if "{" not in sentence and "}" not in sentence:
        return sentence
    for more in range(_MOST_DIGITS):
        formatter = _Formatter(more, _end_formats(sentence))
        if formatter.ends_differ(values):
            break
    return formatter.vformat(sentence, (), values)


class _Formatter(Formatter):
    """Formats with `more` digits than asked for where the format is one of `ends`, those of {low} and {high}."""

    def __init__(self, more: int, ends: Mapping[str, str]) -> None:
        self.more, self.ends = more, ends

    def format_field(self, value: object, format_spec: str) -> str:
        more = self.more if format_spec in self.ends.values() else 0
        sign = format_spec[:1] if format_spec in ("+exact", "+number") else ""
        if sign:
            return f"{'+' if float(value) > 0 else ''}{self.format_field(value, format_spec[1:])}"  # type: ignore[arg-type]
        if format_spec == "size":
            return size(float(value))  # type: ignore[arg-type]
        if format_spec == "exact":
            return exact(float(value))  # type: ignore[arg-type]
        if format_spec == "number":
            return number(float(value), _DIGITS + more)  # type: ignore[arg-type]
        if more:
            format_spec = re.sub(r"\.(\d+)", lambda found: f".{int(found[1]) + more}", format_spec)
        if isinstance(value, str) or not isinstance(value, Real):
            return format(value, format_spec)
        text = with_minus(_positive_zero(format(value, format_spec)))
        return f"{text[:-1]}\u00a0%" if format_spec.endswith("%") else text

    def ends_differ(self, values: Mapping[str, object]) -> bool:
        """Whether {low} and {high} look different, or need not."""
        low, high = values.get("low"), values.get("high")
        if len(self.ends) < 2 or not isinstance(low, int | float) or not isinstance(high, int | float) or low == high:
            return True
        if not (math.isfinite(low) and math.isfinite(high)) or not all(map(_has_digits, self.ends.values())):
            return True
        texts = [self.format_field(end, self.ends[name]).lstrip("+") for name, end in (("low", low), ("high", high))]
        return texts[0] != texts[1]


def _has_digits(format_spec: str) -> bool:
    return format_spec == "number" or "." in format_spec


@cache
def _end_formats(sentence: str) -> dict[str, str]:
    """ "low" and "high" -> their formats, of those that the sentence has."""
    return {name: spec or "" for _, name, spec, _ in Formatter().parse(sentence) if name in ("low", "high")}


def _two_digits(value: float) -> str:
    return _trimmed(f"{value:.1f}") if value < 9.95 else f"{value:,.0f}"


def _trimmed(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def _positive_zero(text: str) -> str:
    """−0.00 is 0.00; with a sign asked for, "+0.00" stays."""
    return text[1:] if re.fullmatch(r"-[0.,]+(?: ?%)?", text) else text
