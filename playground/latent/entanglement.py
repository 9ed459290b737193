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
from playground.metrics.intervals import Interval, share_of

#: So many unseen pictures are moved.
MOVED_PICTURES = 100


@dataclass(frozen=True, eq=False)
class Entanglement:
    """What else moves with a direction. keys: (R,) of the directions, of which each moved `pictures` held-out pictures.

    columns: (C,) attributes, or the words of the only one.  own: (R,) the column that a direction is meant for, or -1.
    shares: R × C: how many pictures the classifier reads otherwise after the move in this attribute, or reads as this
    word after it.  before: (R, C) the same before the move, for words; None for attributes.
    """

    strength: float
    pictures: int
    keys: tuple[str, ...]
    columns: tuple[str, ...]
    own: tuple[int, ...]
    shares: tuple[tuple[Interval, ...], ...]
    before: NDArray[np.float64] | None


def measure_entanglement(
    found: Directions, keys: Sequence[str], strength: float, condition: str = "any"
) -> Entanglement:
    """Moves held-out pictures along each direction and counts what the classifier then reads otherwise.

    A word's direction moves pictures that do not have the word. condition: what a VAE's decoder is told; of a GAN the
    points themselves say it. Raises PlaygroundError for an unknown key, or if no classifier reads such pictures.
    """
    from playground.images.evaluation import read_labels

    if not found.values:
        raise PlaygroundError(
            f"No classifier here reads the pictures of {found.model}: what else moves is for the eye."
        )
    names, single = list(found.values), len(found.values) == 1
    columns = found.values[names[0]] if single else tuple(names)
    room = editable_space(found.model, condition)
    own, shares, befores = [], [], []
    for key in keys:
        one = found.one(key)
        rows = _rows_without(found, one.key)[:MOVED_PICTURES]
        start = found.codes_[rows]
        after = read_labels(_decoded(room, start + strength * one.step.astype(np.float32)), found.dataset)
        before = read_labels(_decoded(room, start), found.dataset)
        assert after is not None and before is not None
        if single:
            hits = [after[:, 0] == word for word in range(len(columns))]
            befores.append([float((before[:, 0] == word).mean()) for word in range(len(columns))])
        else:
            hits = [after[:, a] != before[:, a] for a in range(len(columns))]
        shares.append(tuple(share_of(hit) for hit in hits))
        own.append(_intended_column(one.key, columns, single))
    kept = np.array(befores) if single else None
    return Entanglement(strength, MOVED_PICTURES, tuple(keys), columns, tuple(own), tuple(shares), kept)


def _intended_column(key: str, columns: Sequence[str], single: bool) -> int:
    attribute, _, word = key.partition("=")
    name = word if single else attribute
    return list(columns).index(name) if name in columns else -1


def _rows_without(found: Directions, key: str) -> NDArray[np.int64]:
    """Places of the held-out pictures that do not have the word; all for a component."""
    attribute, _, word = key.partition("=")
    if attribute not in found.values:
        return np.arange(len(found.labels))
    return np.flatnonzero(~has_word(found.labels, found.values, attribute, word))


def _decoded(room: LatentSpace | GanInputs, points: Points) -> Pictures:
    return np.concatenate(list(room.pictures(points)))
