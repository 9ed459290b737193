"""Features of real, held-out pictures: what every distance is measured against, computed once and kept on the disk."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from playground.metrics.features import PIXELS, Enlarging, batches_of_features

if TYPE_CHECKING:
    from playground.data.dataset import Dataset

MAX_REFERENCE_IMAGES = 2000


@dataclass(frozen=True, eq=False)
class ReferenceFeatures:
    """features: (N, 1280) float32 of up to 2,000 held-out pictures.  enlarging: how pictures reach the net's size."""

    features: NDArray[np.float32]
    enlarging: Enlarging


def reference_features(data: Dataset) -> Iterator[float | ReferenceFeatures]:
    """How far it is, 0 to 1, while the features are computed; then, or at once from the disk, the reference."""
    from playground.data import npz_cache

    enlarging = enlarging_for(data)
    path = _path(data, enlarging)
    kept = npz_cache.kept(path, None, 1280)
    if kept is None:
        rows = np.random.default_rng(0).permutation(data.held_out_rows())[:MAX_REFERENCE_IMAGES]
        parts: list[NDArray[np.float32]] = []
        for part in batches_of_features(data.images[rows], enlarging):
            parts.append(part)
            yield sum(map(len, parts)) / len(rows)
        kept = np.concatenate(parts)
        npz_cache.keep(path, kept)
    yield ReferenceFeatures(kept, enlarging)


def enlarging_for(data: Dataset) -> Enlarging:
    """Pixel art by repeating its pixels, as it is shown; others smoothly."""
    return "nearest" if all(PIXELS % side == 0 for side in data.images.shape[1:3]) else "bicubic"


def _path(data: Dataset, enlarging: Enlarging) -> Path:
    from playground.zoo.fetch import models_dir
    from playground.zoo.pretrained_gans import load_features

    # Other pictures, another net or another size: another file.
    words = f"{data.sha256()} {load_features().weights_sha256} {enlarging} {PIXELS} {MAX_REFERENCE_IMAGES}"
    return models_dir() / "measures" / f"{data.name}-{hashlib.sha256(words.encode()).hexdigest()[:16]}.npy"
