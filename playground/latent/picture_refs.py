"""What can be put somewhere in a latent space: a seed, a real picture, or a point itself; and how it stands in a link.

"17" is a seed, "d17" picture 17 of the model's data set, "s17" of the sample of it, "z:…" a packed point.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.core.errors import PlaygroundError
from playground.core.validation import quoted, seed_of
from playground.data.dataset import Dataset
from playground.images.model_menu import PictureFacts
from playground.latent.endpoints import packed_point, read_point, unpacked
from playground.latent.latent_space import Space
from playground.latent.vae_encoder import encode

Points = NDArray[np.float32]
Pictures = NDArray[np.uint8]
_REAL = re.compile(r"([ds])(\d{1,7})")


@dataclass(frozen=True)
class Real:
    """A real picture. dataset: the name of its set on the shelf.  row: its place there."""

    dataset: str
    row: int


Item = int | Real | tuple[float, ...]


def read_item(value: object, facts: PictureFacts) -> Item:
    """One item. value: as in a link, or {"model", "seed" or "z"}, or a list of numbers, or a seed.

    Raises PlaygroundError for another model's, a picture that is not there, or what is none of these.
    """
    if isinstance(value, Mapping):
        other = value.get("model", facts.name)
        if other != facts.name:
            raise PlaygroundError(
                f"Points of two models cannot be added: one is of {quoted(other)}, the others are of {facts.name}."
            )
        value = value.get("z", value.get("seed"))
    if isinstance(value, (list, tuple)):
        return read_point(value)
    if isinstance(value, str):
        if value.startswith("z:"):
            return unpacked(value)
        real = _REAL.fullmatch(value)
        if real:
            return _real(real[1], int(real[2]), facts)
        if not value.isdecimal():
            raise PlaygroundError(
                f"{quoted(value)} is no seed (17), no real picture (d17) and no point (z:…) that could be put in."
            )
    return seed_of(value)


def _real(letter: str, row: int, facts: PictureFacts) -> Real:
    from playground.data import registry

    if facts.kind != "vae":
        encode(np.zeros((0, 1, 1, 1), np.uint8), facts.name)  # raises the sentence
    name = facts.dataset + ("-sample" if letter == "s" else "")
    count = len(registry.load(name).images)
    if row >= count:
        raise PlaygroundError(f"{name} has {count:,} pictures, numbered from 0: there is no picture {row:,}.")
    return Real(name, row)


def read_items(value: object, facts: PictureFacts, most: int, name: str) -> tuple[Item, ...]:
    """Up to `most` items, from "17, d3" or a list. name: of the place they are for, in a sentence."""
    parts: Sequence[object]
    if isinstance(value, str):
        parts = [part for part in re.split(r"[,;\s]+", value) if part]
    elif isinstance(value, (list, tuple)):
        parts = value
    else:
        parts = [] if value is None else [value]
    if len(parts) > most:
        raise PlaygroundError(f"{name} holds at most {most} pictures; there are {len(parts)}.")
    return tuple(read_item(part, facts) for part in parts)


def written_item(item: Item) -> str:
    """The item as it stands in a link."""
    if isinstance(item, Real):
        return f"{'s' if item.dataset.endswith('-sample') else 'd'}{item.row}"
    return str(item) if isinstance(item, int) else packed_point(item)


def written_items(items: Sequence[Item]) -> str:
    """Several, with commas between."""
    return ",".join(map(written_item, items))


def label_of(item: Item) -> str:
    """The item for people."""
    if isinstance(item, Real):
        return f"picture {item.row:,}"
    return f"seed {item}" if isinstance(item, int) else "a point"


def item_of_row(data: Dataset, row: int) -> Real:
    """A data set's picture as an item."""
    return Real(data.name, int(row))


def points_of(items: Sequence[Item], room: Space, condition: Mapping[str, str]) -> Points:
    """(N, D) float32: where the items lie; real pictures by the encoder's mean.

    Raises PlaygroundError for a point of another space, or a real picture where there is no encoder.
    """
    points = np.zeros((len(items), room.dimensions), np.float32)
    real = [place for place, item in enumerate(items) if isinstance(item, Real)]
    for place, item in enumerate(items):
        if isinstance(item, int):
            points[place] = room.draw(item)
        elif isinstance(item, tuple):
            if len(item) != room.dimensions:
                raise PlaygroundError(
                    f"A point has {len(item)} numbers, but points of {room.facts.name} have {room.dimensions}: "
                    "it is a point of another model's space."
                )
            points[place] = item
    if real:
        points[real] = encode(np.stack([_picture(items[place]) for place in real]), room.facts.name, condition)[0]
    return points


def pictures_of(items: Sequence[Item], points: Points, room: Space) -> Pictures:
    """(N, H, W, C) uint8: the items to look at; real pictures as they are, others as the model draws them."""
    facts = room.facts
    made = np.zeros((len(items), facts.side, facts.side, facts.channels), np.uint8)
    drawn = [place for place, item in enumerate(items) if not isinstance(item, Real)]
    for place, item in enumerate(items):
        if isinstance(item, Real):
            made[place] = _picture(item)
    if drawn:
        made[drawn] = np.concatenate(list(room.pictures(points[drawn])))
    return made


def words_of_item(item: Item) -> dict[str, str]:
    """Attribute -> word of a real picture, by its own label; empty for others."""
    if not isinstance(item, Real):
        return {}
    from playground.data import registry

    return words_of_row(registry.load(item.dataset), item.row)


def words_of_row(data: Dataset, row: int) -> dict[str, str]:
    """Attribute -> word of one picture."""
    return {name: data.values[name][int(labels[row])] for name, labels in data.labels.items()}


def _picture(item: Item) -> Pictures:
    from playground.data import registry

    assert isinstance(item, Real)
    picture: Pictures = registry.load(item.dataset).images[item.row]
    return picture
