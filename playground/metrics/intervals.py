"""Confidence intervals: Wilson's for a proportion, the bootstrap, t over seeds or blocks, Welch's, the jackknife.

Each covers the randomness that its method names, and not the choice of model, data or metric. A share takes Wilson's,
which cannot leave 0 to 1 (over several seeds, see seed_intervals.py); t and the jackknife can.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from playground.core.catalogue import say
from playground.core.numbers import interval, number

LEVEL = 0.95


@dataclass(frozen=True)
class Interval:
    """A measured value with the ends of its interval, all in the value's unit.

    level: the share of repeated measurements whose interval would hold the true value, 0 to 1.
    method: how the interval was computed, in a few words.  A value without an interval has ends of nan.
    """

    value: float
    low: float
    high: float
    method: str
    level: float = LEVEL

    def __str__(self) -> str:
        """Four figures, as in a table: 0.9213 (0.9050 to 0.9351)."""
        if math.isnan(self.low):
            return number(self.value, 4)
        low, high = interval(self.low, self.high, 4)
        return f"{number(self.value, 4)} ({low} to {high})"

    @property
    def standard_error(self) -> float:
        """Half the interval's width in standard normal units; exact only for a symmetric interval."""
        return (self.high - self.low) / (2 * _normal_quantile(self.level))


def wilson(successes: int, trials: int, level: float = LEVEL) -> Interval:
    """The share successes / trials with Wilson's score interval, sound near 0 and 1 and for few trials.

    Raises ValueError if trials is below 1 or successes outside 0..trials.
    Source: Wilson 1927, JASA 22(158), eq. for the limits of p; recommended by Brown, Cai & DasGupta 2001.
    """
    if trials < 1 or not 0 <= successes <= trials:
        raise ValueError(f"{successes} successes of {trials} trials")
    z = _normal_quantile(level)
    share = successes / trials
    middle = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    half = z / (1 + z * z / trials) * math.sqrt(share * (1 - share) / trials + (z / (2 * trials)) ** 2)
    low = 0.0 if successes == 0 else max(0.0, middle - half)
    high = 1.0 if successes == trials else min(1.0, middle + half)
    return Interval(share, low, high, _method("wilson", trials=trials), level)


def proportion_interval(hits: NDArray[np.bool_], level: float = LEVEL) -> Interval:
    """The share of True in (N,) independent outcomes, with Wilson's interval."""
    return wilson(int(np.count_nonzero(hits)), len(hits), level)


def bootstrap(
    statistic: Callable[[NDArray[np.intp]], float], count: int, repeats: int = 1000, seed: int = 0, level: float = LEVEL
) -> Interval:
    """A statistic of `count` items with its percentile bootstrap interval.

    statistic: maps the (count,) indices of a resample, with repeats, to a number.
    Unsuited to distances that grow when items repeat (the Fréchet distance, nearest neighbours).
    Source: Efron 1979, Annals of Statistics 7(1); percentile limits, Efron & Tibshirani 1993, section 13.3.
    """
    if count < 1 or repeats < 1:
        raise ValueError(f"{count} items, {repeats} repeats")
    generator = np.random.default_rng(seed)
    resampled = [statistic(generator.integers(0, count, count)) for _ in range(repeats)]
    low, high = np.quantile(resampled, [(1 - level) / 2, (1 + level) / 2])
    method = _method("bootstrap", count=count, repeats=repeats)
    return Interval(float(statistic(np.arange(count))), float(low), float(high), method, level)


def mean_interval(values: ArrayLike, what: str = "", level: float = LEVEL) -> Interval:
    """The mean of independent values with Student's t interval; ends of nan for a single value.

    what: the unit of repetition, for `method`: "pictures", "blocks"; "" for values. Shares take `wilson` instead.
    Source: Student 1908, Biometrika 6(1).
    """
    array = np.asarray(values, dtype=np.float64).ravel()
    if not len(array):
        raise ValueError("no values")
    mean, count = float(array.mean()), len(array)
    method = _method("t", count=count, what=what or _method("values"))
    if count == 1:
        return Interval(mean, math.nan, math.nan, method, level)
    half = _t_quantile(level, count - 1) * float(array.std(ddof=1)) / math.sqrt(count)
    return Interval(mean, mean - half, mean + half, method, level)


def welch_interval(first: ArrayLike, second: ArrayLike, level: float = LEVEL) -> Interval:
    """The difference of two means, first minus second, with Welch's t interval; ends of nan for a single value.

    Source: Welch 1947, Biometrika 34(1-2); degrees of freedom after Satterthwaite 1946.
    """
    arrays = [np.asarray(values, dtype=np.float64).ravel() for values in (first, second)]
    if not all(map(len, arrays)):
        raise ValueError("no values")
    value = float(arrays[0].mean() - arrays[1].mean())
    method = _method("welch", first=len(arrays[0]), second=len(arrays[1]))
    if min(map(len, arrays)) == 1:
        return Interval(value, math.nan, math.nan, method, level)
    parts = [float(array.var(ddof=1)) / len(array) for array in arrays]
    weight = sum(part**2 / (len(array) - 1) for part, array in zip(parts, arrays, strict=True))
    half = _t_quantile(level, sum(parts) ** 2 / weight) * math.sqrt(sum(parts)) if weight else 0.0
    return Interval(value, value - half, value + half, method, level)


def jackknife(whole: float, without: Sequence[float], level: float = LEVEL) -> Interval:
    """A statistic with the t interval of the jackknife that leaves out one block at a time.

    whole: the statistic of all items.  without: the statistic without block 0, 1, …, of equal size.
    Source: Quenouille 1956; Tukey 1958; grouped form, Shao & Tu 1995, section 2.3.
    """
    blocks = len(without)
    if blocks < 2:
        raise ValueError(f"{blocks} blocks")
    values = np.asarray(without, dtype=np.float64)
    error = math.sqrt((blocks - 1) / blocks * float(((values - values.mean()) ** 2).sum()))
    half = _t_quantile(level, blocks - 1) * error
    return Interval(float(whole), whole - half, whole + half, _method("jackknife", blocks=blocks), level)


def _method(name: str, **values: object) -> str:
    """How an interval was computed, in the words of the page."""
    return say(f"bias_texts.interval_method.{name}", **values)


def _normal_quantile(level: float) -> float:
    from statistics import NormalDist

    return NormalDist().inv_cdf((1 + level) / 2)


def _t_quantile(level: float, freedom: float) -> float:
    from scipy.stats import t

    return float(t.ppf((1 + level) / 2, freedom))
