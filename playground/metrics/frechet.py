"""Fréchet distance between the Gaussians of two sets of features.

With EfficientNet-Lite0 features it is called FD-EfficientNet. It is not comparable with FID, the same formula over the
features of one particular Inception network. It sees only mean and covariance, and is biased upwards for small samples:
compare only equal counts, next to the floor, the same distance between real pictures.
Source: Dowson & Landau 1982, J. Multivariate Analysis 12(3), eq. 16; for pictures, Heusel et al. 2017,
arXiv:1706.08500, eq. 6; the bias, Chong & Forsyth 2020, arXiv:1911.07023.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from playground.metrics.intervals import LEVEL, Interval, jackknife

Features = NDArray[np.floating]
Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class FeatureGaussian:
    """Mean (D,) and covariance (D, D), float64, of `count` feature vectors."""

    mean: Matrix
    covariance: Matrix
    count: int

    @cached_property
    def root(self) -> Matrix:
        """The covariance's symmetric root; eigenvalues below 0 by rounding count as 0."""
        values, vectors = np.linalg.eigh(self.covariance)
        root: Matrix = (vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T
        return root


def fit_gaussian(features: Features) -> FeatureGaussian:
    """The Gaussian of (N, D) features, its covariance unbiased. Raises ValueError for fewer than 2 rows."""
    if features.ndim != 2 or len(features) < 2:
        raise ValueError(f"features of shape {features.shape}")
    exact = features.astype(np.float64)
    mean = exact.mean(axis=0)
    centred = exact - mean
    return FeatureGaussian(mean, centred.T @ centred / (len(exact) - 1), len(exact))


def frechet_distance(one: FeatureGaussian, other: FeatureGaussian) -> float:
    """|m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)), in squared units of the features; 0 for equal Gaussians.

    The trace of the root is the sum of the singular values of C1^(1/2) C2^(1/2), which stays exact for covariances
    without full rank (fewer pictures than features).
    """
    # tr (C1 C2)^(1/2) = tr (R C2 R)^(1/2) with R = C1^(1/2), whose eigenvalues are real and not negative
    inner = np.linalg.eigvalsh(one.root @ other.covariance @ one.root)
    shared = np.sqrt(np.clip(inner, 0, None)).sum()
    gap = one.mean - other.mean
    distance = gap @ gap + np.trace(one.covariance) + np.trace(other.covariance) - 2 * shared
    return max(0.0, float(distance))


def frechet(features: Features, reference: Features, blocks: int = 10, seed: int = 0, level: float = LEVEL) -> Interval:
    """The distance of (N, D) features to (M, D) reference features, with a jackknife interval over blocks of N.

    The reference is held fixed: the interval covers which pictures were drawn, not the bias.
    Raises ValueError for fewer than 2 pictures a block.
    """
    count = len(features) // blocks * blocks
    if blocks < 2 or count < 2 * blocks:
        raise ValueError(f"{len(features)} pictures in {blocks} blocks")
    distance = _distance_to(fit_gaussian(reference))
    order = np.random.default_rng(seed).permutation(len(features))[:count].reshape(blocks, -1)
    without = [distance(features[np.delete(order, block, axis=0).ravel()]) for block in range(blocks)]
    return jackknife(distance(features), without, level)


def _distance_to(reference: FeatureGaussian) -> Callable[[Features], float]:
    """The distance of (N, D) features to a fixed Gaussian, as a function.

    With fewer rows than dimensions it uses an N x N matrix: for centred rows X, the nonzero eigenvalues of C1 X^T X
    are those of X C1 X^T.
    """

    def distance(features: Features) -> float:
        if len(features) >= features.shape[1]:
            return frechet_distance(reference, fit_gaussian(features))
        if len(features) < 2:
            raise ValueError(f"features of shape {features.shape}")
        exact = features.astype(np.float64)
        mean = exact.mean(axis=0)
        centred = (exact - mean) / np.sqrt(len(exact) - 1)
        values = np.linalg.eigvalsh(centred @ reference.covariance @ centred.T)
        shared, gap = np.sqrt(np.clip(values, 0, None)).sum(), reference.mean - mean
        total = gap @ gap + np.trace(reference.covariance) + (centred**2).sum() - 2 * shared
        return max(0.0, float(total))

    return distance
