"""Encoded pictures of a VAE's data set: computed once, cached on disk, shared by all panels.

They are the first training and the first held-out pictures; neither set is sorted by label.
The encoder gets no condition ("any"), so a picture's place depends on its pixels alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.paths import models_dir
from playground.images.model_menu import ImageModelFacts, image_model_facts
from playground.latent.vae_encoder import encode, real_pictures

if TYPE_CHECKING:
    from playground.data.dataset import Dataset

TRAINING, HELD_OUT = 10_000, 2_000
_BATCH = 250
#: Path of the cache -> batches of (n, 2, D), means and log variances, of encodings stopped midway.
_unfinished: dict[Path, dict[int, NDArray[np.float32]]] = {}


@dataclass(frozen=True, eq=False)
class Posteriors:
    """Posterior Gaussians of pictures: N training pictures first, then M held-out ones.

    rows: (N + M,) int64, their rows in the data set.  means, log_variances: (N + M, D) float32.  training: N.
    """

    model: str
    dataset: str
    rows: NDArray[np.int64]
    means: NDArray[np.float32]
    log_variances: NDArray[np.float32]
    training: int


def vae_facts(model: str) -> ImageModelFacts:
    """Facts of a VAE. Raises PlaygroundError for any other model: it has no encoder."""
    facts = image_model_facts(model)
    if facts.kind != "vae":
        raise PlaygroundError(say("latent.points.errors.encoder_needed", model=facts.title))
    return facts


def encode_dataset(model: str) -> Iterator[float | Posteriors]:
    """Yields the fraction done, 0 to 1, while encoding; then the posteriors, at once if they are cached.

    Close it to stop. Raises PlaygroundError for a model without an encoder, or if the disk is full.
    """
    from playground.data import registry

    facts = vae_facts(model)
    data = registry.load(facts.dataset)
    groups = data.held_out_rows()[:HELD_OUT], data.train_rows()[:TRAINING]
    total, done, parts = sum(map(len, groups)), 0, []
    for rows in groups:
        for progress in _encoded(facts, data, rows):
            if isinstance(progress, int):
                yield (done + progress) / total
            else:
                parts.append(progress)
        done += len(rows)
    gaussians = np.concatenate(parts[::-1])
    yield Posteriors(model, data.name, np.concatenate(groups[::-1]), gaussians[:, 0], gaussians[:, 1], len(groups[1]))


def held_out_posteriors(model: str) -> Posteriors:
    """Posteriors of the held-out pictures alone, or of those in the set's sample if the set cannot be loaded.

    Raises PlaygroundError if the model has no encoder, or the pictures are not on this machine.
    """
    return _held_out(model, vae_facts(model).weights_sha256)


@lru_cache(maxsize=4)
def _held_out(model: str, weights_sha256: str) -> Posteriors:
    facts = vae_facts(model)
    data = real_pictures(facts.dataset)
    rows = data.held_out_rows()[:HELD_OUT]
    last = list(_encoded(facts, data, rows))[-1]
    assert not isinstance(last, int)
    return Posteriors(model, data.name, rows, last[:, 0], last[:, 1], 0)


def training_posteriors(model: str, count: int) -> Posteriors:
    """Posteriors of the first training pictures, at most `count`; of none if only the set's sample is here.

    Raises PlaygroundError if the model has no encoder, or the pictures are not on this machine.
    """
    facts = vae_facts(model)
    data = real_pictures(facts.dataset)
    rows = data.train_rows()[:count]
    if not len(rows):
        nothing = np.zeros((0, 0), np.float32)
        return Posteriors(model, data.name, rows, nothing, nothing, 0)
    last = list(_encoded(facts, data, rows))[-1]
    assert not isinstance(last, int)
    return Posteriors(model, data.name, rows, last[:, 0], last[:, 1], len(rows))


def _encoded(facts: ImageModelFacts, data: Dataset, rows: NDArray[np.int64]) -> Iterator[int | NDArray[np.float32]]:
    """Yields how many are encoded; then (N, 2, D), means and log variances, at once if they are cached."""
    from playground.data import npz_cache

    path = _path(facts, data, rows)
    cached = npz_cache.load_array(path, len(rows), 2, None)
    if cached is None:
        # Batches are kept if the caller stops, and the next call continues. They are keyed by position, so two calls at
        # once may encode a batch twice but never mix batches up.
        parts = _unfinished.setdefault(path, {})
        for done in range(0, len(rows), _BATCH):
            if done not in parts:
                yield done
                parts[done] = np.stack(encode(data.images[rows[done : done + _BATCH]], facts.name), 1)
        cached = np.concatenate([parts[done] for done in sorted(parts)])
        _unfinished.pop(path, None)
        npz_cache.save_array(path, cached)
    yield cached


def _path(facts: ImageModelFacts, data: Dataset, rows: NDArray[np.int64]) -> Path:
    # The name depends on the weights, the data and the choice of rows.
    words = f"{facts.weights_sha256} {data.sha256()}".encode() + rows.tobytes()
    return models_dir() / "codes" / f"{facts.name}-{hashlib.sha256(words).hexdigest()[:16]}.npy"
