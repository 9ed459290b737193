"""What a GAN draws of 12,000 seeds, as the classifier of its data set reads it: computed once, kept on the disk.

A GAN has no encoder: of its points those are known that it was given. And its pictures have no labels but those that a
classifier reads, whose errors come in: `classifier_accuracy` says how often it is right on real pictures.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from playground.images.model_menu import PictureFacts
from playground.latent.gan_inputs import GanInputs, load_gan_inputs
from playground.latent.latent_space import Points

TRAINING, HELD_OUT = 10_000, 2_000
#: Far from the seeds that visitors try.
FIRST_SEED = 1_000_000
_BATCH = 200
#: Batches of labels of drawings that were stopped on the way.
_unfinished: dict[Path, dict[int, NDArray[np.float32]]] = {}


@dataclass(frozen=True, eq=False)
class GanSamples:
    """Seeds, TRAINING of them first and then HELD_OUT.

    seeds: (N,).  labels: (N, A) int64, read by the classifier.
    """

    room: GanInputs
    seeds: NDArray[np.int64]
    labels: NDArray[np.int64]

    def points(self) -> Points:
        """(N, D) float32, of `room`: drawn again, which takes a while."""
        return self.room.draws(int(self.seeds[0]), len(self.seeds))


def draw_samples(model: str) -> Iterator[float | GanSamples]:
    """How far it is, 0 to 1, while pictures are drawn and read; then, or at once from the disk, all of it.

    Close it to stop. Raises PlaygroundError for a model that is no GAN, or if the disk is full; ValueError for one
    whose pictures no classifier reads.
    """
    from playground.data import npz_cache
    from playground.images.evaluation import read_labels

    room, count = load_gan_inputs(model), TRAINING + HELD_OUT
    if not _classifier(room.facts):
        raise ValueError(f"no classifier reads {model}")
    path = _path(room.facts)
    kept = npz_cache.kept(path, count, len(room.facts.labels))
    if kept is None:
        # What was read stays when nobody waits for the rest: the next who asks goes on from there (see codes.py).
        parts = _unfinished.setdefault(path, {})
        for done in range(0, count, _BATCH):
            if done not in parts:
                yield done / count
                pictures = room.decode(room.draws(FIRST_SEED + done, min(_BATCH, count - done)))
                read = read_labels(pictures, room.facts.dataset)
                assert read is not None
                parts[done] = read.astype(np.float32)
        kept = np.concatenate([parts[done] for done in sorted(parts)])
        _unfinished.pop(path, None)
        npz_cache.keep(path, kept)
    yield GanSamples(room, FIRST_SEED + np.arange(count), kept.astype(np.int64))


def classifier_accuracy(dataset: str) -> Mapping[str, float]:
    """Attribute -> share of held-out real pictures that the data set's classifier reads right; empty without one."""
    from playground.zoo.image_models import picture_models

    card = picture_models().get(f"classifier-{dataset}")
    return {} if card is None else dict(card.facts["quality"]["accuracy_each"])


def _classifier(facts: PictureFacts) -> str:
    """The sha256 of the classifier that reads its pictures; "" without one."""
    from playground.zoo.image_models import picture_models

    card = picture_models().get(f"classifier-{facts.dataset}")
    return "" if card is None else card.sha256


def _path(facts: PictureFacts) -> Path:
    from playground.zoo.fetch import models_dir

    # Other weights, of either net, or other seeds: another file.
    words = f"{facts.weights_sha256} {_classifier(facts)} {FIRST_SEED} {TRAINING} {HELD_OUT}"
    return models_dir() / "codes" / f"{facts.name}-{hashlib.sha256(words.encode()).hexdigest()[:16]}.npy"
