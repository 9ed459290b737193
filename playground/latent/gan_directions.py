"""Directions of a GAN: components of its first layer regressed onto z, and one for each word that a classifier reads.

A GAN is given a condition, and z holds what that leaves open. So a word's direction is one of the whole input (see
inputs.py): from the mean input of the pictures without the word to the mean input of those with it, as for a VAE. How
well z alone predicts the word is measured beside it, and z's part of the step stays only if it is more than chance.
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

#: z's part of a step is taken for chance, unless mere chance would make it so long once in a thousand words.
_CHANCE = 1e-3
#: Of the time, how much the layer takes.
_LAYER_SHARE = 0.15


def gan_directions(model: str) -> Iterator[float | Directions]:
    """How far it is, 0 to 1; then, or at once, the directions. Close it to stop.

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
    """What directions are worked out from; the same weights have the same."""

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
        one = input_direction(attribute, word, points, has, samples.inputs.latent)
        if one is not None:
            by_key[one.key] = one
    late = slice(TRAINING, None)
    return Directions(
        key.model, facts.dataset, samples.seeds[late], points[late], samples.labels[late], facts.labels, by_key
    )


def input_direction(
    attribute: str, word: str, points: NDArray[np.float32], has: NDArray[np.bool_], latent: int,
    training: int = TRAINING,
) -> Direction | None:  # fmt: skip
    """A word's direction over the whole input, or None if pictures with it or without it are missing.

    points: (N, D), of which the first `latent` numbers are z; has: (N,); the first `training` rows find it, the others
    are counted.
    """

    def within(part: slice) -> Direction | None:
        here = points[:, part].astype(np.float64)
        early, late = here[:training], here[training:]
        return word_direction(attribute, word, early, has[:training], late, has[training:], np.cov(early.T))

    z_only = within(slice(latent))
    if z_only is None or latent == points.shape[1]:  # a GAN without conditions: z is its whole input
        return z_only
    with_z = is_significant(z_only.step, has[:training])
    one = within(slice(None) if with_z else slice(latent, None))
    assert one is not None
    step = one.step if with_z else np.concatenate([np.zeros(latent), one.step])
    return replace(one, step=step, z_alone=z_only.accuracy)


def is_significant(step: Numbers, has: NDArray[np.bool_]) -> bool:
    """Whether z differs with the word by more than chance.

    step: (D,), the difference of two means of standard normal vectors. If z had nothing to do with it, its squared
    length over (1 / with + 1 / without) would be chi-squared with D degrees of freedom.
    """
    from scipy.stats import chi2

    variance = 1 / has.sum() + 1 / (~has).sum()
    return bool(step @ step / variance > chi2.isf(_CHANCE, len(step)))
