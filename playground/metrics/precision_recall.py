"""Improved precision and recall, density and coverage: do pictures look real, and do they cover all kinds?

A set's region is the union of balls around its features; each reaches to the k-th nearest neighbour in the same set.
An outlier has a large ball: precision and recall forgive it, density and coverage do not.
Source: Kynkäänniemi et al. 2019, arXiv:1904.06991, eqs. 1-2 (k = 3); Naeem et al. 2020, arXiv:2002.09797, eqs. 3-4.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.metrics.intervals import LEVEL, Interval, mean_interval, proportion_interval

Features = NDArray[np.floating]
_CHUNK_ROWS = 1024


@dataclass(frozen=True)
class PrecisionRecall:
    """Shares, each with its interval.

    precision: of generated features inside the real region.  recall: of real features inside the generated region.
    density: real balls that hold a generated feature, over k, on average: about 1 for equal sets, and may exceed it.
    coverage: of real features with a generated one inside their ball.
    The intervals hold the other set fixed. Compare only equal counts and equal k.
    """

    precision: Interval
    recall: Interval
    density: Interval
    coverage: Interval
    k: int


def precision_recall(generated: Features, real: Features, k: int = 3, level: float = LEVEL) -> PrecisionRecall:
    """The four measures of (N, D) generated against (M, D) real features, with Euclidean distance.

    Raises ValueError unless 1 <= k < N, M.
    """
    if not 1 <= k < min(len(generated), len(real)):
        raise ValueError(f"k = {k} of {len(generated)} and {len(real)} features")
    # Moving both sets leaves distances unchanged; near the origin they lose fewer digits.
    middle = real.astype(np.float64).mean(axis=0)
    fake, true = generated.astype(np.float64) - middle, real.astype(np.float64) - middle
    true_radii, fake_radii = _radii(true, k), _radii(fake, k)
    balls = np.zeros(len(fake))
    recalled = np.zeros(len(true), dtype=bool)
    covered = np.zeros(len(true), dtype=bool)
    for rows, squared in _squared_distances(fake, true):
        inside = squared <= true_radii[None, :]
        balls[rows] = inside.sum(axis=1)
        covered |= inside.any(axis=0)
        recalled |= (squared <= fake_radii[rows, None]).any(axis=0)
    return PrecisionRecall(
        precision=proportion_interval(balls > 0, level),
        recall=proportion_interval(recalled, level),
        density=mean_interval(balls / k, "generated pictures", level),
        coverage=proportion_interval(covered, level),
        k=k,
    )


def _radii(features: NDArray[np.float64], k: int) -> NDArray[np.float64]:
    """Squared distance from each feature to its k-th nearest other one: (N,)."""
    radii = np.empty(len(features))
    for rows, squared in _squared_distances(features, features):
        squared[np.arange(len(squared)), np.arange(rows.start, rows.stop)] = np.inf
        radii[rows] = np.partition(squared, k - 1, axis=1)[:, k - 1]
    return radii


def _squared_distances(
    one: NDArray[np.float64], other: NDArray[np.float64]
) -> Iterator[tuple[slice, NDArray[np.float64]]]:
    """Yields (rows, block): the (N, M) squared distances, a block of rows at a time."""
    lengths = np.einsum("md,md->m", other, other)
    for start in range(0, len(one), _CHUNK_ROWS):
        rows = slice(start, min(start + _CHUNK_ROWS, len(one)))
        block = one[rows]
        squared = np.einsum("nd,nd->n", block, block)[:, None] + lengths[None, :] - 2 * (block @ other.T)
        yield rows, np.clip(squared, 0, None)
