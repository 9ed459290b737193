"""Entanglement: what a classifier sees change, besides the intended, when unseen pictures move along a direction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.latent.directions import Directions, has_word
from playground.latent.gan_inputs import GanInputs, editable_space
from playground.latent.latent_space import LatentSpace, Pictures, Points
from playground.metrics.intervals import Interval, proportion_interval

#: How many unseen pictures are moved.
MOVED_PICTURES = 100


@dataclass(frozen=True, eq=False)
class Entanglement:
    """The shares of pictures that change when they move along each of R directions.

    pictures: how many held-out pictures each direction moved.  keys: (R,), of the directions.
    columns: (C,), attributes, or the words of the only one.  intended: (R,), the column a direction is meant to
    change, or -1.  shares: R × C, the share of pictures whose class of this attribute changes, or which have this
    word after the move.  before: (R, C), the share with this word before the move; None for attributes.
    """

    strength: float
    pictures: int
    keys: tuple[str, ...]
    columns: tuple[str, ...]
    intended: tuple[int, ...]
    shares: tuple[tuple[Interval, ...], ...]
    before: NDArray[np.float64] | None


def measure_entanglement(
    directions: Directions, keys: Sequence[str], strength: float, condition: str = "any"
) -> Entanglement:
    """Moves held-out pictures along each direction and counts how often the classes change.

    A word's direction moves pictures without the word. condition: of a VAE's decoder; a GAN's points include theirs.
    Raises PlaygroundError for an unknown key, or if no classifier reads such pictures.
    """
    from playground.images.evaluation import classify_images

    if not directions.values:
        raise PlaygroundError(say("latent.directions.errors.no_classifier", model=directions.model))
    names, single = list(directions.values), len(directions.values) == 1
    columns = directions.values[names[0]] if single else tuple(names)
    space = editable_space(directions.model, condition)
    intended, shares, before_rows = [], [], []
    for key in keys:
        direction = directions.direction(key)
        rows = _rows_without(directions, direction.key)[:MOVED_PICTURES]
        start = directions.points[rows]
        after = classify_images(
            _decode(space, start + strength * direction.step.astype(np.float32)), directions.dataset
        )
        before = classify_images(_decode(space, start), directions.dataset)
        assert after is not None and before is not None
        if single:
            hits = [after[:, 0] == word for word in range(len(columns))]
            before_rows.append([float((before[:, 0] == word).mean()) for word in range(len(columns))])
        else:
            hits = [after[:, a] != before[:, a] for a in range(len(columns))]
        shares.append(tuple(proportion_interval(hit) for hit in hits))
        intended.append(_intended_column(direction.key, columns, single))
    shares_before = np.array(before_rows) if single else None
    return Entanglement(strength, MOVED_PICTURES, tuple(keys), columns, tuple(intended), tuple(shares), shares_before)


def _intended_column(key: str, columns: Sequence[str], single: bool) -> int:
    attribute, _, word = key.partition("=")
    name = word if single else attribute
    return list(columns).index(name) if name in columns else -1


def _rows_without(directions: Directions, key: str) -> NDArray[np.int64]:
    """Indices of the held-out pictures without the word; all for a component."""
    attribute, _, word = key.partition("=")
    if attribute not in directions.values:
        return np.arange(len(directions.labels))
    return np.flatnonzero(~has_word(directions.labels, directions.values, attribute, word))


def _decode(space: LatentSpace | GanInputs, points: Points) -> Pictures:
    return np.concatenate(list(space.pictures(points)))
