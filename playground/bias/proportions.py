"""Proportions: differences with intervals, and the correction for a classifier's misclassification.

The correction assumes that the classifier errs on generated images as on real ones. Where generated images are unclear
it may err more, which no interval here accounts for.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.metrics.intervals import LEVEL, Interval, wilson

Counts = NDArray[np.int64]
Shares = NDArray[np.float64]


def newcombe_interval(first: tuple[int, int], second: tuple[int, int], level: float = LEVEL) -> Interval:
    """The difference of two independent shares, first minus second, with its interval made of both Wilson intervals.

    first, second: (successes, trials). Raises ValueError where there are no trials.
    Source: Newcombe 1998, Statistics in Medicine 17(8), 873-890, method 10.
    """
    one, two = wilson(*first, level), wilson(*second, level)
    value = one.value - two.value
    low = value - math.hypot(one.value - one.low, two.high - two.value)
    high = value + math.hypot(one.high - one.value, two.value - two.low)
    return Interval(value, max(-1.0, low), min(1.0, high), f"Newcombe, {first[1]:,} and {second[1]:,}", level)


def chi_squared_p_value(first: Counts, second: Counts) -> float:
    """p-value of both rows of counts, (K,) each, coming from the same shares (chi-squared, without
    empty columns); 1 where there is nothing to compare.
    """
    from scipy.stats import chi2_contingency

    table = np.stack([first, second])
    table = table[:, table.sum(0) > 0]
    if table.shape[1] < 2 or not table.sum(1).all():
        return 1.0
    return float(chi2_contingency(table, correction=False).pvalue)


def confusion_matrix(truth: Counts, read: Counts, kinds: int) -> Counts:
    """(kinds, kinds) counts: how often each true kind, a row, was read as each, a column. Labels are (N,) int64."""
    return np.bincount(truth * kinds + read, minlength=kinds * kinds).reshape(kinds, kinds).astype(np.int64)


def correct_misclassification(read: Shares, errors: NDArray[np.int64] | Shares) -> Shares:
    """The true shares (K,) that a classifier with these errors (K, K) reads as `read`: none below 0, summing to 1.

    For two kinds: (read + specificity - 1) / (sensitivity + specificity - 1), Rogan & Gladen 1978, American Journal of
    Epidemiology 107(1). In general the rows of errors, as shares, are a matrix that is solved for.
    Raises ValueError for a kind that no picture had, or errors that carry no information.
    """
    counted = np.asarray(errors, dtype=np.float64)
    totals = counted.sum(1, keepdims=True)
    if not totals.all():
        raise ValueError("a kind without a single real picture")
    rates = counted / totals  # (true, read)
    if np.linalg.cond(rates) > 1e6:
        raise ValueError("these errors tell nothing")
    solved = np.clip(np.linalg.solve(rates.T, np.asarray(read, dtype=np.float64)), 0.0, None)
    result: Shares = solved / solved.sum()
    return result


@dataclass(frozen=True)
class CorrectedStatistic:
    """A statistic of corrected shares, and how far chance moves it.

    interval: percentile bootstrap.  error: the standard deviation of the bootstrap, in the statistic's unit.
    """

    interval: Interval
    error: float

    def p_against(self, value: float) -> float:
        """Two-sided p-value of the true statistic being `value` (normal)."""
        distance = abs(self.interval.value - value)
        return math.erfc(distance / self.error / math.sqrt(2)) if self.error else float(distance == 0)


def corrected_statistic(
    statistic: Callable[[Shares], float],
    read: Counts,
    errors: Counts,
    repeats: int = 1000,
    seed: int = 0,
    level: float = LEVEL,
) -> CorrectedStatistic:
    """A statistic of the true shares: both the pictures and the real ones that tell the errors are drawn again.

    nan where the statistic of the corrected shares is.

    read: (K,) counts of what was read.  errors: (K, K), see `confusion_matrix`.
    Source: parametric bootstrap, Efron & Tibshirani 1993, chapter 6.
    """
    random = np.random.default_rng(seed)
    count, totals = int(read.sum()), errors.sum(1)
    rates = errors / totals[:, None]
    # Half a picture more in every cell: what was never drawn might have been, and its share has an error too.
    reads = random.multinomial(count, (read + 0.5) / (count + 0.5 * len(read)), repeats) / count
    again = np.stack([random.multinomial(int(total), rate, repeats) for total, rate in zip(totals, rates, strict=True)])
    values = np.array([statistic(correct_misclassification(one, again[:, n])) for n, one in enumerate(reads)])
    values = values[np.isfinite(values)]
    value = statistic(correct_misclassification(read / count, errors))
    method = f"corrected for the classifier's errors, bootstrap, {count:,} pictures"
    if not len(values) or math.isnan(value):
        return CorrectedStatistic(Interval(math.nan, math.nan, math.nan, method, level), math.nan)
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    interval = Interval(value, min(value, float(low)), max(value, float(high)), method, level)
    return CorrectedStatistic(interval, float(values.std()))
