"""Whether generated pictures copy training pictures: each is compared with all of them, and with all held-out ones.

The nearest of many training pictures is nearer than that of few held-out ones, also for a picture that copies nothing.
So the ratio of the two distances is measured for held-out pictures too, which nobody can have copied, and a generated
picture is a copy where its ratio is below that of 99 % of them: the rule of metrics/memorization.py. A ratio, and not
the distance alone, because a young model's blurred pictures are near to everything.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Images
from playground.metrics.memorization import MOST_HELD_OUT, copy_limit
from playground.training.image_data import flatten_pixels

#: Fewer held-out pictures are no measure.
FEWEST_HELD_OUT = 20


@dataclass(frozen=True, eq=False)
class CopyVerdicts:
    """Of N generated pictures. nearest: (N,) int64, of the training pictures.  copied: (N,) uint8, 1 for a copy.

    near, far: (N,) float32, the distances to it and to the nearest held-out picture, RMS over pixels, 0 to 1.
    """

    nearest: NDArray[np.int64]
    near: NDArray[np.float32]
    far: NDArray[np.float32]
    copied: NDArray[np.uint8]


class CopyJudge:
    """Compares pictures with those of a training. limit: a picture is a copy if near < limit * far."""

    def __init__(self, train: Images, held_out: Images) -> None:
        """train, held_out: (N, H, W, C) uint8. Without FEWEST_HELD_OUT held-out ones nothing is called a copy."""
        self._train, self._held_out = _Known(train), _Known(held_out)
        own = np.arange(len(held_out))[:: max(1, len(held_out) // MOST_HELD_OUT)][:MOST_HELD_OUT]
        far = self._held_out.distances(held_out[own])
        far[np.arange(len(own)), own] = np.inf  # itself
        ratio = self._train.distances(held_out[own]).min(1) / np.maximum(far.min(1), 1e-6)
        can_judge = len(held_out) >= FEWEST_HELD_OUT
        self.limit = copy_limit(ratio) if can_judge else 0.0

    def judge(self, pictures: Images) -> CopyVerdicts:
        """pictures: (N, H, W, C) uint8."""
        nearest, near = self._train.nearest(pictures)
        _, far = self._held_out.nearest(pictures)
        return CopyVerdicts(nearest, near, far, (near < self.limit * far).astype(np.uint8))


class _Known:
    """Pictures that others are compared with."""

    def __init__(self, images: Images) -> None:
        self._rows = flatten_pixels(images)
        self._squares = np.einsum("np,np->n", self._rows, self._rows)

    def distances(self, pictures: Images) -> NDArray[np.float32]:
        """(N, M), root mean square over pixels, 0 to 1."""
        rows = flatten_pixels(pictures)
        squared = np.einsum("np,np->n", rows, rows)[:, None] + self._squares[None] - 2 * rows @ self._rows.T
        distances: NDArray[np.float32] = np.sqrt(squared.clip(0) / rows.shape[1])
        return distances

    def nearest(self, pictures: Images) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """((N,) index of the nearest, (N,) its distance), measured again: a copy is at 0, whatever was rounded."""
        places = self.distances(pictures).argmin(1)
        difference = flatten_pixels(pictures) - self._rows[places]
        distances: NDArray[np.float32] = np.sqrt(np.square(difference).mean(1, dtype=np.float32))
        return places, distances
