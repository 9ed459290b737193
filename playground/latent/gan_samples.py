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

from playground.core.paths import models_dir
from playground.images.model_menu import ImageModelFacts
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

    inputs: GanInputs
    seeds: NDArray[np.int64]
    labels: NDArray[np.int64]

    def points(self) -> Points:
        """(N, D) float32, of `inputs`: drawn again, which takes a while."""
        return self.inputs.draws(int(self.seeds[0]), len(self.seeds))


def draw_samples(model: str) -> Iterator[float | GanSamples]:
    """How far it is, 0 to 1, while pictures are drawn and read; then, or at once from the disk, all of it.

    Close it to stop. Raises PlaygroundError for a model that is not a GAN, or if the disk is full; ValueError for one
    whose pictures no classifier reads.
    """
    from playground.data import npz_cache
    from playground.images.evaluation import classify_images

    inputs, count = load_gan_inputs(model), TRAINING + HELD_OUT
    if not _classifier(inputs.facts):
        raise ValueError(f"no classifier reads {model}")
    path = _path(inputs.facts)
    cached = npz_cache.load_array(path, count, len(inputs.facts.labels))
    if cached is None:
        # What was read stays when nobody waits for the rest: the next who asks continues there (see encoder_means.py).
        parts = _unfinished.setdefault(path, {})
        for done in range(0, count, _BATCH):
            if done not in parts:
                yield done / count
                pictures = inputs.decode(inputs.draws(FIRST_SEED + done, min(_BATCH, count - done)))
                classes = classify_images(pictures, inputs.facts.dataset)
                assert classes is not None
                parts[done] = classes.astype(np.float32)
        cached = np.concatenate([parts[done] for done in sorted(parts)])
        _unfinished.pop(path, None)
        npz_cache.save_array(path, cached)
    yield GanSamples(inputs, FIRST_SEED + np.arange(count), cached.astype(np.int64))


def classifier_accuracy(dataset: str) -> Mapping[str, float]:
    """Attribute -> share of held-out real pictures that the data set's classifier reads right; empty without one."""
    from playground.zoo.image_models import picture_models

    card = picture_models().get(f"classifier-{dataset}")
    return {} if card is None else dict(card.facts["quality"]["accuracy_each"])


def _classifier(facts: ImageModelFacts) -> str:
    """The sha256 of the classifier that reads its pictures; "" without one."""
    from playground.zoo.image_models import picture_models

    card = picture_models().get(f"classifier-{facts.dataset}")
    return "" if card is None else card.sha256


def _path(facts: ImageModelFacts) -> Path:
    # Other weights, of either net, or other seeds: another file.
    words = f"{facts.weights_sha256} {_classifier(facts)} {FIRST_SEED} {TRAINING} {HELD_OUT}"
    return models_dir() / "codes" / f"{facts.name}-{hashlib.sha256(words.encode()).hexdigest()[:16]}.npy"
