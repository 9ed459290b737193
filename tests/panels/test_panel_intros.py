from __future__ import annotations

import math

from playground.metrics.intervals import Interval
from playground.panels.images.comparison.view import clear_winner


def one(value: float, half: float = math.nan) -> Interval:
    return Interval(value, value - half, value + half, "t, 3 seeds")


def test_a_star_stands_only_where_no_interval_overlaps_the_best() -> None:
    clear, near, far = one(10, 1), one(11.5, 1), one(20, 2)
    assert clear_winner("lower", [clear, far]) is clear and clear_winner("higher", [clear, far]) is far
    assert clear_winner("lower", [clear, near, far]) is None, "10 ± 1 and 11.5 ± 1 may be the same"
    assert clear_winner("higher", [clear, near, far]) is far


def test_a_star_stands_nowhere_without_a_contest() -> None:
    assert clear_winner("", [one(1, 0.1), one(2, 0.1)]) is None and clear_winner("lower", [one(1, 0.1)]) is None
    assert clear_winner("lower", [one(1), one(1)]) is None, "two equal values"
    low = one(1)
    assert clear_winner("lower", [one(3), low]) is low, "without intervals the values decide"
