"""Directions of a GAN: components of its first layer regressed onto z, and one for each word of a classifier's labels.

A conditional GAN's z holds only what the condition leaves open. So a word's direction is in the space of whole inputs
(see gan_inputs.py): from the mean input of pictures without the word to the mean input of those with it, as for a
VAE. How well z alone predicts the word is measured too, and the step keeps its part of z only if that is significant.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from playground.latent.directions import Direction, Directions, Numbers, has_word, label_words, word_direction
from playground.latent.gan_inputs import gan_facts, load_gan_inputs
from playground.latent.gan_samples import TRAINING, GanSamples, classifier_accuracy, draw_samples
from playground.latent.ganspace import layer_components

#: Significance level of the test for z's part of a step.
_CHANCE = 1e-3
#: The share of the time that the layer's components take.
_LAYER_SHARE = 0.15


def gan_directions(model: str) -> Iterator[float | Directions]:
    """Yields the fraction done, 0 to 1; then the directions, at once if they are cached. Close it to stop.

    Raises PlaygroundError if the model is not a GAN.
    """
    facts = gan_facts(model)
    components: list[Direction] = []
    for progress in layer_components(model):
        if isinstance(progress, list):
            components = progress
        else:
            yield _LAYER_SHARE * progress
    if not classifier_accuracy(facts.dataset):
        nothing = np.zeros((0, load_gan_inputs(model).dimensions), np.float32)
        by_key = {one.key: one for one in components}
        yield Directions(model, "", np.zeros(0, np.int64), nothing, np.zeros((0, 0), np.int64), {}, by_key)
        return
    for samples in draw_samples(model):
        if isinstance(samples, GanSamples):
            yield _word_directions(_SamplesKey(model, facts.weights_sha256, samples, components))
        else:
            yield _LAYER_SHARE + (1 - _LAYER_SHARE) * samples


@dataclass(frozen=True)
class _SamplesKey:
    """Cache key for the directions computed from samples."""

    model: str
    weights_sha256: str
    samples: GanSamples
    components: list[Direction]

    def __hash__(self) -> int:
        return hash((self.model, self.weights_sha256))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _SamplesKey) and bool(
            (self.model, self.weights_sha256) == (other.model, other.weights_sha256)
            and np.array_equal(self.samples.labels, other.samples.labels)
        )


@lru_cache(maxsize=2)
def _word_directions(key: _SamplesKey) -> Directions:
    samples, facts = key.samples, key.samples.inputs.facts
    by_key, points = {one.key: one for one in key.components}, samples.points()
    for attribute, word in label_words(facts.labels):
        has = has_word(samples.labels, facts.labels, attribute, word)
        direction = input_direction(attribute, word, points, has, samples.inputs.latent)
        if direction is not None:
            by_key[direction.key] = direction
    unseen = slice(TRAINING, None)
    return Directions(
        key.model, facts.dataset, samples.seeds[unseen], points[unseen], samples.labels[unseen], facts.labels, by_key
    )


def input_direction(
    attribute: str, word: str, points: NDArray[np.float32], has: NDArray[np.bool_], latent: int,
    training: int = TRAINING,
) -> Direction | None:  # fmt: skip
    """A word's direction in the whole input, or None without pictures both with and without the word.

    points: (N, D), of which the first `latent` columns are z.  has: (N,), whether the classifier reads the word.
    The first `training` rows give the direction, the others its accuracy.
    """

    def direction_in(columns: slice) -> Direction | None:
        part = points[:, columns].astype(np.float64)
        known, unseen = part[:training], part[training:]
        return word_direction(
            attribute, word, known, has[:training], unseen, has[training:], regression=latent == points.shape[1]
        )

    z_only = direction_in(slice(latent))
    if z_only is None or latent == points.shape[1]:  # a GAN without conditions: z is its whole input
        return z_only
    with_z = is_significant(z_only.step, has[:training])
    direction = direction_in(slice(None) if with_z else slice(latent, None))
    assert direction is not None
    step = direction.step if with_z else np.concatenate([np.zeros(latent), direction.step])
    return replace(direction, step=step, z_alone=z_only.accuracy)


def is_significant(step: Numbers, has: NDArray[np.bool_]) -> bool:
    """Whether z depends on the word, by a chi-squared test at the level of 0.001.

    step: (D,), the difference of the mean z with and without the word. If z is independent of the word, its squared
    length over (1 / with + 1 / without) is chi-squared with D degrees of freedom.
    """
    from scipy.stats import chi2

    variance = 1 / has.sum() + 1 / (~has).sum()
    return bool(step @ step / variance > chi2.isf(_CHANCE, len(step)))
