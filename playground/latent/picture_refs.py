"""References to pictures in a latent space: a seed, a real picture, or a point; and their text in a link.

"17" is a seed, "d17" picture 17 of the model's data set, "s17" of the sample of it, "z:…" a packed point.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.validation import parse_seed, quoted
from playground.data.dataset import Dataset
from playground.images.model_menu import ImageModelFacts
from playground.latent.endpoints import pack_point, read_point, unpack_point
from playground.latent.gan_inputs import GanInputs
from playground.latent.latent_space import LatentSpace
from playground.latent.vae_encoder import encode

Points = NDArray[np.float32]
Pictures = NDArray[np.uint8]
_REAL_PATTERN = re.compile(r"([ds])(\d{1,7})")


@dataclass(frozen=True)
class RealPicture:
    """A real picture. dataset: the name of its data set.  row: its index there."""

    dataset: str
    row: int


PictureRef = int | RealPicture | tuple[float, ...]


def read_picture_ref(value: object, facts: ImageModelFacts) -> PictureRef:
    """One reference, from its text in a link, {"model", "seed" or "z"}, a list of numbers, or a seed.

    Raises PlaygroundError for another model's, a row out of range, or anything else.
    """
    if isinstance(value, Mapping):
        other = value.get("model", facts.name)
        if other != facts.name:
            sentence = say("latent.points.errors.other_model_point", other=quoted(other), model=facts.name)
            raise PlaygroundError(sentence)
        value = value.get("z", value.get("seed"))
    if isinstance(value, (list, tuple)):
        return read_point(value)
    if isinstance(value, str):
        if value.startswith("z:"):
            return unpack_point(value)
        real = _REAL_PATTERN.fullmatch(value)
        if real:
            return _real_picture(real[1], int(real[2]), facts)
        if not value.isdecimal():
            raise PlaygroundError(say("latent.points.errors.not_a_reference", value=quoted(value)))
    return parse_seed(value)


def _real_picture(letter: str, row: int, facts: ImageModelFacts) -> RealPicture:
    from playground.data import registry

    if facts.kind != "vae":
        encode(np.zeros((0, 1, 1, 1), np.uint8), facts.name)  # raises the error that says so
    name = facts.dataset + ("-sample" if letter == "s" else "")
    count = len(registry.load(name).images)
    if row >= count:
        raise PlaygroundError(say("latent.points.errors.no_row", dataset=name, count=count, row=row))
    return RealPicture(name, row)


def read_picture_refs(value: object, facts: ImageModelFacts, most: int, place: str) -> tuple[PictureRef, ...]:
    """Up to `most` references, from "17, d3" or a list. place: what they are for, as it begins a sentence."""
    parts: Sequence[object]
    if isinstance(value, str):
        parts = [part for part in re.split(r"[,;\s]+", value) if part]
    elif isinstance(value, (list, tuple)):
        parts = value
    else:
        parts = [] if value is None else [value]
    if len(parts) > most:
        raise PlaygroundError(say("latent.points.errors.too_many_pictures", place=place, most=most, count=len(parts)))
    return tuple(read_picture_ref(part, facts) for part in parts)


def format_picture_ref(item: PictureRef) -> str:
    """The reference's text in a link."""
    if isinstance(item, RealPicture):
        return f"{'s' if item.dataset.endswith('-sample') else 'd'}{item.row}"
    return str(item) if isinstance(item, int) else pack_point(item)


def format_picture_refs(items: Sequence[PictureRef]) -> str:
    """References, separated by commas."""
    return ",".join(map(format_picture_ref, items))


def ref_label(item: PictureRef) -> str:
    """The reference's name on the page."""
    if isinstance(item, RealPicture):
        return say("latent.points.picture", row=item.row)
    return say("shared.seed_number", seed=item) if isinstance(item, int) else say("latent.points.point")


def ref_of_row(data: Dataset, row: int) -> RealPicture:
    """A picture of a data set as a reference."""
    return RealPicture(data.name, int(row))


def points_of(items: Sequence[PictureRef], space: LatentSpace | GanInputs, condition: Mapping[str, str]) -> Points:
    """The references' points, (N, D) float32; of real pictures, the encoder's means.

    Raises PlaygroundError for a point of another space, or a real picture without an encoder.
    """
    points = np.zeros((len(items), space.dimensions), np.float32)
    real = [index for index, item in enumerate(items) if isinstance(item, RealPicture)]
    for index, item in enumerate(items):
        if isinstance(item, int):
            points[index] = space.draw(item)
        elif isinstance(item, tuple):
            if isinstance(space, GanInputs) and len(item) == space.latent:
                points[index] = space.complete(np.array(item, np.float32))
                continue
            if len(item) != space.dimensions:
                sizes = {"numbers": len(item), "model": space.facts.name, "dimensions": space.dimensions}
                raise PlaygroundError(say("latent.points.errors.wrong_space", **sizes))
            points[index] = item
    if real:
        points[real] = encode(np.stack([_picture(items[index]) for index in real]), space.facts.name, condition)[0]
    return points


def pictures_of(items: Sequence[PictureRef], points: Points, space: LatentSpace | GanInputs) -> Pictures:
    """The references' pictures, (N, H, W, C) uint8: real ones from the data set, others decoded from their points."""
    facts = space.facts
    pictures = np.zeros((len(items), facts.side, facts.side, facts.channels), np.uint8)
    generated = [index for index, item in enumerate(items) if not isinstance(item, RealPicture)]
    for index, item in enumerate(items):
        if isinstance(item, RealPicture):
            pictures[index] = _picture(item)
    if generated:
        pictures[generated] = np.concatenate(list(space.pictures(points[generated])))
    return pictures


def labels_of_ref(item: PictureRef) -> dict[str, str]:
    """Attribute -> word of a real picture's labels; {} for other references."""
    if not isinstance(item, RealPicture):
        return {}
    from playground.data import registry

    return labels_of_row(registry.load(item.dataset), item.row)


def labels_of_row(data: Dataset, row: int) -> dict[str, str]:
    """Attribute -> word of one picture's labels."""
    return {name: data.values[name][int(labels[row])] for name, labels in data.labels.items()}


def _picture(item: PictureRef) -> Pictures:
    from playground.data import registry

    assert isinstance(item, RealPicture)
    picture: Pictures = registry.load(item.dataset).images[item.row]
    return picture
