"""Histograms of several samples over the same bins, to compare their distributions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BINS = 40


@dataclass(frozen=True)
class Histogram:
    """Samples over the same bins.

    edges: bins + 1 ascending numbers, from the least value of all samples to the largest.
    shares: name -> the share of the sample's values in each bin, 0 to 1.  quartiles: name -> 25, 50 and 75 %.
    """

    edges: tuple[float, ...]
    shares: dict[str, tuple[float, ...]]
    quartiles: dict[str, tuple[float, float, float]]

    def to_json(self) -> dict[str, object]:
        """{"edges", "shares", "quartiles"}, for programs."""
        return {"edges": self.edges, "shares": self.shares, "quartiles": self.quartiles}


def histogram(samples: Mapping[str, NDArray[np.floating]], bins: int = BINS) -> Histogram:
    """Counts samples over bins of equal width. samples: name -> (N,), at least one number each, all finite.

    Raises ValueError for an empty sample or a number that is not finite.
    """
    arrays = {name: np.asarray(values, np.float64) for name, values in samples.items()}
    if not arrays or not all(len(values) and np.isfinite(values).all() for values in arrays.values()):
        raise ValueError("a sample is empty or not finite")
    low, high = min(values.min() for values in arrays.values()), max(values.max() for values in arrays.values())
    edges = np.linspace(low, high if high > low else low + 1, bins + 1)
    shares = {name: tuple((np.histogram(values, edges)[0] / len(values)).tolist()) for name, values in arrays.items()}
    quartiles = {}
    for name, values in arrays.items():
        lower, median, upper = np.quantile(values, [0.25, 0.5, 0.75]).tolist()
        quartiles[name] = (lower, median, upper)
    return Histogram(tuple(edges.tolist()), shares, quartiles)
