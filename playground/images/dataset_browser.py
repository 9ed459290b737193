"""Pages of a data set, filtered by label and split, with label frequencies; and its held-out pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.validation import parse_choice, quoted
from playground.data.avatar_words import current_word
from playground.images.model_menu import attribute_values, image_model_facts

PAGE_SIZE = 48
SPLITS = ("all", "training", "held out")


@dataclass(frozen=True, eq=False)
class DatasetPage:
    """One page of a data set's pictures.

    pictures: (N, H, W, C) uint8.  rows: (N,) their indices in the set.  labels: for each, attribute -> value.
    total: how many pictures have the chosen label.  page, page_count: this page, from 1, of how many.
    label_counts: value -> number of pictures in the chosen split, for the attribute that is filtered by.
    """

    title: str
    origin: str
    licence: str
    pictures: NDArray[np.uint8]
    rows: NDArray[np.int64]
    labels: tuple[Mapping[str, str], ...]
    total: int
    page: int
    page_count: int
    label_counts: Mapping[str, int]


def dataset_names() -> list[str]:
    """Names of the registered data sets."""
    from playground.data import registry

    return list(registry.datasets())


def dataset_attributes(dataset: str) -> Mapping[str, tuple[str, ...]]:
    """Attribute -> its values, also for a data set's sample. Loads nothing."""
    return attribute_values(dataset)


def is_missing(model: str) -> bool:
    """Whether the model's data set is not on this machine, and can be fetched; False for a model that was deleted."""
    from playground.data import registry

    try:
        return bool(registry.missing(image_model_facts(model).dataset))
    except PlaygroundError:
        return False


def fetch_dataset(model: str) -> Iterator[float]:
    """Fetches the model's data set; yields the fraction done. Raises PlaygroundError if that fails."""
    from playground.data import registry

    yield from registry.fetch(image_model_facts(model).dataset)


def dataset_value(attribute: str, value: str) -> str:
    """A label's value in the words of today; links of earlier versions number the avatars' shapes."""
    return current_word(attribute, value)


def browse_dataset(dataset: str, attribute: str, value: str = "any", split: str = "all", page: int = 1) -> DatasetPage:
    """A page of the pictures whose attribute has the value; a page out of range is replaced by the nearest.

    split: one of SPLITS.  Raises PlaygroundError for an unknown data set, label or split.
    """
    from playground.data import registry

    data = registry.load(dataset)
    if attribute not in data.values or value not in ("any", *data.values[attribute]):
        names = {"value": quoted(value), "attribute": quoted(attribute)}
        raise PlaygroundError(say("images.dataset.bad_label", title=data.title, **names))
    split = parse_choice(split, SPLITS, "split")
    inside = {"all": np.ones(len(data.images), bool), "training": ~data.held_out, "held out": data.held_out}[split]
    labels, values = data.labels[attribute], data.values[attribute]
    counts = np.bincount(labels[inside], minlength=len(values))
    matches = inside if value == "any" else inside & (labels == values.index(value))
    rows = np.flatnonzero(matches).astype(np.int64)
    page_count = max(1, -(-len(rows) // PAGE_SIZE))
    page = max(1, min(page_count, int(page)))
    rows = rows[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    table = data.attribute_table()[rows]
    row_labels = tuple(
        {name: names[code] for (name, names), code in zip(data.values.items(), row, strict=True)} for row in table
    )
    return DatasetPage(
        title=data.title, origin=data.origin, licence=data.licence, pictures=data.images[rows], rows=rows,
        labels=row_labels, total=int(matches.sum()), page=page, page_count=page_count,
        label_counts={name: int(count) for name, count in zip(values, counts, strict=True)},
    )  # fmt: skip


def page_count(dataset: str) -> int:
    """How many pages a whole data set has. Loads nothing."""
    from playground.data import registry

    return -(-registry.size(dataset) // PAGE_SIZE)


def rarest_label(dataset: str, labels: Mapping[str, str]) -> tuple[str, str, float]:
    """(attribute, value, share of all pictures, 0 to 1) of the label that fewest pictures have.

    labels: attribute -> value, of one picture.
    """
    from playground.data import registry

    data = registry.load(dataset)
    shares = {
        name: float((data.labels[name] == data.values[name].index(value)).mean()) for name, value in labels.items()
    }
    rarest = min(shares, key=lambda name: shares[name])
    return rarest, labels[rarest], shares[rarest]


def held_out_images(dataset: str) -> NDArray[np.uint8]:
    """(N, H, W, C) uint8: pictures held out of training, from the bundled sample if the data set cannot be loaded."""
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


def held_out_image(dataset: str, index: int) -> NDArray[np.uint8]:
    """(H, W, C) uint8: one held-out picture; consecutive indices are far apart in the set, and wrap around."""
    pictures = held_out_images(dataset)
    picture: NDArray[np.uint8] = pictures[(index * 37) % len(pictures)]
    return picture


def image_count(dataset: str) -> int:
    """Number of pictures in a data set. Raises PlaygroundError if it cannot be loaded."""
    from playground.data import registry

    return len(registry.load(dataset).images)


def image_shape(dataset: str) -> tuple[int, int]:
    """(side in pixels, channels). Raises PlaygroundError if the data set cannot be loaded."""
    from playground.data import registry

    shape = registry.load(dataset).images.shape
    return int(shape[1]), int(shape[3])
