"""Proportions: differences with intervals, and correction for a classifier's errors.

The correction assumes that the classifier errs on generated images as it does on real ones. It may err more where they
are unclear; no interval here accounts for that.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.metrics.intervals import LEVEL, Interval, wilson

Counts = NDArray[np.int64]
Shares = NDArray[np.float64]


def newcombe_interval(first: tuple[int, int], second: tuple[int, int], level: float = LEVEL) -> Interval:
    """Difference of two independent shares, first minus second; its interval combines both Wilson intervals.

    first, second: (successes, trials). Raises ValueError where there are no trials.
    Source: Newcombe 1998, Statistics in Medicine 17(8), 873-890, method 10.
    """
    one, two = wilson(*first, level), wilson(*second, level)
    value = one.value - two.value
    low = value - math.hypot(one.value - one.low, two.high - two.value)
    high = value + math.hypot(one.high - one.value, two.value - two.low)
    method = say("bias_texts.image_bias.audit.newcombe", first=first[1], second=second[1])
    return Interval(value, max(-1.0, low), min(1.0, high), method, level)


def confusion_matrix(truth: Counts, read: Counts, kinds: int) -> Counts:
    """(kinds, kinds) counts of true kinds (rows) read as each kind (columns). truth, read: (N,) int64 labels."""
    return np.bincount(truth * kinds + read, minlength=kinds * kinds).reshape(kinds, kinds).astype(np.int64)


def correct_misclassification(read: Shares, errors: NDArray[np.int64] | Shares) -> Shares:
    """The true shares (K,) that a classifier with these errors (K, K) reads as `read`; clipped at 0, summing to 1.

    For two kinds: (read + specificity - 1) / (sensitivity + specificity - 1), Rogan & Gladen 1978, American Journal of
    Epidemiology 107(1). For more, solves the linear system of the confusion matrix, its rows as shares.
    Raises ValueError for a kind that no picture had, or errors that carry no information.
    """
    counted = np.asarray(errors, dtype=np.float64)
    if not counted.sum(1).all():
        raise ValueError("a kind without a single real picture")
    result: Shares = _correct_all(np.asarray(read, dtype=np.float64)[None], counted[None])[0]
    if np.isnan(result).any():
        raise ValueError("these errors carry no information")
    return result


def _correct_all(reads: Shares, errors: NDArray[np.int64] | Shares) -> Shares:
    """(R, K) true shares of reads (R, K) by errors (R, K, K); rows of nan where the errors carry no information."""
    rates = errors / errors.sum(2, keepdims=True)  # (R, true, read)
    known = np.linalg.cond(rates) <= 1e6
    result: Shares = np.full(reads.shape, np.nan)
    solved = np.linalg.solve(rates[known].transpose(0, 2, 1), reads[known][..., None])[..., 0].clip(0.0, None)
    result[known] = solved / solved.sum(1, keepdims=True)
    return result


@dataclass(frozen=True)
class CorrectedStatistic:
    """A statistic of corrected shares with its uncertainty.

    interval: percentile bootstrap.  error: standard deviation of the bootstrap, in the statistic's unit.
    """

    interval: Interval
    error: float

    def p_against(self, value: float) -> float:
        """Two-sided p-value of the true statistic being `value` (normal)."""
        distance = abs(self.interval.value - value)
        return math.erfc(distance / self.error / math.sqrt(2)) if self.error else float(distance == 0)


def corrected_statistic(
    statistic: Callable[[Shares], float], read: Counts, errors: Counts, repeats: int = 1000, level: float = LEVEL
) -> CorrectedStatistic:
    """One statistic of the true shares: see `corrected_statistics`."""
    (one,) = corrected_statistics(lambda shares: np.array([statistic(shares)]), read, errors, repeats, level=level)
    return one


def corrected_statistics(
    statistics: Callable[[Shares], Shares],
    read: Counts,
    errors: Counts,
    repeats: int = 1000,
    seed: int = 0,
    level: float = LEVEL,
) -> list[CorrectedStatistic]:
    """Statistics of the true shares. The bootstrap resamples the pictures and the real ones that give the errors.

    statistics: the true shares (K,) -> (S,) numbers.
    read: (K,) counts of the kinds as read.  errors: (K, K), see `confusion_matrix`.
    A statistic is nan where that of the corrected shares is nan.
    Source: parametric bootstrap, Efron & Tibshirani 1993, chapter 6.
    """
    random = np.random.default_rng(seed)
    count, totals = int(read.sum()), errors.sum(1)
    rates = errors / totals[:, None]
    # Half a picture more in every cell: a kind that was never drawn has an uncertain share too.
    reads = random.multinomial(count, (read + 0.5) / (count + 0.5 * len(read)), repeats) / count
    resampled = np.stack(
        [random.multinomial(int(total), rate, repeats) for total, rate in zip(totals, rates, strict=True)], axis=1
    )
    whole = statistics(correct_misclassification(read / count, errors))
    values = np.stack([statistics(one) for one in _correct_all(reads, resampled)])  # (R, S)
    method = say("bias_texts.image_bias.audit.corrected", count=count)
    return [_corrected(float(value), column, method, level) for value, column in zip(whole, values.T, strict=True)]


def _corrected(value: float, resampled: Shares, method: str, level: float) -> CorrectedStatistic:
    """A statistic with its bootstrap values, (R,), of which some may be nan."""
    values = resampled[np.isfinite(resampled)]
    if not len(values) or math.isnan(value):
        return CorrectedStatistic(Interval(math.nan, math.nan, math.nan, method, level), math.nan)
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    interval = Interval(value, min(value, float(low)), max(value, float(high)), method, level)
    return CorrectedStatistic(interval, float(values.std()))
