"""The Word Embedding Association Test: how much nearer X is to A than to B, compared with Y; with p and an interval.

It takes vectors, not words. Source: Caliskan, Bryson and Narayanan 2017, doi:10.1126/science.aal4230. Their effect size
d divides by the spread of X and Y together, so it has a ceiling of about 2 and is not Cohen's d.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.metrics.intervals import LEVEL, Interval

#: Up to so many partitions all are counted; of more, so many are drawn.
MOST_COUNTED, DRAWN = 250_000, 100_000
REPEATS = 2000
ALTERNATIVES = ("greater", "two-sided", "less")
#: Relative rounding error allowed between sums of the same numbers in another order.
_ROUNDING = 1e-12
#: Partitions drawn per batch.
_AT_ONCE = 10_000


@dataclass(frozen=True, eq=False)
class Association:
    """The result of a test. d: effect size, unitless.  ceiling: the largest possible d for lists of these lengths.

    difference: mean of s over X minus that over Y, in cosines.  x, y: (n,) float64, each word's s.
    p: by ALTERNATIVES.  partitions: how many were counted, with the observed one.
    exact: whether these are all partitions.  interval: of d.
    """

    d: float
    ceiling: float
    difference: float
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    p: dict[str, float]
    partitions: int
    exact: bool
    interval: Interval


def cosines(targets: NDArray[np.floating], attributes: NDArray[np.floating]) -> NDArray[np.float64]:
    """(n, m) cosines between the vectors (n, D) and (m, D), none of them zero."""
    left, right = (
        points / np.linalg.norm(points, axis=1, keepdims=True)
        for points in (np.asarray(targets, np.float64), np.asarray(attributes, np.float64))
    )
    result: NDArray[np.float64] = left @ right.T
    return result


def association_scores(to_a: NDArray[np.float64], to_b: NDArray[np.float64]) -> NDArray[np.float64]:
    """s of each word: its mean cosine to A minus that to B. (n, |A|) and (n, |B|) -> (n,)."""
    result: NDArray[np.float64] = to_a.mean(axis=1) - to_b.mean(axis=1)
    return result


def effect_size(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """d along the last axis: difference of the means over the sample standard deviation of both lists together.

    x, y: (..., n) scores. nan where all words have the same score.
    """
    both = np.concatenate([x, y], axis=-1)
    spread = both.std(axis=-1, ddof=1)
    spread = np.where(spread > _ROUNDING, spread, np.nan)
    result: NDArray[np.float64] = (x.mean(axis=-1) - y.mean(axis=-1)) / spread
    return result


def largest_effect_size(x: int, y: int) -> float:
    """The ceiling of d for lists of these lengths: all of X have one score, all of Y another."""
    return math.sqrt((x + y) * (x + y - 1) / (x * y))


def permutation_test(
    x: NDArray[np.float64], y: NDArray[np.float64], seed: int = 0
) -> tuple[dict[str, float], int, bool]:
    """(p by ALTERNATIVES, partitions counted, whether these are all) over the ways to deal the words to X and Y.

    The statistic is the difference of the means; |X| is kept. Up to MOST_COUNTED partitions all are counted, with the
    observed one. Of more, DRAWN others are drawn, none twice, and p = (1 + k) / (1 + DRAWN) if k of them are at least
    as extreme: Phipson and Smyth 2010, doi:10.2202/1544-6115.1585.
    """
    both = np.concatenate([x, y])
    count, first = len(both), len(x)
    total = math.comb(count, first)
    exact = total <= MOST_COUNTED
    sums = _all_sums(both, first) if exact else _sampled_sums(both, first, np.random.default_rng(seed))
    # With |X| kept, the mean difference grows with the sum over X alone.
    second = count - first
    differences = sums / first - (both.sum() - sums) / second
    observed = x.mean() - y.mean()
    slack = _ROUNDING * float(np.abs(both).sum() + 1e-300)
    extreme = {
        "greater": differences >= observed - slack,
        "less": differences <= observed + slack,
        "two-sided": np.abs(differences) >= abs(observed) - slack,
    }
    own = 0 if exact else 1
    p = {name: float((own + np.count_nonzero(hits)) / (own + len(sums))) for name, hits in extreme.items()}
    return p, own + len(sums), exact


def _all_sums(both: NDArray[np.float64], first: int) -> NDArray[np.float64]:
    """Sum over X in every partition."""
    fewer = min(first, len(both) - first)
    chosen = itertools.chain.from_iterable(itertools.combinations(range(len(both)), fewer))
    places = np.fromiter(chosen, np.int64).reshape(-1, fewer)
    sums: NDArray[np.float64] = both[places].sum(axis=1)
    return sums if fewer == first else both.sum() - sums


def _sampled_sums(both: NDArray[np.float64], first: int, generator: np.random.Generator) -> NDArray[np.float64]:
    """Sum over X in DRAWN different partitions other than the observed one."""
    seen = {_pack(np.arange(len(both)) < first)[0].tobytes()}
    sums: list[float] = []
    while len(sums) < DRAWN:
        places = generator.random((_AT_ONCE, len(both))).argpartition(first - 1, axis=1)[:, :first]
        inside = np.zeros((_AT_ONCE, len(both)), np.bool_)
        np.put_along_axis(inside, places, True, axis=1)
        for key, value in zip(map(bytes, _pack(inside)), inside @ both, strict=True):
            if key not in seen and len(sums) < DRAWN:
                seen.add(key)
                sums.append(float(value))
    return np.array(sums)


def _pack(inside: NDArray[np.bool_]) -> NDArray[np.uint8]:
    return np.packbits(np.atleast_2d(inside), axis=1)


def bootstrap_effect_size(
    x_to: tuple[NDArray[np.float64], NDArray[np.float64]],
    y_to: tuple[NDArray[np.float64], NDArray[np.float64]],
    repeats: int = REPEATS,
    seed: int = 0,
    level: float = LEVEL,
) -> Interval:
    """d with its percentile bootstrap interval, all four lists resampled at their own lengths.

    x_to, y_to: cosines to A and to B, (n, |A|) and (n, |B|). The interval covers the d of other words for the same four
    ideas, in lists as long as these (in at least 95 of 100 cases, measured on toy vectors). It does not cover the d of
    infinite lists: near the ceiling, short lists give a smaller d than long ones.
    """
    generator = np.random.default_rng(seed)
    weights = [_weights(cosines.shape[1], repeats, generator) for cosines in x_to]
    samples = []
    for to in (x_to, y_to):
        resampled = weights[0] @ to[0].T - weights[1] @ to[1].T  # (repeats, n): each word's s by the sampled attributes
        places = generator.integers(0, resampled.shape[1], resampled.shape)
        samples.append(np.take_along_axis(resampled, places, axis=1))
    values = effect_size(samples[0], samples[1])
    values = values[np.isfinite(values)]
    whole = float(effect_size(association_scores(*x_to), association_scores(*y_to)))
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2]) if len(values) else (math.nan, math.nan)
    method = say("bias.weat.interval_method", repeats=repeats)
    return Interval(whole, float(low), float(high), method, level)


def _weights(count: int, repeats: int, generator: np.random.Generator) -> NDArray[np.float64]:
    """(repeats, count) the share of each word in lists drawn with replacement."""
    result: NDArray[np.float64] = generator.multinomial(count, np.full(count, 1 / count), repeats) / count
    return result


def association_test(
    x: NDArray[np.floating],
    y: NDArray[np.floating],
    a: NDArray[np.floating],
    b: NDArray[np.floating],
    seed: int = 0,
) -> Association:
    """The whole test of four lists of vectors (n, D), two or more in each.

    Raises PlaygroundError if all words of X and Y have the same s: there is no spread to divide by.
    """
    if min(map(len, (x, y, a, b))) < 2:
        raise ValueError(f"lists of {[len(one) for one in (x, y, a, b)]} points")
    (x_to_a, x_to_b), (y_to_a, y_to_b) = ((cosines(one, a), cosines(one, b)) for one in (x, y))
    x_scores, y_scores = association_scores(x_to_a, x_to_b), association_scores(y_to_a, y_to_b)
    d = float(effect_size(x_scores, y_scores))
    if not math.isfinite(d):
        raise PlaygroundError(say("bias.weat.no_spread"))
    p, partitions, exact = permutation_test(x_scores, y_scores, seed)
    interval = bootstrap_effect_size((x_to_a, x_to_b), (y_to_a, y_to_b), seed=seed)
    difference = float(x_scores.mean() - y_scores.mean())
    ceiling = largest_effect_size(len(x), len(y))
    return Association(d, ceiling, difference, x_scores, y_scores, p, partitions, exact, interval)
