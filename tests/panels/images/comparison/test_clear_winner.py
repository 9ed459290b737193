"""Which figure of a row is a clear winner: the best, if its interval overlaps no other's."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from playground.images.model_comparison import load_comparison
from playground.metrics.intervals import Interval
from playground.panels.images.comparison.view import clear_winner, comparison_value, number_text


def one(value: float, half: float = math.nan) -> Interval:
    return Interval(value, value - half, value + half, "t, 3 seeds")


def test_the_best_wins_only_if_its_interval_overlaps_no_other() -> None:
    clear, near, far = one(10, 1), one(11.5, 1), one(20, 2)
    assert clear_winner("lower", [clear, far]) is clear and clear_winner("higher", [clear, far]) is far
    assert clear_winner("lower", [clear, near, far]) is None, "10 ± 1 and 11.5 ± 1 may be the same"
    assert clear_winner("higher", [clear, near, far]) is far


def test_one_value_or_equal_values_have_no_winner() -> None:
    assert clear_winner("", [one(1, 0.1), one(2, 0.1)]) is None and clear_winner("lower", [one(1, 0.1)]) is None
    assert clear_winner("lower", [one(1), one(1)]) is None, "two equal values"
    assert clear_winner("lower", [one(3), one(1)]) is None, "no star without intervals"


@pytest.mark.parametrize(
    ("number", "digits", "text"),
    [(-0.001, 2, "0.00"), (0.0004, 2, "< 0.01"), (0.0, 2, "0.00"), (1234.56, 1, "1,234.6"), (-2214, 0, "−2,214")],
)
def test_a_number_is_never_minus_zero_and_a_small_one_is_not_none(number: float, digits: int, text: str) -> None:
    assert number_text(number, digits) == text


def test_the_page_says_that_three_seeds_are_too_few_and_that_distances_contradict_the_eye() -> None:
    avatars, fashion = comparison_value(load_comparison("avatars")), comparison_value(load_comparison("fashion"))
    rows = {row["title"]: row["cells"] for row in avatars["rows"]}
    assert [cell["range"] for cell in rows["Milliseconds per picture"][1:]] == ["no interval"] * 4
    assert any(cell["range"] == "too few seeds for one value" for cell in rows["Recall"])
    assert not any("-" in cell["text"] + cell["range"] for cell in rows["Density"])
    normal, mixture = rows["ELBO, nats per picture"][2:4]
    assert normal["text"] != mixture["text"], "each prior has its own bound"
    assert "FD ranks Diffusion last" in avatars["lesson"] and not fashion["lesson"]


@pytest.mark.parametrize(("fd", "match"), [(1.0, 0.01), (90.0, 0.01), (1.0, 0.3), (math.nan, 0.01)])
def test_the_lesson_is_drawn_only_from_intervals_that_do_not_overlap(fd: float, match: float) -> None:
    """fd, match: half the interval of each."""
    comparison = load_comparison("avatars")
    columns = [
        replace(
            column, metrics={**column.metrics, "fd": one(column.metrics["fd"].value, fd), "match": one(share, match)}
        )
        for column, share in zip(comparison.columns, (0.99, 0.93, 0.8, 0.8, 0.97), strict=True)
    ]
    lesson = comparison_value(replace(comparison, columns=tuple(columns)))["lesson"]
    assert bool(lesson) == (fd == 1.0 and match == 0.01)
