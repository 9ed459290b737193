"""Kernel distance between two sets of features: unbiased, so samples of different sizes can be compared.

With EfficientNet-Lite0 features it is called KD-EfficientNet, with Inception features KID. An unbiased estimate of a
distance near 0 can be negative.
Source: Bińkowski et al. 2018, arXiv:1801.01401, section 3 and eq. 4; the estimator, Gretton et al. 2012, eq. 3.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from playground.metrics.intervals import LEVEL, Interval, mean_interval

Features = NDArray[np.floating]


def polynomial_kernel(one: Features, other: Features) -> NDArray[np.float64]:
    """(x . y / D + 1)^3 for each row of (N, D) and of (M, D): (N, M)."""
    dimensions = one.shape[1]
    products = one.astype(np.float64) @ other.astype(np.float64).T
    kernel: NDArray[np.float64] = (products / dimensions + 1.0) ** 3
    return kernel


def squared_mmd(one: Features, other: Features) -> float:
    """The unbiased squared maximum mean discrepancy of (N, D) and (M, D) under the polynomial kernel.

    Raises ValueError for fewer than 2 rows.
    """
    n, m = len(one), len(other)
    if n < 2 or m < 2:
        raise ValueError(f"{n} and {m} rows")
    within_one, within_other = polynomial_kernel(one, one), polynomial_kernel(other, other)
    same = (within_one.sum() - np.trace(within_one)) / (n * (n - 1))
    same += (within_other.sum() - np.trace(within_other)) / (m * (m - 1))
    return float(same - 2 * polynomial_kernel(one, other).mean())


def kernel_distance(
    features: Features, reference: Features, blocks: int = 10, seed: int = 0, level: float = LEVEL
) -> Interval:
    """The mean squared MMD over `blocks` disjoint blocks of pictures, with a t interval from their spread.

    The paper draws overlapping subsets, whose spread understates the error; disjoint blocks are independent.
    Raises ValueError for fewer than 2 pictures a block on either side.
    """
    generator = np.random.default_rng(seed)
    parts = [np.array_split(generator.permutation(len(side)), blocks) for side in (features, reference)]
    values = [squared_mmd(features[a], reference[b]) for a, b in zip(*parts, strict=True)]
    return mean_interval(values, "blocks", level)
