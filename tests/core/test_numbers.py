"""Numbers as the page shows them, against examples by hand; and no other format in the catalogue or in code."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterator

import pytest
from source_code import read, sources

from playground.core.catalogue import sentences
from playground.core.numbers import exact, fill, interval, number, percent, size, to_ascii


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"), (-0.0, "0"), (1, "1"), (2.5, "2.5"), (1490, "1,490"), (1494.6, "1,490"), (0.00123456, "0.00123"),
        (-12.345, "−12.3"), (999.6, "1,000"), (5_730_000, "5,730,000"), (123_456_789, "123,000,000"),
        (0.0001, "0.0001"),
        (1e-5, "10⁻⁵"), (1.26e-7, "1.3 × 10⁻⁷"), (-4e13, "−4 × 10¹³"), (math.inf, "∞"), (math.nan, "–"),
    ],
)  # fmt: skip
def test_a_number_has_three_digits_and_no_exponent(value: float, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (850, "850 bytes"), (46_080, "46 kB"), (999_600, "1 MB"), (2_147_483_648, "2.1 GB"), (13_400_000, "13 MB"),
        (2_000_000_000, "2 GB"), (9_940_000, "9.9 MB"), (9_960_000, "10 MB"), (5_600_000_000_000, "5.6 TB"),
        (0, "0 bytes"),
    ],
)  # fmt: skip
def test_a_size_has_the_unit_that_people_use(count: float, text: str) -> None:
    assert size(count) == text


def test_a_setting_keeps_its_digits() -> None:
    texts = [exact(value) for value in (0.00025, 7.5, 1000, -2.0, -0.0, 0.1 + 0.2, 1e9)]
    assert texts == ["0.00025", "7.5", "1,000", "−2", "0", "0.3", "1,000,000,000"]


def test_ends_that_differ_look_different() -> None:
    assert interval(0.99991, 1) == ("0.9999", "1") and interval(1, 1) == ("1", "1")
    assert interval(12.341, 12.349) == ("12.34", "12.35") and interval(0.2, 0.4) == ("0.2", "0.4")
    ends = {"value": 0.9999, "low": 0.99951, "high": 1.0}
    assert fill("{value:.0%} ({low:.0%} to {high:.0%})", ends) == "99.99\u00a0% (99.95\u00a0% to 100.00\u00a0%)"
    text = fill("{value:.2f} ({low:.2f} to {high:.2f}); {x:.1f}", {**ends, "x": 3})
    assert text == "0.9999 (0.9995 to 1.0000); 3.0"
    assert fill("{low:number} to {high:number}", ends) == "0.9995 to 1"
    assert fill("{low:+.0f} to {high:+.0f}", {"low": -0.2, "high": 0.1}) == "−0.2 to +0.1"
    assert fill("{low} to {high}", {"low": "a", "high": "a"}) == "a to a"
    assert fill("{low:.0f} to {high:.0f}", {"low": 3.0, "high": 3.0}) == "3 to 3"


def test_a_rounded_zero_has_no_minus() -> None:
    assert fill("density {x:.2f}", {"x": -0.0001}) == "density 0.00"
    assert fill("{x:.0%}; {y:+.1f}", {"x": -0.001, "y": 0.01}) == "0\u00a0%; +0.0"
    assert fill("{x:.2f}", {"x": -0.02}) == "−0.02"


def test_the_page_has_a_real_minus_and_programs_have_a_hyphen() -> None:
    assert fill("{a:+.1f}, {b}, {c:,}", {"a": -0.7, "b": -3, "c": -1200}) == "−0.7, −3, −1,200"
    assert (
        fill("{text}; {low:number} to {high:number}", {"text": "-5", "low": -0.5, "high": -0.2}) == "-5; −0.5 to −0.2"
    )
    assert number(-math.inf) == "−∞"
    assert to_ascii("−0.7 to −1,200; −∞ and a − b") == "-0.7 to -1,200; -∞ and a − b"


def test_a_share_is_in_whole_per_cent_and_never_rounded_to_nothing_or_all() -> None:
    texts = [percent(share) for share in (0, 0.0001, 0.004, 0.0099, 0.00999, 0.174, 0.994, 0.996, 0.9996, 1, math.nan)]
    assert [text.replace("\u00a0", " ") for text in texts] == [
        "0 %", "< 0.1 %", "0.4 %", "1.0 %", "1 %", "17 %", "99 %", "99.6 %", "> 99.9 %", "100 %", "–",
    ]  # fmt: skip


def test_a_name_without_a_value_is_an_error() -> None:
    with pytest.raises(KeyError):
        fill("{low:number} to {high:number}", {"low": 1.0})


def test_no_sentence_can_show_an_exponent_or_megabytes_of_gigabytes() -> None:
    """Formats with g turn into 1.49e+03, and fixed units into 2147.5 MB."""
    texts = {
        (key, text)
        for key, sentence in sentences().items()
        for text in (sentence.values() if isinstance(sentence, dict) else [sentence])
    }
    assert not [key for key, text in texts if re.search(r"\{\w*:[^}]*g\}", text)]
    assert {key for key, text in texts if re.search(r"\{\w+(?::[^}]*)?\}\s(?:kB|MB|GB)\b", text)} <= SIZES_AS_TEXT


#: What is not shown on the page: texts of links and documents, and a progress bar of the command line.
NOT_SHOWN = {"latent/attribute_edit.py", "third_party.py", "train.py"}
#: The size of a range.
SIZES_AS_TEXT = {"images.text_to_image.size"}


def general_formats(code: str) -> Iterator[int]:
    """Lines of f-strings with a format that may show an exponent, such as {x:.3g}."""
    if not re.search(r":[^{}]*[ge]\}", code):
        return
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.FormattedValue) and isinstance(node.format_spec, ast.JoinedStr):
            spec = "".join(str(part.value) for part in node.format_spec.values if isinstance(part, ast.Constant))
            if spec.endswith(("g", "e")):
                yield node.lineno


def test_code_shows_no_exponent_either() -> None:
    assert list(general_formats('f"{x:.3g} {y:.1f} {z:+g}"')) == [1, 1]
    found = {str(path).split("playground/", 1)[-1]: list(general_formats(read(path))) for path in sources()}
    assert {name for name, lines in found.items() if lines} <= NOT_SHOWN | {"core/numbers.py"}, found
