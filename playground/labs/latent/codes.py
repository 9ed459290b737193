"""Where a VAE puts the pictures of its data set: computed once, kept on the disk. Map and Directions share it.

The encoder is told nothing about what a picture shows ("any"): its place comes from its pixels alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from playground.errors import PlaygroundError
from playground.labs.latent.encoding import encode
from playground.labs.pictures.models import PictureFacts, picture_facts

if TYPE_CHECKING:
    from playground.data.dataset import Dataset

TRAINING, HELD_OUT = 10_000, 2_000
_BATCH = 250
#: Batches of (n, 2, D), mean and log variance, of encodings that were stopped on the way.
_unfinished: dict[Path, list[NDArray[np.float32]]] = {}


@dataclass(frozen=True, eq=False)
class Codes:
    """The Gaussians of pictures: N training pictures first, then M held-out ones.

    rows: (N + M,) int64, of the data set.  means, log_variances: (N + M, D) float32.  training: N.
    """

    model: str
    dataset: str
    rows: NDArray[np.int64]
    means: NDArray[np.float32]
    log_variances: NDArray[np.float32]
    training: int


def vae_facts(model: str) -> PictureFacts:
    """Raises PlaygroundError if the model is no VAE: the others have no encoder."""
    facts = picture_facts(model)
    if facts.kind != "vae":
        raise PlaygroundError(f"{facts.title} has no encoder that gives pictures a place in its space: choose a VAE.")
    return facts


def codes(model: str) -> Iterator[float | Codes]:
    """How far it is, 0 to 1, while pictures are encoded; then, or at once from the disk, the codes.

    Close it to stop. Raises PlaygroundError for a model without an encoder, or if the disk is full.
    """
    from playground.data import shelf, stored

    facts = vae_facts(model)
    data = shelf.load(facts.dataset)
    rows = _rows(data)
    path = _path(facts, data)
    kept = stored.kept(path, len(rows), 2, None)
    if kept is None:
        # What was encoded stays when nobody waits for the rest: the next who asks goes on from there.
        parts = _unfinished.setdefault(path, [])
        while (done := sum(map(len, parts))) < len(rows):
            yield done / len(rows)
            parts.append(np.stack(encode(data.images[rows[done : done + _BATCH]], model), 1))
        kept = np.concatenate(parts)
        _unfinished.pop(path, None)
        stored.keep(path, kept)
    training = min(TRAINING, len(data.train_rows()))
    yield Codes(model, facts.dataset, rows, kept[:, 0], kept[:, 1], training)


def _rows(data: Dataset) -> NDArray[np.int64]:
    """The first training and held-out pictures: both are in no order of their labels."""
    return np.concatenate([data.train_rows()[:TRAINING], data.held_out_rows()[:HELD_OUT]])


def _path(facts: PictureFacts, data: Dataset) -> Path:
    from playground.zoo.sources import models_dir

    # Other weights, other pictures or another choice of them: another file.
    words = f"{facts.weights_sha256} {data.sha256()} {TRAINING} {HELD_OUT}"
    return models_dir() / "codes" / f"{facts.name}-{hashlib.sha256(words.encode()).hexdigest()[:16]}.npy"
