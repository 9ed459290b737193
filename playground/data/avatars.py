"""Pixel-art faces, 16 × 16 RGB, with their features as labels, drawn from seeds by the pinned DiceBear packages.

The same packages give the same bytes on every machine. Frequencies are the style's, except that beards, hats and
glasses are more frequent, so that a small network sees each often enough to learn it.
Source: "Pixel Art" by DiceBear, CC0 1.0, https://www.dicebear.com/styles/pixel-art.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.core import hardware
from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.paths import DATA
from playground.core.progress import Report, without_progress
from playground.data import npz_cache
from playground.data.avatar_words import COLOUR_NAMES, SHAPE_NAMES
from playground.data.dataset import Dataset, Images, sha256_of_images

NAME = "avatars"
TRAIN_COUNT, HELD_OUT_COUNT = 22_000, 4_000
SIDE = 16
#: The whole set as the pinned packages draw it. If it is missing or damaged, it is drawn again.
SHIPPED = DATA / "avatars.npz"

#: sha256 of all images, as the pinned packages draw them.
IMAGES_SHA256 = "bef1b3160101112c3914aa505ae19eea98a10b58e0d50110f3671e2891b704f2"

_BACKGROUND = "#b6e3f4"
_OPTIONS = {
    "backgroundColor": [_BACKGROUND],
    "beardProbability": 15,
    "hatProbability": 10,
    "glassesProbability": 25,
}
#: Attribute -> (its key in DiceBear's resolved options, the style's component or colour, whether it may be absent).
_ATTRIBUTES = {
    "skin": ("skinColor", "skin", False),
    "hair": ("hairVariant", "hair", False),
    "hair colour": ("hairColor", "hair", False),
    "glasses": ("glassesVariant", "glasses", True),
    "beard": ("beardVariant", "beard", True),
    "hat": ("hatVariant", "hat", True),
    "mouth": ("mouthVariant", "mouth", False),
    "clothing colour": ("clothingColor", "clothing", False),
}
_CHUNK = 500


@dataclass(frozen=True, eq=False)
class AvatarBatch:
    """Pictures of consecutive seeds: (N, 16, 16, 3) uint8 and (N, 8) uint8 labels."""

    images: Images
    labels: NDArray[np.uint8]


def load(report: Report = without_progress) -> Dataset:
    """All avatars: the bundled ones, or, if these are missing, drawn in a minute or two and stored.

    Raises PlaygroundError if the packages are missing or the disk is full.
    """
    arrays = npz_cache.load_or_build(NAME, ("images", "labels"), lambda: _draw_all(report), report, SHIPPED)
    images, labels = arrays["images"], arrays["labels"].astype(np.int64)
    return Dataset(
        name=NAME,
        title=say("data.avatars.title"),
        images=images,
        labels={attribute: np.ascontiguousarray(labels[:, column]) for column, attribute in enumerate(_ATTRIBUTES)},
        values=values(),
        held_out=np.arange(len(images)) >= TRAIN_COUNT,
        origin=_origin(sha256_of_images(images)),
        licence="CC0-1.0",
    )


def values() -> dict[str, tuple[str, ...]]:
    """The words for the labels of each attribute; "none" comes first where it can be absent."""
    return {name: tuple(_word(name, choice) for choice in choices) for name, choices in _choices().items()}


def colours() -> dict[str, dict[str, str]]:
    """Attribute -> word -> the colour that it names, "#rrggbb", for the attributes that are colours."""
    hues = {name: names for name, names in _choices().items() if names[0].startswith("#")}
    return {attribute: {COLOUR_NAMES[hue]: hue for hue in names} for attribute, names in hues.items()}


def draw_avatars(start: int, stop: int) -> AvatarBatch:
    """The pictures of the seeds avatar-START … avatar-(STOP - 1), duplicates included.

    Raises PlaygroundError if the packages are missing.
    """
    try:
        import resvg_py
        from dicebear import Avatar
    except ImportError as error:
        raise PlaygroundError(say("data.avatars.no_packages")) from error
    style, choices = _style(), _choices()
    images = np.empty((stop - start, SIDE, SIDE, 3), np.uint8)
    labels = np.empty((stop - start, len(choices)), np.uint8)
    for row, number in enumerate(range(start, stop)):
        avatar = Avatar(style, {"seed": f"avatar-{number}", **_OPTIONS}).to_json()
        images[row] = _pixels(resvg_py.svg_to_bytes(svg_string=avatar["svg"], skip_system_fonts=True))
        labels[row] = [words.index(_value(avatar["options"], attribute)) for attribute, words in choices.items()]
    return AvatarBatch(images, labels)


def _draw_all(report: Report) -> dict[str, NDArray[np.uint8]]:
    """The first TRAIN_COUNT + HELD_OUT_COUNT unique pictures, in the order of their seeds."""
    count = TRAIN_COUNT + HELD_OUT_COUNT
    seen: set[bytes] = set()
    images, labels = [], []
    for batch in _chunks():
        for image, row in zip(batch.images, batch.labels, strict=True):
            if image.tobytes() not in seen and len(seen) < count:
                seen.add(image.tobytes())
                images.append(image)
                labels.append(row)
        report(say("data.avatars.drawing"), len(seen) / count)
        if len(seen) == count:
            break
    return {"images": np.stack(images), "labels": np.stack(labels)}


def _chunks() -> Iterator[AvatarBatch]:
    """Batches in the order of their seeds, without end, drawn by up to two processes."""
    workers = min(2, hardware.cores())
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        ahead = [pool.submit(draw_avatars, n * _CHUNK, (n + 1) * _CHUNK) for n in range(2 * workers)]
        number = len(ahead)
        try:
            while True:
                yield ahead.pop(0).result()
                ahead.append(pool.submit(draw_avatars, number * _CHUNK, (number + 1) * _CHUNK))
                number += 1
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _pixels(png: bytes) -> Images:
    from PIL import Image

    with Image.open(io.BytesIO(png)) as image:
        return np.asarray(image.convert("RGB"), np.uint8)


@cache
def _definition() -> dict[str, Any]:
    """The style as its package describes it."""
    from importlib.resources import files

    try:
        text = (files("dicebear_styles") / "pixel-art.json").read_text("utf-8")
    except ModuleNotFoundError as error:
        raise PlaygroundError(say("data.avatars.no_style")) from error
    definition: dict[str, Any] = json.loads(text)
    return definition


@cache
def _style() -> Any:
    from dicebear import Style

    return Style(_definition())


@cache
def _choices() -> dict[str, tuple[str, ...]]:
    """The values of each attribute as DiceBear names them, in a fixed order."""
    definition = _definition()
    choices = {}
    for attribute, (key, part, optional) in _ATTRIBUTES.items():
        if key.endswith("Color"):
            words = tuple(definition["colors"][part]["values"])
        else:
            words = tuple(sorted(definition["components"][part]["variants"]))
        choices[attribute] = ("none", *words) if optional else words
    return choices


def _value(options: dict[str, Any], attribute: str) -> str:
    """The value that the picture shows, from DiceBear's resolved options."""
    key = _ATTRIBUTES[attribute][0]
    value = options.get(key, "none")
    return str(value[0] if isinstance(value, list) else value)


def _word(attribute: str, choice: str) -> str:
    """A value as people read it: the name of a colour or of a shape, or "none"."""
    return COLOUR_NAMES.get(choice) or SHAPE_NAMES.get(attribute, {}).get(choice, choice)


def _origin(sha256: str) -> str:
    return say("data.avatars.origin") if sha256 == IMAGES_SHA256 else say("data.avatars.origin_differs")
