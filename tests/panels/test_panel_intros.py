from __future__ import annotations

import math

from playground.metrics.intervals import Interval
from playground.panels.images.comparison.panel import leading


def one(value: float, half: float = math.nan) -> Interval:
    return Interval(value, value - half, value + half, "t, 3 seeds")


def test_a_star_stands_only_where_no_interval_overlaps_the_best() -> None:
    clear, near, far = one(10, 1), one(11.5, 1), one(20, 2)
    assert leading("lower", [clear, far]) is clear and leading("higher", [clear, far]) is far
    assert leading("lower", [clear, near, far]) is None, "10 ± 1 and 11.5 ± 1 may be the same"
    assert leading("higher", [clear, near, far]) is far


def test_a_star_stands_nowhere_without_a_contest() -> None:
    assert leading("", [one(1, 0.1), one(2, 0.1)]) is None and leading("lower", [one(1, 0.1)]) is None
    assert leading("lower", [one(1), one(1)]) is None, "two equal values"
    low = one(1)
    assert leading("lower", [one(3), low]) is low, "without intervals the values decide"
