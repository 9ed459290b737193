"""Edits: a picture moved along directions, what a classifier reads before and after, and what else moves with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from playground.errors import PlaygroundError
from playground.labs.checking import as_number, seed_of, shown, whole
from playground.labs.latent.directions import Directions, directions
from playground.labs.latent.ends import packed_point, unpacked
from playground.labs.latent.live import kept_space, short_texts, turn
from playground.labs.latent.spaces import Pictures, Points, Space, encoded
from playground.labs.measures.intervals import Interval, share_of
from playground.labs.pictures.models import picture_facts
from playground.labs.pictures.request import read_condition, written_condition
from playground.recipe import Recipe, Setting

if TYPE_CHECKING:
    from playground.data.dataset import Dataset

FARTHEST, MOST_MOVES, LONGEST_NAME = 5.0, 20, 60
#: So many held-out pictures are moved to see what else changes.
PICTURES = 100

Moves = Mapping[str, float]


@dataclass(frozen=True)
class Base:
    """What an edit starts from.

    kind: "seed", "row" (a picture of the data set) or "z", a point.  number: of a seed or row.
    """

    kind: str = "row"
    number: int = 0
    point: tuple[float, ...] = ()

    def __str__(self) -> str:
        """As it stands in a link."""
        return packed_point(self.point) if self.kind == "z" else f"{self.kind}:{self.number}"


@dataclass(frozen=True, eq=False)
class Edit:
    """before, after: (H, W, C) uint8.  point: (D,) of the second.  read: attribute -> what is read before and after."""

    before: Pictures
    after: Pictures
    point: Points
    read: Mapping[str, tuple[str, str]]


def read_base(value: object, model: str) -> Base:
    """A checked start, from "seed:3", "row:12", "z:…" or {"kind", "number"}. Raises PlaygroundError otherwise."""
    from playground.data import shelf

    if isinstance(value, Mapping):
        value = f"{value.get('kind')}:{value.get('number')}"
    kind, _, rest = str(value).partition(":")
    if kind == "z":
        return Base("z", 0, unpacked(str(value)))
    if kind == "seed":
        return Base("seed", seed_of(rest))
    if kind != "row":
        raise PlaygroundError(
            f"An edit starts from seed:NUMBER or row:NUMBER, a picture of the data; not {shown(value)}."
        )
    last = len(shelf.load(picture_facts(model).dataset).images) - 1
    return Base("row", whole(rest, 0, last, f"The number of a picture must be from 0 to {last:,}"))


def read_moves(value: object) -> dict[str, float]:
    """Moves, from "pc1:1.5; glasses:1" or key -> strength; those of strength 0 are left out.

    Raises PlaygroundError for a strength out of range; whether there is such a direction is for `moved` to say.
    """
    if isinstance(value, str):
        pairs = [part.rpartition(":")[::2] for part in value.split(";") if part.strip()]
    elif isinstance(value, Mapping):
        pairs = [(str(key), strength) for key, strength in value.items()]
    else:
        raise PlaygroundError("Moves must be a text such as pc1:1.5; glasses:1.")
    if len(pairs) > MOST_MOVES:
        raise PlaygroundError(f"An edit has at most {MOST_MOVES} moves; this has {len(pairs)}.")
    sentence = f"A strength must be a number from {-FARTHEST:g} to {FARTHEST:g}"
    moves = {}
    for key, strength in pairs:
        number = as_number(strength, sentence)
        if abs(number) > FARTHEST:
            raise PlaygroundError(f"{sentence}; it was {shown(strength)}.")
        if number:
            moves[key.strip()] = round(number, 3)
    return moves


def written_moves(moves: Moves) -> str:
    """As they stand in a link."""
    return ";".join(f"{key}:{strength:g}" for key, strength in moves.items())


def known(model: str) -> Directions:
    """The directions, worked out now if they have not been. Raises PlaygroundError if the model has no encoder."""
    last = list(directions(model))[-1]
    assert isinstance(last, Directions)
    return last


def edit(model: object, condition: object, base: object, moves: object) -> Edit:
    """An edit as the pointer asks for it: one at a time is drawn, whoever asks.

    Raises PlaygroundError for a bad start or move, or if others keep the machine busy.
    """
    name, words = short_texts("The model and the condition", model, condition)
    with turn():
        found = _known(name, picture_facts(name).weights_sha256)
        first = _point(name, words, str(read_base(base, name)))
        last = found.moved(first.astype(np.float64), read_moves(moves)).astype(np.float32)
        pictures = kept_space(name, words).decode(np.stack([first, last]))
        return Edit(pictures[0], pictures[1], last, _readings(pictures, found))


@lru_cache(maxsize=2)
def _known(model: str, weights_sha256: str) -> Directions:
    return known(model)


@lru_cache(maxsize=16)
def _point(model: str, condition: str, base: str) -> Points:
    """(D,) float32, where the edit starts."""
    from playground.data import shelf

    start, room = read_base(base, model), kept_space(model, condition)
    if start.kind == "seed":
        return room.draw(start.number)
    if start.kind == "row":
        data = shelf.load(picture_facts(model).dataset)
        return encoded(data.images[start.number], model, read_condition(picture_facts(model), condition))
    if len(start.point) != room.dimensions:
        raise PlaygroundError(f"Points of {model} have {room.dimensions} numbers; this has {len(start.point)}.")
    return np.array(start.point, np.float32)


def _readings(pictures: Pictures, found: Directions) -> dict[str, tuple[str, str]]:
    from playground.data import shelf
    from playground.labs.pictures.judging import read_labels

    data = shelf.load(found.dataset)
    read = read_labels(pictures, found.dataset)
    if read is None:
        return {}
    return {name: (values[read[0, a]], values[read[1, a]]) for a, (name, values) in enumerate(data.values.items())}


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


def entanglement(found: Directions, keys: Sequence[str], strength: float, condition: str = "any") -> Entanglement:
    """Moves held-out pictures along each direction and counts what the classifier then reads otherwise.

    A word's direction moves pictures that do not have the word. Raises PlaygroundError for an unknown key.
    """
    from playground.data import shelf
    from playground.labs.pictures.judging import read_labels

    data = shelf.load(found.dataset)
    names, single = list(data.values), len(data.values) == 1
    columns = data.values[names[0]] if single else tuple(names)
    labels = data.attribute_table()[found.held_out]
    room = kept_space(found.model, condition)
    own, shares, befores = [], [], []
    for key in keys:
        one = found.one(key)
        rows = _without(one.key, data, labels)[:PICTURES]
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
        own.append(_own(one.key, columns, single))
    kept = np.array(befores) if single else None
    return Entanglement(strength, PICTURES, tuple(keys), columns, tuple(own), tuple(shares), kept)


def _own(key: str, columns: Sequence[str], single: bool) -> int:
    attribute, _, word = key.partition("=")
    name = word if single else attribute
    return list(columns).index(name) if name in columns else -1


def _without(key: str, data: Dataset, labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows of the held-out pictures that do not have the word; all for a component."""
    attribute, _, word = key.partition("=")
    if attribute not in data.values:
        return np.arange(len(labels))
    column, values = labels[:, list(data.values).index(attribute)], data.values[attribute]
    return np.flatnonzero(column == values.index("none") if not word else column != values.index(word))


def _decoded(room: Space, points: Points) -> Pictures:
    return np.concatenate(list(room.pictures(points)))


def recipe_of(model: str, condition: str, base: Base, moves: Moves, name: str = "") -> Recipe:
    """An edit as a recipe, for a link. Raises PlaygroundError for a name that is too long."""
    facts = picture_facts(model)
    if len(name) > LONGEST_NAME:
        raise PlaygroundError(f"A name has at most {LONGEST_NAME} characters; this has {len(name)}.")
    words = written_condition(read_condition(facts, condition))
    settings: dict[str, Setting] = {
        "panel": "directions", "start": str(base), "moves": written_moves(moves), "condition": words,
    }  # fmt: skip
    if name:
        settings["name"] = name
    return Recipe("latent", model, facts.weights_sha256, base.number if base.kind == "seed" else 0, settings)
