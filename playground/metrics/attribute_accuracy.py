"""Condition accuracy, and distances of label frequencies from the data's, from predicted labels.

The numbers include the errors of the classifier that predicts the labels.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from playground.metrics.intervals import LEVEL, Interval, bootstrap, proportion_interval

Labels = NDArray[np.int64]


def match_shares(
    requested: Mapping[str, Labels], predicted: Mapping[str, Labels], sizes: Mapping[str, int], level: float = LEVEL
) -> dict[str, Interval]:
    """For each attribute, the share of pictures that match the request; under "all", the share that match in all.

    requested, predicted: attribute -> (N,) class numbers.  sizes: attribute -> its number of classes; this number in
    `requested` means "any", as in the nets' conditions: every picture matches it, and the attribute's own share leaves
    it out. An attribute that is "any" everywhere has no entry.
    Raises ValueError for an attribute without predictions, or different lengths.
    """
    missing = set(requested) - set(predicted)
    if missing or any(requested[name].shape != predicted[name].shape for name in requested):
        raise ValueError(f"requested {sorted(requested)}, predicted {sorted(predicted)}")
    matches = {name: requested[name] == predicted[name] for name in requested}
    specified = {name: requested[name] != sizes[name] for name in requested}
    shares = {
        name: proportion_interval(matches[name][specified[name]], level) for name in requested if specified[name].any()
    }
    if shares:
        all_match = np.all([matches[name] | ~specified[name] for name in requested], axis=0)
        shares["all"] = proportion_interval(all_match, level)
    return shares


def marginal(labels: Labels, classes: int) -> NDArray[np.float64]:
    """The share of each class, (classes,), summing to 1. Raises ValueError for a label outside 0..classes-1."""
    if not len(labels) or labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"{len(labels)} labels for {classes} classes")
    return np.bincount(labels, minlength=classes) / len(labels)


def total_variation(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Half the sum of |p - q|: the largest difference of the two probabilities of any event, 0 to 1.

    Source: Levin, Peres & Wilmer 2009, proposition 4.2.
    """
    return float(np.abs(one - other).sum() / 2)


def marginal_distance(
    sampled: Labels, reference: Labels, classes: int, repeats: int = 1000, seed: int = 0, level: float = LEVEL
) -> Interval:
    """Total-variation distance of the samples' class shares from the reference's, with a bootstrap interval.

    sampled: (N,) labels, resampled.  reference: (M,) labels, held fixed.
    A distance is never negative, so chance alone keeps it above 0.
    """
    expected = marginal(reference, classes)
    return bootstrap(
        lambda indices: total_variation(marginal(sampled[indices], classes), expected),
        len(sampled),
        repeats,
        seed,
        level,
    )
