"""Directions in a latent space: the principal components, and one for each word of a label; those of a VAE.

A word's direction leads from the mean code of the pictures without it to the mean code of those with it (Larsen et al.
2016, arXiv:1512.09300, section 4.2). How well a linear threshold on it separates the two is measured on held-out
pictures, beside the best straight cut of all (Fisher's linear discriminant): what reads a label best is not what
moves it best. Those of a GAN are in gan_directions.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from playground.core.errors import PlaygroundError
from playground.core.validation import quoted
from playground.latent.encoder_means import Posteriors, encode_dataset
from playground.metrics.intervals import Interval, proportion_interval

Numbers = NDArray[np.float64]
COMPONENTS = 8
#: A label with more words than this has no directions: of each there would be too few pictures.
MAX_WORDS = 15
NONE = "none"
#: Added to the pooled covariance before it is inverted, as a share of its mean variance.
_RIDGE = 1e-2


@dataclass(frozen=True, eq=False)
class Direction:
    """A way to move every picture.

    key: "pc1", "glasses" (any against none), or "class=bag".  group: "component", or the label's name.
    step: (D,) float64, what strength 1 adds to a code: one standard deviation of a component, or the whole way from
    the mean without the word to the mean with it.
    share: of the variance, or of training pictures with the word, 0 to 1.
    accuracy: of a straight cut across the direction, on held-out pictures: the mean of the shares classified right
    with and without the word, so that chance is 0.5; None for a component.  best: the same of the best cut.
    z_alone: of a GAN, whose points hold more than z: the accuracy from z alone.
    correlation: of a component of a GAN's layer, with z's projection on the step, 0 to 1.
    """

    key: str
    title: str
    group: str
    step: Numbers
    share: float
    accuracy: Interval | None = None
    best: float | None = None
    z_alone: Interval | None = None
    correlation: float | None = None


@dataclass(frozen=True, eq=False)
class Directions:
    """All directions of a model, by key, components first.

    held_out: (M,) rows of the data set, or a GAN's seeds.  points: (M, D) their points.
    labels: (M, A) int64, by the data, or for a GAN what the classifier reads.  values: attribute -> its words.
    """

    model: str
    dataset: str
    held_out: NDArray[np.int64]
    points: NDArray[np.float32]
    labels: NDArray[np.int64]
    values: Mapping[str, tuple[str, ...]]
    by_key: Mapping[str, Direction]

    def move(self, base: Numbers, moves: Mapping[str, float]) -> Numbers:
        """(D,) or (N, D): codes after the moves. moves: key -> strength. Raises PlaygroundError for another key."""
        return np.asarray(base + sum(strength * self.direction(key).step for key, strength in moves.items()))

    def direction(self, key: str) -> Direction:
        """Raises PlaygroundError, naming some that there are."""
        if key not in self.by_key:
            keys = list(self.by_key)
            some = ", ".join([*keys[:2], *keys[COMPONENTS : COMPONENTS + 6]])
            raise PlaygroundError(f"{self.model} has no direction {quoted(key)}: there are {some} and more.")
        return self.by_key[key]


def vae_directions(model: str) -> Iterator[float | Directions]:
    """How far the encoding is, 0 to 1; then, or at once, the directions. Close it to stop.

    Raises PlaygroundError if the model has no encoder.
    """
    for progress in encode_dataset(model):
        if isinstance(progress, Posteriors):
            yield _directions(_PosteriorsKey(progress))
        else:
            yield progress


@dataclass(frozen=True)
class _PosteriorsKey:
    """Codes as a key for what is worked out from them: the same codes are those of the same weights."""

    posteriors: Posteriors

    def __hash__(self) -> int:
        return hash((self.posteriors.model, self.posteriors.means.tobytes()[:4096]))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _PosteriorsKey) and bool(
            self.posteriors.model == other.posteriors.model
            and np.array_equal(self.posteriors.means, other.posteriors.means)
        )


@lru_cache(maxsize=2)
def _directions(held: _PosteriorsKey) -> Directions:
    from playground.data import registry

    posteriors = held.posteriors
    data = registry.load(posteriors.dataset)
    training, held_out_means = (
        posteriors.means[: posteriors.training].astype(np.float64),
        posteriors.means[posteriors.training :],
    )
    by_key = {one.key: one for one in principal_components(training)}
    labels, spread = data.attribute_table()[posteriors.rows], np.cov(training.T)
    for attribute, word in label_words(data.values):
        has = has_word(labels, data.values, attribute, word)
        training_has, unseen = has[: posteriors.training], has[posteriors.training :]
        one = word_direction(attribute, word, training, training_has, held_out_means.astype(np.float64), unseen, spread)
        if one is not None:
            by_key[one.key] = one
    held_out = posteriors.rows[posteriors.training :]
    return Directions(
        posteriors.model,
        posteriors.dataset,
        held_out,
        held_out_means,
        labels[posteriors.training :],
        data.values,
        by_key,
    )


def principal_components(points: Numbers, count: int = COMPONENTS) -> list[Direction]:
    """The first principal components of (N, D) points, the largest coordinate of each positive.

    Source: Pearson 1901; by the singular values of the centred points.
    """
    centred = points - points.mean(0)
    _, lengths, axes = np.linalg.svd(centred, full_matrices=False)
    variances = lengths**2 / max(1, len(points) - 1)
    posteriors = []
    for k, (axis, variance) in enumerate(zip(axes[:count], variances, strict=False), 1):
        sign = np.sign(axis[np.argmax(np.abs(axis))])
        share = float(variance / variances.sum()) if variances.sum() > 0 else 0.0
        posteriors.append(Direction(f"pc{k}", f"Component {k}", "component", sign * axis * variance**0.5, share))
    return posteriors


def label_words(labels: Mapping[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    """(attribute, word) of all directions: for a label that can be absent also (attribute, ""), any against none.

    labels: attribute -> its words.
    """
    posteriors = []
    for attribute, values in labels.items():
        if len(values) > MAX_WORDS:
            continue
        if values[0] == NONE:
            posteriors.append((attribute, ""))
        posteriors += [(attribute, word) for word in values if word != NONE]
    return posteriors


def has_word(
    labels: NDArray[np.int64], values: Mapping[str, tuple[str, ...]], attribute: str, word: str
) -> NDArray[np.bool_]:
    """(N,) whether pictures have the word, or for "" any but none. labels: (N, A) int64."""
    column, known = labels[:, list(values).index(attribute)], values[attribute]
    return np.asarray(column != known.index(NONE) if not word else column == known.index(word))


def word_direction(
    attribute: str,
    word: str,
    points: Numbers,
    has: NDArray[np.bool_],
    unseen: Numbers,
    unseen_has: NDArray[np.bool_],
    spread: Numbers,
) -> Direction | None:
    """The direction of a word, or None if pictures with it or without it are missing.

    points: (N, D), has: (N,), of training pictures; unseen, unseen_has: of held-out ones.  spread: (D, D), the
    covariance of the points.
    """
    if not 1 < has.sum() < len(has) - 1 or not 0 < unseen_has.sum() < len(unseen_has):
        return None
    with_word, without = points[has].mean(0), points[~has].mean(0)
    step = with_word - without
    middle = (with_word + without) / 2
    share = float(has.mean())
    within = spread - share * (1 - share) * np.outer(step, step)  # what is left of it inside the two groups
    reader = np.linalg.solve(within + _RIDGE * np.trace(spread) / len(spread) * np.eye(len(spread)), step)
    key = f"{attribute}={word}" if word else attribute
    accuracy = balanced_accuracy((unseen - middle) @ step > 0, unseen_has)
    best = balanced_accuracy((unseen - middle) @ reader > 0, unseen_has).value
    return Direction(key, f"{attribute}: {word or 'any'}", attribute, step, share, accuracy, best)


def balanced_accuracy(predicted: NDArray[np.bool_], true: NDArray[np.bool_]) -> Interval:
    """Balanced accuracy: the mean of the true positive and the true negative rate, 0 to 1; chance is 0.5.

    Its interval joins the two shares' Wilson intervals (Zou and Donner 2008, doi:10.1002/sim.3095). Both must occur.
    """
    right = [proportion_interval(predicted[true]), proportion_interval(~predicted[~true])]
    value = sum(one.value for one in right) / 2
    below = sum((one.value - one.low) ** 2 for one in right) ** 0.5 / 2
    above = sum((one.high - one.value) ** 2 for one in right) ** 0.5 / 2
    return Interval(value, value - below, value + above, "Wilson of both shares, joined")
