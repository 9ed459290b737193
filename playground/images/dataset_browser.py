"""A data set looked through: by label, page by page, with how often each label comes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.core.errors import PlaygroundError
from playground.core.validation import quoted

PAGE_SIZE = 48
SPLITS = ("all", "training", "held out")


@dataclass(frozen=True, eq=False)
class DatasetPage:
    """Some of a data set's pictures.

    pictures: (N, H, W, C) uint8.  rows: (N,) their places in the set.  words: for each, attribute -> word.
    found: how many pictures have the label.  number, pages: this page, from 1, of how many.
    balance: of the attribute that is looked at, word -> how many pictures, in the chosen part.
    """

    title: str
    origin: str
    licence: str
    pictures: NDArray[np.uint8]
    rows: NDArray[np.int64]
    words: tuple[Mapping[str, str], ...]
    found: int
    number: int
    pages: int
    balance: Mapping[str, int]


def dataset_names() -> list[str]:
    """The data sets by name."""
    from playground.data import registry

    return list(registry.datasets())


def dataset_attributes(dataset: str) -> Mapping[str, tuple[str, ...]]:
    """Attribute -> its words. Nothing is loaded."""
    from playground.images.model_menu import attribute_values

    return attribute_values(dataset.removesuffix("-sample"))


def browse_dataset(dataset: str, attribute: str, word: str = "any", part: str = "all", number: int = 1) -> DatasetPage:
    """A page of the pictures that have the word. Raises PlaygroundError if the set or the label is not there."""
    from playground.data import registry

    data = registry.load(dataset)
    if attribute not in data.values or word not in ("any", *data.values[attribute]):
        raise PlaygroundError(
            f"{data.title} has no label {quoted(word)} of {quoted(attribute)}: choose one of the menu."
        )
    if part not in SPLITS:
        raise PlaygroundError(f"The part must be one of {', '.join(SPLITS)}; it was {quoted(part)}.")
    inside = {"all": np.ones(len(data.images), bool), "training": ~data.held_out, "held out": data.held_out}[part]
    labels, words = data.labels[attribute], data.values[attribute]
    counts = np.bincount(labels[inside], minlength=len(words))
    chosen = inside if word == "any" else inside & (labels == words.index(word))
    rows = np.flatnonzero(chosen).astype(np.int64)
    pages = max(1, -(-len(rows) // PAGE_SIZE))
    number = max(1, min(pages, int(number)))
    rows = rows[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    table = data.attribute_table()[rows]
    named = tuple(
        {name: there[value] for (name, there), value in zip(data.values.items(), row, strict=True)} for row in table
    )
    return DatasetPage(
        title=data.title, origin=data.origin, licence=data.licence, pictures=data.images[rows], rows=rows, words=named,
        found=int(chosen.sum()), number=number, pages=pages,
        balance={one: int(count) for one, count in zip(words, counts, strict=True)},
    )  # fmt: skip


def held_out_images(dataset: str) -> NDArray[np.uint8]:
    """(N, H, W, C) uint8: pictures that no training saw, of the set or, where it is not to be had, of its sample."""
    from playground.data import registry

    sample = f"{dataset}-sample"
    try:
        data = registry.load(dataset)
    except PlaygroundError:
        if sample not in registry.datasets():
            raise
        data = registry.load(sample)
    pictures: NDArray[np.uint8] = data.images[data.held_out_rows()]
    return pictures


def held_out_image(dataset: str, number: int) -> NDArray[np.uint8]:
    """(H, W, C) uint8: one that no training saw; the numbers go round."""
    pictures = held_out_images(dataset)
    one: NDArray[np.uint8] = pictures[(number * 37) % len(pictures)]
    return one


def image_count(dataset: str) -> int:
    """How many pictures it has. Raises PlaygroundError if the set is not to be had."""
    from playground.data import registry

    return len(registry.load(dataset).images)


def image_shape(dataset: str) -> tuple[int, int]:
    """(side in pixels, channels). Raises PlaygroundError if the set is not to be had."""
    from playground.data import registry

    shape = registry.load(dataset).images.shape
    return int(shape[1]), int(shape[3])
