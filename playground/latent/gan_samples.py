"""12,000 seeds of a GAN, drawn and labelled by its data set's classifier: computed once, cached on disk.

A GAN has no encoder, so only the inputs of its own draws are known; and its pictures have no labels but the
classifier's, with the classifier's errors: `classifier_accuracy` says how often it is right on real pictures.
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
#: Far from the seeds that visitors use.
FIRST_SEED = 1_000_000
_BATCH = 200
#: Path of the cache -> batches of labels, of runs stopped midway.
_unfinished: dict[Path, dict[int, NDArray[np.float32]]] = {}


@dataclass(frozen=True, eq=False)
class GanSamples:
    """Labelled seeds: TRAINING of them, then HELD_OUT.

    seeds: (N,).  labels: (N, A) int64, the classifier's.
    """

    inputs: GanInputs
    seeds: NDArray[np.int64]
    labels: NDArray[np.int64]

    def points(self) -> Points:
        """The seeds' inputs, (N, D) float32: drawn again at each call, which takes a while."""
        return self.inputs.draws(int(self.seeds[0]), len(self.seeds))


def draw_samples(model: str) -> Iterator[float | GanSamples]:
    """Yields the fraction done, 0 to 1; then the samples, at once if they are cached. Close it to stop.

    Raises PlaygroundError for a model that is not a GAN, or if the disk is full; ValueError if no classifier reads
    its pictures.
    """
    from playground.data import npz_cache
    from playground.images.evaluation import classify_images

    inputs, count = load_gan_inputs(model), TRAINING + HELD_OUT
    if not _classifier(inputs.facts):
        raise ValueError(f"no classifier reads {model}")
    path = _path(inputs.facts)
    cached = npz_cache.load_array(path, count, len(inputs.facts.labels))
    if cached is None:
        # Batches are kept if the caller stops, and the next call continues (see encoder_means.py).
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
    """Attribute -> accuracy of the data set's classifier on held-out real pictures; {} without a classifier."""
    from playground.zoo.image_models import image_model_cards

    card = image_model_cards().get(f"classifier-{dataset}")
    return {} if card is None else dict(card.facts["quality"]["accuracy_each"])


def _classifier(facts: ImageModelFacts) -> str:
    """The sha256 of the data set's classifier; "" without one."""
    from playground.zoo.image_models import image_model_cards

    card = image_model_cards().get(f"classifier-{facts.dataset}")
    return "" if card is None else card.sha256


def _path(facts: ImageModelFacts) -> Path:
    # The name depends on the weights of both networks and on the seeds.
    words = f"{facts.weights_sha256} {_classifier(facts)} {FIRST_SEED} {TRAINING} {HELD_OUT}"
    return models_dir() / "codes" / f"{facts.name}-{hashlib.sha256(words.encode()).hexdigest()[:16]}.npy"
