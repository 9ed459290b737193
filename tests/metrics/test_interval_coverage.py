"""How often each kind of interval holds the true value, by simulation; those over seeds are in test_seed_intervals.py.

95 % intervals; by chance a count of 600 draws of a true 95 % is between 93 and 97 %.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from playground.bias.benchmark_scores import share_difference
from playground.bias.proportions import corrected_statistic, newcombe_interval
from playground.latent.directions import balanced_accuracy
from playground.metrics.intervals import Interval, bootstrap, jackknife, mean_interval, welch_interval, wilson

DRAWS = 600


def coverage(intervals: Sequence[Interval], truth: float) -> float:
    return float(np.mean([one.low <= truth <= one.high for one in intervals]))


def repeated(draw: Callable[[np.random.Generator], Interval], count: int = DRAWS) -> list[Interval]:
    source = np.random.default_rng(0)
    return [draw(source) for _ in range(count)]


@pytest.mark.parametrize(("share", "trials"), [(0.5, 20), (0.1, 60), (0.02, 400), (0.97, 100)])
def test_wilson_holds_the_share(share: float, trials: int) -> None:
    assert coverage(repeated(lambda source: wilson(int(source.binomial(trials, share)), trials)), share) >= 0.92


@pytest.mark.parametrize(("first", "second"), [(0.5, 0.4), (0.05, 0.02), (0.9, 0.9)])
def test_newcombe_holds_the_difference_of_two_shares(first: float, second: float) -> None:
    def draw(source: np.random.Generator) -> Interval:
        return newcombe_interval((int(source.binomial(80, first)), 80), (int(source.binomial(120, second)), 120))

    assert coverage(repeated(draw), first - second) >= 0.93


@pytest.mark.parametrize("shares", [(0.5, 0.3, 0.2), (0.05, 0.02, 0.93)])
def test_the_difference_of_shares_that_exclude_each_other_is_held(shares: tuple[float, float, float]) -> None:
    def draw(source: np.random.Generator) -> Interval:
        first, second, _ = source.multinomial(150, shares).tolist()
        return share_difference(first, second, 150)

    assert coverage(repeated(draw), shares[0] - shares[1]) >= 0.93


def test_student_holds_the_mean_of_few_values() -> None:
    held = coverage(repeated(lambda source: mean_interval(source.normal(3, 2, 6))), 3)
    assert 0.93 <= held <= 0.97


def test_welch_holds_the_difference_of_means_of_unequal_spreads() -> None:
    held = coverage(repeated(lambda source: welch_interval(source.normal(1, 5, 8), source.normal(0, 1, 20))), 1)
    assert 0.93 <= held <= 0.97


def test_the_bootstrap_holds_the_mean_of_skewed_values() -> None:
    def draw(source: np.random.Generator) -> Interval:
        values = source.exponential(1, 80)
        return bootstrap(lambda rows: float(values[rows].sum()) / 80, 80, repeats=200)

    assert coverage(repeated(draw, 300), 1) >= 0.9


def test_the_jackknife_of_blocks_holds_a_ratio_of_means() -> None:
    def draw(source: np.random.Generator) -> Interval:
        below = source.normal(4, 1, 100)
        above = 2 * below + source.normal(0, 2, 100)
        blocks = np.arange(100) // 10
        without = [above[blocks != one].mean() / below[blocks != one].mean() for one in range(10)]
        return jackknife(above.mean() / below.mean(), without)

    assert 0.92 <= coverage(repeated(draw), 2) <= 0.98


@pytest.mark.parametrize(("with_it", "rates"), [(40, (0.9, 0.7)), (15, (0.98, 0.5))])
def test_the_joined_interval_holds_a_balanced_accuracy(with_it: int, rates: tuple[float, float]) -> None:
    true = np.arange(300) < with_it

    def draw(source: np.random.Generator) -> Interval:
        right = source.random(300) < np.where(true, *rates)
        return balanced_accuracy(np.where(right, true, ~true), true)

    assert coverage(repeated(draw), sum(rates) / 2) >= 0.93


def test_the_corrected_share_is_held_although_the_classifier_errs() -> None:
    shares, rates = np.array([0.2, 0.8]), np.array([[0.85, 0.15], [0.1, 0.9]])

    def draw(source: np.random.Generator) -> Interval:
        errors = np.stack([source.multinomial(200, row) for row in rates])
        read = source.multinomial(200, shares @ rates)
        return corrected_statistic(lambda true: float(true[0]), read, errors, repeats=200).interval

    assert coverage(repeated(draw, 300), 0.2) >= 0.91
