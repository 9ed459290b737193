"""Features of real, held-out pictures: the reference of all feature distances, computed once and cached on disk."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from playground.core.paths import models_dir
from playground.images.image_features import PIXELS, Enlarging, batches_of_features

if TYPE_CHECKING:
    from playground.data.dataset import Dataset

MAX_REFERENCE_IMAGES = 2000


@dataclass(frozen=True, eq=False)
class ReferenceFeatures:
    """features: (N, 1280) float32 of up to 2,000 held-out pictures.  enlarging: how the net's input is resized."""

    features: NDArray[np.float32]
    enlarging: Enlarging


def reference_features(data: Dataset) -> Iterator[float | ReferenceFeatures]:
    """Yields progress, 0 to 1, while features are computed, then the reference; from the cache only the reference."""
    from playground.data import npz_cache

    enlarging = enlarging_for(data)
    path = _path(data, enlarging)
    features = npz_cache.load_array(path, None, 1280)
    if features is None:
        rows = np.random.default_rng(0).permutation(data.held_out_rows())[:MAX_REFERENCE_IMAGES]
        parts: list[NDArray[np.float32]] = []
        for part in batches_of_features(data.images[rows], enlarging):
            parts.append(part)
            yield sum(map(len, parts)) / len(rows)
        features = np.concatenate(parts)
        npz_cache.save_array(path, features)
    yield ReferenceFeatures(features, enlarging)


def enlarging_for(data: Dataset) -> Enlarging:
    """Nearest neighbour for pixel art, as the page shows it; bicubic for other pictures."""
    return "nearest" if all(PIXELS % side == 0 for side in data.images.shape[1:3]) else "bicubic"


def _path(data: Dataset, enlarging: Enlarging) -> Path:
    from playground.zoo.pretrained_gans import load_features

    # Other pictures, another net or another size: another file.
    key = f"{data.sha256()} {load_features().weights_sha256} {enlarging} {PIXELS} {MAX_REFERENCE_IMAGES}"
    return models_dir() / "measures" / f"{data.name}-{hashlib.sha256(key.encode()).hexdigest()[:16]}.npy"
