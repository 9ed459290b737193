"""Which figure of a row is a clear winner: the best, if its interval overlaps no other's."""

from __future__ import annotations

import math

from playground.metrics.intervals import Interval
from playground.panels.images.comparison.view import clear_winner


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
    low = one(1)
    assert clear_winner("lower", [one(3), low]) is low, "without intervals the values decide"
