"""What else moves with a direction: unseen pictures are moved along it, and read by a classifier before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.core.errors import PlaygroundError
from playground.latent.directions import Directions, has_word
from playground.latent.gan_inputs import GanInputs, editable_space
from playground.latent.latent_space import LatentSpace, Pictures, Points
from playground.metrics.intervals import Interval, proportion_interval

#: So many unseen pictures are moved.
MOVED_PICTURES = 100


@dataclass(frozen=True, eq=False)
class Entanglement:
    """What else moves with a direction. keys: (R,) of the directions, of which each moved `pictures` held-out pictures.

    columns: (C,) attributes, or the words of the only one.  intended: (R,) the column that a direction is meant for,
    or -1.
    shares: R × C: the share of pictures whose class of this attribute changes by the move, or which are of this word
    after it.  before: (R, C) the same before the move, for words; None for attributes.
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

    A word's direction moves pictures that do not have the word. condition: of a VAE's decoder; of a GAN the
    points themselves say it. Raises PlaygroundError for an unknown key, or if no classifier reads such pictures.
    """
    from playground.images.evaluation import classify_images

    if not directions.values:
        raise PlaygroundError(
            f"No classifier here reads the pictures of {directions.model}: what else moves is for the eye."
        )
    names, single = list(directions.values), len(directions.values) == 1
    columns = directions.values[names[0]] if single else tuple(names)
    space = editable_space(directions.model, condition)
    intended, shares, befores = [], [], []
    for key in keys:
        one = directions.direction(key)
        rows = _rows_without(directions, one.key)[:MOVED_PICTURES]
        start = directions.points[rows]
        after = classify_images(_decoded(space, start + strength * one.step.astype(np.float32)), directions.dataset)
        before = classify_images(_decoded(space, start), directions.dataset)
        assert after is not None and before is not None
        if single:
            hits = [after[:, 0] == word for word in range(len(columns))]
            befores.append([float((before[:, 0] == word).mean()) for word in range(len(columns))])
        else:
            hits = [after[:, a] != before[:, a] for a in range(len(columns))]
        shares.append(tuple(proportion_interval(hit) for hit in hits))
        intended.append(_intended_column(one.key, columns, single))
    shares_before = np.array(befores) if single else None
    return Entanglement(strength, MOVED_PICTURES, tuple(keys), columns, tuple(intended), tuple(shares), shares_before)


def _intended_column(key: str, columns: Sequence[str], single: bool) -> int:
    attribute, _, word = key.partition("=")
    name = word if single else attribute
    return list(columns).index(name) if name in columns else -1


def _rows_without(directions: Directions, key: str) -> NDArray[np.int64]:
    """Places of the held-out pictures that do not have the word; all for a component."""
    attribute, _, word = key.partition("=")
    if attribute not in directions.values:
        return np.arange(len(directions.labels))
    return np.flatnonzero(~has_word(directions.labels, directions.values, attribute, word))


def _decoded(space: LatentSpace | GanInputs, points: Points) -> Pictures:
    return np.concatenate(list(space.pictures(points)))
