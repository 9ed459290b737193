"""Where a VAE puts the pictures of its data set: computed once, kept on the disk, for all panels.

The first training and held-out pictures are taken: both are in no order of their labels.

The encoder is given no condition ("any"): a picture's place comes from its pixels alone.
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

from playground.core.errors import PlaygroundError
from playground.core.paths import models_dir
from playground.images.model_menu import ImageModelFacts, image_model_facts
from playground.latent.vae_encoder import encode, real_pictures

if TYPE_CHECKING:
    from playground.data.dataset import Dataset

TRAINING, HELD_OUT = 10_000, 2_000
_BATCH = 250
#: Batches of (n, 2, D), mean and log variance, of encodings that were stopped on the way.
_unfinished: dict[Path, dict[int, NDArray[np.float32]]] = {}


@dataclass(frozen=True, eq=False)
class Posteriors:
    """The Gaussians of pictures: N training pictures first, then M held-out ones.

    rows: (N + M,) int64, of the data set.  means, log_variances: (N + M, D) float32.  training: N.
    """

    model: str
    dataset: str
    rows: NDArray[np.int64]
    means: NDArray[np.float32]
    log_variances: NDArray[np.float32]
    training: int


def vae_facts(model: str) -> ImageModelFacts:
    """Raises PlaygroundError if the model is not a VAE: the others have no encoder."""
    facts = image_model_facts(model)
    if facts.kind != "vae":
        raise PlaygroundError(f"{facts.title} has no encoder that gives pictures a place in its space: choose a VAE.")
    return facts


def encode_dataset(model: str) -> Iterator[float | Posteriors]:
    """How far it is, 0 to 1, while pictures are encoded; then, or at once from the disk, the codes.

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
    """Those of the held-out pictures alone, or of the set's sample where the set is not to be had.

    Raises PlaygroundError if the model has no encoder, or there are no pictures on this machine.
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


def _encoded(facts: ImageModelFacts, data: Dataset, rows: NDArray[np.int64]) -> Iterator[int | NDArray[np.float32]]:
    """How many are encoded; then, or at once from the disk, (N, 2, D): means and log variances."""
    from playground.data import npz_cache

    path = _path(facts, data, rows)
    cached = npz_cache.load_array(path, len(rows), 2, None)
    if cached is None:
        # What was encoded stays when nobody waits for the rest: the next who asks goes on from there. By its place, so
        # that two who ask at once may do a part twice, and nothing else comes of it.
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
    # Other weights, other pictures or another choice of them: another file.
    words = f"{facts.weights_sha256} {data.sha256()}".encode() + rows.tobytes()
    return models_dir() / "codes" / f"{facts.name}-{hashlib.sha256(words).hexdigest()[:16]}.npy"
