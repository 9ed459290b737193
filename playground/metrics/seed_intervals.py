"""Intervals of a mean over a few seeds that cover both which pictures were drawn and how the seeds differ.

Three means may agree by chance, so that Student's interval over them is far too narrow; or they differ so much that it
leaves the range of the quantity. Both are mended by the wider of two half-widths, one from the pictures within the
seeds, one from the spread of the seeds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np

from playground.metrics.intervals import LEVEL, Interval


def share_over_seeds(shares: Sequence[float], trials: int, level: float = LEVEL) -> Interval:
    """The mean of shares, 0 to 1, with an interval that stays in this range; ends of nan for a single seed.

    shares: one a seed, each of `trials` pictures.
    Wilson's interval for as many pictures as have the same variance: fewer than drawn if the seeds differ by more
    than chance. Source: Korn and Graubard 1998, Survey Methodology 24(2), with Wilson's limits.
    """
    value, seeds = float(np.mean(shares)), len(shares)
    method = f"Wilson, {seeds} seeds of {trials:,} pictures, by the larger variance"
    if seeds < 2:
        return Interval(value, math.nan, math.nan, method, level)
    z, variance = _quantiles(level, seeds)[0], value * (1 - value)
    half = _half_of_seeds(shares, level)
    size = float(trials * seeds) if not half or not variance else min(trials * seeds, variance * (z / half) ** 2)
    middle = (value + z * z / (2 * size)) / (1 + z * z / size)
    wide = z / (1 + z * z / size) * math.sqrt(variance / size + (z / (2 * size)) ** 2)
    return Interval(value, max(0.0, middle - wide), min(1.0, middle + wide), method, level)


def mean_over_seeds(
    values: Sequence[float],
    errors: Sequence[float] = (),
    least: float = -math.inf,
    most: float = math.inf,
    level: float = LEVEL,
) -> Interval:
    """The mean of any quantity, one value a seed; ends of nan for a single seed.

    errors: each seed's standard error over its pictures; without them only the spread of the seeds counts.
    least, most: the range of the quantity, which the interval does not leave.
    """
    value, seeds = float(np.mean(values)), len(values)
    method = f"t, {seeds} seeds" + (", or normal over their pictures if wider" if errors else "")
    if seeds < 2:
        return Interval(value, math.nan, math.nan, method, level)
    pictures = _quantiles(level, seeds)[0] * math.sqrt(sum(error**2 for error in errors)) / seeds
    half = max(_half_of_seeds(values, level), pictures)
    return Interval(value, max(least, value - half), min(most, value + half), method, level)


def _half_of_seeds(values: Sequence[float], level: float) -> float:
    """Half of Student's interval of the mean over seeds."""
    return _quantiles(level, len(values))[1] * float(np.std(values, ddof=1)) / math.sqrt(len(values))


def _quantiles(level: float, seeds: int) -> tuple[float, float]:
    """(normal, Student) quantiles of a two-sided interval."""
    from scipy.stats import t

    return NormalDist().inv_cdf((1 + level) / 2), float(t.ppf((1 + level) / 2, seeds - 1))
