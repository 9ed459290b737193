"""Welch's interval of a difference of means against SciPy's, and its coverage."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.stats

from playground.metrics.intervals import welch_interval


def test_it_is_scipys() -> None:
    generator = np.random.default_rng(0)
    one, other = generator.normal(1, 3, 12), generator.normal(0, 1, 30)
    expected = scipy.stats.ttest_ind(one, other, equal_var=False).confidence_interval()
    interval = welch_interval(one, other)
    assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high))
    assert math.isnan(welch_interval([1.0], [2.0, 3.0]).low)


def test_it_holds_the_true_difference_in_95_of_100() -> None:
    generator = np.random.default_rng(1)
    intervals = [welch_interval(generator.normal(1, 3, 8), generator.normal(0, 1, 24)) for _ in range(1000)]
    assert 0.93 <= np.mean([one.low <= 1 <= one.high for one in intervals]) <= 0.97
