"""Directions in a VAE's latent space: principal components, and one for each word of a label.

A word's direction leads from the mean code of the pictures without it to the mean code of those with it (Larsen et al.
2016, arXiv:1512.09300, section 4.2). How well a linear threshold on it separates the two is measured on held-out
pictures, beside a balanced logistic regression on the codes: what reads a label best is not what moves it best.
A GAN's directions are in gan_directions.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.validation import quoted
from playground.latent.encoder_means import Posteriors, encode_dataset
from playground.metrics.intervals import Interval, proportion_interval
from playground.metrics.logistic import fit_balanced_logistic

Numbers = NDArray[np.float64]
COMPONENTS = 8
#: A label with more words than this has no directions: each word would have too few pictures.
MAX_WORDS = 15
NONE = "none"
#: The share of the time that encoding takes; the regressions take the rest.
_ENCODING_SHARE = 0.8


@dataclass(frozen=True, eq=False)
class Direction:
    """A direction in which every picture can be moved.

    key: "pc1", "glasses" (any against none), or "class=bag".  group: "component", or the label's name.
    step: (D,) float64, what strength 1 adds to a code: one standard deviation of a component, or the whole way from
    the mean without the word to the mean with it.
    share: of the variance, or of training pictures with the word, 0 to 1.
    accuracy: balanced accuracy of a straight cut across the direction on held-out pictures, so chance is 0.5; None
    for a component.  best: the same for a logistic regression; None for a GAN's.
    z_alone: for a GAN, whose points hold more than z: the accuracy from z alone.
    correlation: for a component of a GAN's layer: with z's projection on the step, 0 to 1.
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

    held_out: (M,), rows of the data set, or a GAN's seeds.  points: (M, D), their points.
    labels: (M, A) int64, of the data set, or for a GAN the classifier's.  values: attribute -> its words.
    """

    model: str
    dataset: str
    held_out: NDArray[np.int64]
    points: NDArray[np.float32]
    labels: NDArray[np.int64]
    values: Mapping[str, tuple[str, ...]]
    by_key: Mapping[str, Direction]

    def move(self, base: Numbers, moves: Mapping[str, float]) -> Numbers:
        """Codes, (D,) or (N, D), after the moves, key -> strength. Raises PlaygroundError for an unknown key."""
        return np.asarray(base + sum(strength * self.direction(key).step for key, strength in moves.items()))

    def direction(self, key: str) -> Direction:
        """The direction of a key. Raises PlaygroundError, naming some keys, for an unknown one."""
        if key not in self.by_key:
            keys = list(self.by_key)
            some = ", ".join([*keys[:2], *keys[COMPONENTS : COMPONENTS + 6]])
            names = {"model": self.model, "direction": quoted(key), "some": some}
            raise PlaygroundError(say("latent.directions.errors.no_direction", **names))
        return self.by_key[key]


def vae_directions(model: str) -> Iterator[float | Directions]:
    """Yields the fraction encoded, 0 to 1; then the directions, at once if they are cached. Close it to stop.

    Raises PlaygroundError if the model has no encoder.
    """
    for progress in encode_dataset(model):
        if isinstance(progress, Posteriors):
            yield from _known_directions(_PosteriorsKey(progress))
        else:
            yield _ENCODING_SHARE * progress


@dataclass(frozen=True)
class _PosteriorsKey:
    """Cache key for the directions computed from posteriors."""

    posteriors: Posteriors

    def __hash__(self) -> int:
        return hash((self.posteriors.model, self.posteriors.means.tobytes()[:4096]))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _PosteriorsKey) and bool(
            self.posteriors.model == other.posteriors.model
            and np.array_equal(self.posteriors.means, other.posteriors.means)
        )


_cached: dict[_PosteriorsKey, Directions] = {}


def _known_directions(key: _PosteriorsKey) -> Iterator[float | Directions]:
    """The directions of one of the last two models at once; of another after the fraction done."""
    if key not in _cached:
        for progress in _directions(key):
            if isinstance(progress, Directions):
                while len(_cached) > 1:
                    _cached.pop(next(iter(_cached)))
                _cached[key] = progress
            else:
                yield _ENCODING_SHARE + (1 - _ENCODING_SHARE) * progress
    yield _cached[key]


def _directions(key: _PosteriorsKey) -> Iterator[float | Directions]:
    from playground.data import registry

    posteriors = key.posteriors
    data = registry.load(posteriors.dataset)
    count = posteriors.training
    training, held_out = posteriors.means[:count].astype(np.float64), posteriors.means[count:]
    by_key = {component.key: component for component in principal_components(training)}
    labels = data.attribute_table()[posteriors.rows]
    unseen = held_out.astype(np.float64)
    words = label_words(data.values)
    for done, (attribute, word) in enumerate(words):
        yield done / len(words)
        has = has_word(labels, data.values, attribute, word)
        direction = word_direction(attribute, word, training, has[:count], unseen, has[count:])
        if direction is not None:
            by_key[direction.key] = direction
    model, dataset, rows = posteriors.model, posteriors.dataset, posteriors.rows[count:]
    yield Directions(model, dataset, rows, held_out, labels[count:], data.values, by_key)


def principal_components(points: Numbers, count: int = COMPONENTS) -> list[Direction]:
    """The first principal components of points, (N, D); the largest coordinate of each is positive.

    Source: Pearson 1901; by the singular value decomposition of the centred points.
    """
    centred = points - points.mean(0)
    _, lengths, axes = np.linalg.svd(centred, full_matrices=False)
    variances = lengths**2 / max(1, len(points) - 1)
    components = []
    for k, (axis, variance) in enumerate(zip(axes[:count], variances, strict=False), 1):
        sign = np.sign(axis[np.argmax(np.abs(axis))])
        share = float(variance / variances.sum()) if variances.sum() > 0 else 0.0
        title, step = say("latent.directions.component", number=k), sign * axis * variance**0.5
        components.append(Direction(f"pc{k}", title, "component", step, share))
    return components


def label_words(labels: Mapping[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    """(attribute, word) of all directions; (attribute, "") is any word against none, for a label that can be absent.

    labels: attribute -> its words.
    """
    pairs = []
    for attribute, values in labels.items():
        if len(values) > MAX_WORDS:
            continue
        if values[0] == NONE:
            pairs.append((attribute, ""))
        pairs += [(attribute, word) for word in values if word != NONE]
    return pairs


def has_word(
    labels: NDArray[np.int64], values: Mapping[str, tuple[str, ...]], attribute: str, word: str
) -> NDArray[np.bool_]:
    """Whether pictures have the word, (N,); "" stands for any word but none. labels: (N, A) int64."""
    column, known = labels[:, list(values).index(attribute)], values[attribute]
    return np.asarray(column != known.index(NONE) if not word else column == known.index(word))


def word_direction(
    attribute: str,
    word: str,
    points: Numbers,
    has: NDArray[np.bool_],
    unseen: Numbers,
    unseen_has: NDArray[np.bool_],
    regression: bool = True,
) -> Direction | None:
    """The direction of a word, or None without pictures both with and without it.

    points: (N, D) and has: (N,), of training pictures; unseen and unseen_has, of held-out ones.
    regression: whether to fit the logistic regression too, some 0.1 s.
    """
    if not 1 < has.sum() < len(has) - 1 or not 0 < unseen_has.sum() < len(unseen_has):
        return None
    with_word, without = points[has].mean(0), points[~has].mean(0)
    step = with_word - without
    middle = (with_word + without) / 2
    share = float(has.mean())
    best = None
    if regression:
        weights, offset = fit_balanced_logistic(points, has)
        best = balanced_accuracy(unseen @ weights + offset > 0, unseen_has).value
    key = f"{attribute}={word}" if word else attribute
    accuracy = balanced_accuracy((unseen - middle) @ step > 0, unseen_has)
    title = f"{attribute}: {word or say('latent.directions.any_word')}"
    return Direction(key, title, attribute, step, share, accuracy, best)


def balanced_accuracy(predicted: NDArray[np.bool_], true: NDArray[np.bool_]) -> Interval:
    """Balanced accuracy: the mean of the true positive and the true negative rate, 0 to 1; chance is 0.5.

    Its interval joins the two rates' Wilson intervals (Zou and Donner 2008, doi:10.1002/sim.3095). Both classes must
    occur in `true`.
    """
    rates = [proportion_interval(predicted[true]), proportion_interval(~predicted[~true])]
    value = sum(rate.value for rate in rates) / 2
    below = sum((rate.value - rate.low) ** 2 for rate in rates) ** 0.5 / 2
    above = sum((rate.high - rate.value) ** 2 for rate in rates) ** 0.5 / 2
    return Interval(value, value - below, value + above, "Wilson of both shares, joined")
