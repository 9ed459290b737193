"""Condition accuracy, and distances of label frequencies from the data's, from predicted labels.

Errors of the classifier that predicts the labels are part of the numbers.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from playground.metrics.intervals import LEVEL, Interval, bootstrap, proportion_interval

Labels = NDArray[np.int64]


def match_shares(
    asked: Mapping[str, Labels], read: Mapping[str, Labels], sizes: Mapping[str, int], level: float = LEVEL
) -> dict[str, Interval]:
    """For each asked attribute, the share of pictures that show it; under "all", the share that show all of them.

    asked, read: attribute -> (N,) class numbers.  sizes: attribute -> how many classes it has; this number in `asked`
    means "any", as in the nets' conditions: it is met by whatever is shown, and left out of the attribute's own share.
    An attribute that nobody asked for has no entry.
    Raises ValueError for an attribute that was not read, or other lengths.
    """
    missing = set(asked) - set(read)
    if missing or any(asked[name].shape != read[name].shape for name in asked):
        raise ValueError(f"asked {sorted(asked)}, read {sorted(read)}")
    wanted = {name: asked[name] != sizes[name] for name in asked}
    shares = {
        name: proportion_interval((asked[name] == read[name])[wanted[name]], level)
        for name in asked
        if wanted[name].any()
    }
    if shares:
        met = [(asked[name] == read[name]) | ~wanted[name] for name in asked]
        shares["all"] = proportion_interval(np.all(met, axis=0), level)
    return shares


def marginal(labels: Labels, classes: int) -> NDArray[np.float64]:
    """The share of each class, (classes,), summing to 1. Raises ValueError for a label outside 0..classes-1."""
    if not len(labels) or labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"{len(labels)} labels for {classes} classes")
    return np.bincount(labels, minlength=classes) / len(labels)


def total_variation(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Half the sum of |p - q|: the most that two distributions can differ on any event, 0 to 1.

    Source: Levin, Peres & Wilmer 2009, proposition 4.2.
    """
    return float(np.abs(one - other).sum() / 2)


def marginal_distance(
    sampled: Labels, reference: Labels, classes: int, repeats: int = 1000, seed: int = 0, level: float = LEVEL
) -> Interval:
    """Total-variation distance of the samples' class shares from the reference's, with a bootstrap interval.

    sampled: (N,) labels, resampled.  reference: (M,) labels, held fixed.
    It cannot be negative, so chance alone keeps it above 0: see `distance_by_chance`.
    """
    expected = marginal(reference, classes)
    return bootstrap(
        lambda chosen: total_variation(marginal(sampled[chosen], classes), expected),
        len(sampled),
        repeats,
        seed,
        level,
    )


def distance_by_chance(reference: Labels, count: int, classes: int, repeats: int = 1000, seed: int = 0) -> float:
    """The mean total-variation distance that `count` labels drawn from the reference's own shares have: the floor."""
    expected = marginal(reference, classes)
    sampled = np.random.default_rng(seed).multinomial(count, expected, repeats) / count  # (repeats, classes)
    return float(np.abs(sampled - expected).sum(axis=1).mean() / 2)
