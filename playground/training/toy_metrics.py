"""Distances of a model's points from held-out data: KL and JS divergence of histograms, sliced Wasserstein distance."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from playground.data import toy_2d
from playground.data.toy_2d import Points

#: The histogram: cells on a side, over the square from -REACH to REACH; points outside count in the edge cells.
CELLS, REACH = 20, 1.2
#: Added to the count of every cell of both histograms, so that an empty one has a logarithm.
SMOOTHING = 0.5
#: Points on each side of a comparison, and the fixed directions of the slices, evenly over half a turn.
COUNT, SLICES = 2000, 16
#: Divergences come every so many steps, more often in the first.
_EARLY, _OFTEN = 200, 20
NAMES = ("kl", "js", "sliced_wasserstein")
#: A mode is covered if this share of the points that it has in the data lies within so many of its standard deviations.
COVERED_SHARE, COVERED_WITHIN = 0.2, 3.0


def is_due(step: int, every: int) -> bool:
    """Whether to measure after this step."""
    return step % (_OFTEN if step <= _EARLY else every) == 0


class ToyMetrics:
    """Measures points against one held-out sample. Deterministic: the same points give the same numbers."""

    def __init__(self, shape: str, seed: int, brush: list[int]) -> None:
        """Draws the held-out sample, and measures a second real one of its size: the floor of every distance."""
        self.held_out = toy_2d.points(shape, COUNT, seed, "held out", brush)
        angles = np.arange(SLICES) * math.pi / SLICES
        self._directions = np.stack([np.cos(angles), np.sin(angles)]).astype(np.float32)  # (2, slices)
        self._real = _histogram(self.held_out)
        self._slices = np.sort(self.held_out @ self._directions, axis=0)
        self._middles = toy_2d.mode_centres(shape)
        self.floor = self.measure(toy_2d.points(shape, COUNT, seed, "another", brush))

    @property
    def modes(self) -> int:
        """How many separate clusters the data has; 0 for continuous shapes."""
        return len(self._middles)

    def measure(self, points: Points) -> dict[str, float]:
        """The distances by NAMES, NaN if a point is not finite; and modes_covered, if the data has modes.

        points: (COUNT, 2).  kl: KL(data || points) of the histograms, bits.  js: their Jensen-Shannon divergence, bits,
        0 to 1 (Lin 1991).  sliced_wasserstein: the mean over slices of the mean distance between sorted
        projections (Bonneel et al. 2015), in units of the plane.  modes_covered: as in Srivastava et al. 2017,
        arXiv:1705.07761, but one stray point is not enough: see COVERED_SHARE.
        """
        if not np.isfinite(points).all():
            return dict.fromkeys((*NAMES, "modes_covered") if self.modes else NAMES, math.nan)
        model = _histogram(points)
        middle = (self._real + model) / 2
        js = (_kl_divergence(self._real, middle) + _kl_divergence(model, middle)) / 2
        slices = np.abs(np.sort(points.astype(np.float64) @ self._directions, axis=0) - self._slices).mean()
        covered = {"modes_covered": float(_count_covered_modes(points, self._middles))} if self.modes else {}
        return {"kl": _kl_divergence(self._real, model), "js": js, "sliced_wasserstein": float(slices), **covered}


def _histogram(points: Points) -> NDArray[np.float64]:
    """(CELLS²,) smoothed frequencies of the cells, summing to 1."""
    places = np.clip((np.clip(points, -REACH, REACH) + REACH) * (CELLS / (2 * REACH)), 0, CELLS - 1).astype(np.int64)
    counts = np.bincount(places[:, 0] * CELLS + places[:, 1], minlength=CELLS * CELLS) + SMOOTHING
    shares: NDArray[np.float64] = counts / counts.sum()
    return shares


def _count_covered_modes(points: Points, middles: Points) -> int:
    """How many modes have at least COVERED_SHARE of an equal share of the points."""
    apart = np.square(points[:, None] - middles[None]).sum(2)  # (points, modes)
    counts = (apart < (COVERED_WITHIN * toy_2d.MODE_WIDTH) ** 2).sum(0)
    return int((counts >= COVERED_SHARE * len(points) / len(middles)).sum())


def _kl_divergence(data: NDArray[np.float64], model: NDArray[np.float64]) -> float:
    """KL(data || model) in bits; both sum to 1."""
    return float((data * np.log2(data / model)).sum())
