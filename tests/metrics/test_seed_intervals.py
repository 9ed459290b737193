"""Intervals over few seeds: inside the quantity's range, and of the stated coverage, by simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.stats

from playground.metrics.intervals import wilson
from playground.metrics.seed_intervals import mean_over_seeds, share_over_seeds


def test_shares_that_agree_have_wilson_s_interval_over_all_pictures() -> None:
    one = share_over_seeds([0.25, 0.25, 0.25], 400)
    expected = wilson(300, 1200)
    assert (one.low, one.high) == pytest.approx((expected.low, expected.high), abs=1e-12)
    nothing = share_over_seeds([0.0, 0.0, 0.0], 400)
    assert nothing.low == 0 and nothing.high == pytest.approx(wilson(0, 1200).high)


def test_shares_that_differ_have_a_wide_interval_inside_0_and_1() -> None:
    one = share_over_seeds([0.10, 0.17, 0.54], 400)
    assert 0 < one.low < 0.05 and 0.5 < one.high < 1
    assert math.isnan(share_over_seeds([0.5], 400).low)


def test_means_that_agree_have_the_interval_over_their_pictures() -> None:
    one = mean_over_seeds([-1940.0, -1940.1, -1939.9], [18.0, 18.0, 18.0])
    assert one.high - one.value == pytest.approx(scipy.stats.norm.ppf(0.975) * 18 / math.sqrt(3))
    low, high = scipy.stats.t.interval(0.95, 2, loc=2, scale=scipy.stats.sem([1, 2, 3]))
    assert (mean_over_seeds([1, 2, 3]).low, mean_over_seeds([1, 2, 3], [0.1] * 3).high) == pytest.approx((low, high))
    assert mean_over_seeds([0.0, 0.0, 0.01], least=0).low == 0


@pytest.mark.parametrize(
    ("share", "spread"), [(0.01, 0.0), (0.3, 0.0), (0.9, 0.0), (0.3, 0.03), (0.3, 0.1), (0.5, 0.2), (0.9, 0.03)]
)
def test_nineteen_of_twenty_intervals_of_a_share_hold_the_true_one(share: float, spread: float) -> None:
    """spread: standard deviation of the seeds' own shares, as that of a beta distribution."""
    generator, size = np.random.default_rng(0), 800
    if spread:
        total = share * (1 - share) / spread**2 - 1
        own = generator.beta(share * total, (1 - share) * total, (size, 3))
    else:
        own = np.full((size, 3), share)
    drawn = generator.binomial(400, own) / 400
    intervals = [share_over_seeds(list(row), 400) for row in drawn]
    assert np.mean([one.low <= share <= one.high for one in intervals]) >= 0.93


def test_nineteen_of_twenty_intervals_of_a_mean_hold_the_true_one() -> None:
    generator = np.random.default_rng(0)
    for spread in (0.0, 1.0, 5.0):
        means = generator.normal(0, spread, (800, 3)) + generator.normal(0, 1, (800, 3))
        intervals = [mean_over_seeds(list(row), [1.0] * 3) for row in means]
        assert np.mean([one.low <= 0 <= one.high for one in intervals]) >= 0.94
