"""Near-copies of training pictures, with the distances of unseen real pictures as the baseline.

The rule, in `copy_limit`, for the bundled models' table, the card of a drawn picture and trainings: a picture is a
near-copy if it is nearer to a training picture than 99 % of unseen real pictures are. No number is chosen by hand, such
as a share of their median: how near unseen pictures come by chance differs from data to data, and three quarters of
the median would call 12 % of unseen avatars copies.

The distance is the root-mean-square difference of pixel values, 0 to 255: exact, but blind to a shift by one pixel.
Source: the comparison with held-out data, Meehan et al. 2020, arXiv:2004.05675; van den Burg & Williams 2021.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.metrics.intervals import LEVEL, Interval, proportion_interval

Pictures = NDArray[np.uint8]
#: The share of unseen pictures that the rule takes for copies.
UNSEEN_SHARE = 0.01
#: So many unseen pictures are compared at most.
MOST_HELD_OUT = 400
_CHUNK_SIZE = 4096


@dataclass(frozen=True)
class Nearest:
    """The k nearest pictures of each of Q, nearest first; of equals, the first in the set.

    indices: (Q, k) int64, into the searched pictures.  distances: (Q, k) float64, RMS difference of pixels, 0..255.
    """

    indices: NDArray[np.int64]
    distances: NDArray[np.float64]


@dataclass(frozen=True)
class CopyShares:
    """Near-copies among samples and among held-out pictures.

    threshold: the largest distance of a near-copy.  exceeds: whether the samples' interval is wholly above that of
    held-out pictures, which is evidence of copying.
    """

    samples: Interval
    held_out: Interval
    threshold: float
    exceeds: bool


def nearest(pictures: Pictures, searched: Pictures, k: int = 1) -> Nearest:
    """The k nearest of (M, H, W, C) `searched` to each of (Q, H, W, C) `pictures`, both uint8.

    Sums of squares of bytes are whole numbers below 2^53, so float64 products are exact.
    Raises ValueError if the pictures differ in shape or k is not in 1..M.
    """
    if pictures.shape[1:] != searched.shape[1:] or not 1 <= k <= len(searched):
        raise ValueError(f"pictures {pictures.shape}, searched {searched.shape}, k = {k}")
    queries = pictures.reshape(len(pictures), -1).astype(np.float64)
    lengths = np.einsum("qp,qp->q", queries, queries)[:, None]
    # One key for distance and index, squared * count + index: exact below 2^53, and without ties.
    count = len(searched)
    if queries.shape[1] * 255.0**2 * count >= 2.0**53:
        raise ValueError(f"{count} pictures of {queries.shape[1]} numbers are too many")
    best = np.full((len(queries), 0), np.inf)
    for start in range(0, count, _CHUNK_SIZE):
        chunk = searched[start : start + _CHUNK_SIZE].reshape(-1, queries.shape[1]).astype(np.float64)
        squared = lengths + np.einsum("mp,mp->m", chunk, chunk)[None, :] - 2 * (queries @ chunk.T)
        keys = np.concatenate([best, squared * count + np.arange(start, start + len(chunk))], axis=1)
        best = np.partition(keys, k - 1, axis=1)[:, :k] if keys.shape[1] > k else keys
    best.sort(axis=1)
    squared, indices = np.divmod(best, count)
    return Nearest(indices.astype(np.int64), np.sqrt(squared / queries.shape[1]))


def percentile_among(distances: NDArray[np.float64], held_out: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each distance, the percentage of held-out pictures that are as near to the training set or nearer, 0..100.

    distances: any shape.  held_out: (N,) distances of held-out pictures to their nearest training picture.
    A sample at 1 is nearer than 99 % of unseen real pictures; an exact copy is at 0 unless unseen ones are copies too.
    """
    ascending = np.sort(held_out)
    return 100.0 * np.searchsorted(ascending, distances, side="right") / len(ascending)


def copy_limit(held_out: NDArray[Any]) -> float:
    """The nearness of a near-copy: that of the nearest UNSEEN_SHARE of held-out pictures, of fewer than 100 the least.

    held_out: (N,) distances to the nearest training picture, in any unit, or their ratios to another distance.
    """
    return float(np.quantile(held_out, UNSEEN_SHARE, method="inverted_cdf"))


def near_copies(
    distances: NDArray[np.float64],
    held_out: NDArray[np.float64],
    threshold: float | None = None,
    level: float = LEVEL,
) -> CopyShares:
    """The share of samples within `threshold` of a training picture, beside the same share of held-out pictures.

    distances: (Q,), held_out: (N,), to the nearest training picture.
    threshold: RMS of pixel values; None for `copy_limit`.
    """
    limit = copy_limit(held_out) if threshold is None else threshold
    samples, real = proportion_interval(distances <= limit, level), proportion_interval(held_out <= limit, level)
    return CopyShares(samples, real, limit, exceeds=samples.low > real.high)
