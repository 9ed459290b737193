"""A data set of pictures: arrays with labels, independent of where they come from and how they are used.

Images are (N, H, W, C) uint8, C = 1 or 3. A label is an index into the values of its attribute.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Images = NDArray[np.uint8]
Indices = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Dataset:
    """Pictures with their labels. The arrays are read-only because all visitors share them.

    images: (N, H, W, C) uint8.  labels: for each attribute, (N,) int64 indices into values[attribute].
    values: for each attribute, the words for its indices; its keys are in the order of a condition's columns.
    held_out: (N,) bool, True for pictures never used in training.
    origin: a sentence on where the pictures come from.  licence: SPDX identifier.
    """

    name: str
    title: str
    images: Images
    labels: dict[str, Indices]
    values: dict[str, tuple[str, ...]]
    held_out: NDArray[np.bool_]
    origin: str
    licence: str

    def __post_init__(self) -> None:
        """Makes the arrays read-only. Raises ValueError if they do not fit together."""
        count = len(self.images)
        if self.images.ndim != 4 or self.images.dtype != np.uint8 or self.images.shape[3] not in (1, 3):
            raise ValueError(f"images must be (N, H, W, 1 or 3) uint8, not {self.images.shape} {self.images.dtype}")
        if list(self.labels) != list(self.values):
            raise ValueError("labels and values must have the same attributes, in the same order")
        for attribute, labels in self.labels.items():
            if labels.shape != (count,) or (count and not 0 <= labels.min() <= labels.max() < self.size(attribute)):
                raise ValueError(f"the labels of {attribute} do not fit the images or the values")
            labels.setflags(write=False)
        if self.held_out.shape != (count,) or self.held_out.dtype != np.bool_:
            raise ValueError("held_out must be (N,) bool")
        self.images.setflags(write=False)
        self.held_out.setflags(write=False)

    def size(self, attribute: str) -> int:
        """How many values the attribute has. As a condition, this number means "any"."""
        return len(self.values[attribute])

    def sizes(self) -> tuple[int, ...]:
        """How many values each attribute has, in the order of `values`."""
        return tuple(len(words) for words in self.values.values())

    def shares(self) -> dict[str, list[float]]:
        """For each attribute, the frequencies of its values in the training pictures, 0 to 1, rounded to 5 places."""
        labels = self.attribute_table()[self.train_rows()]
        return {
            name: (np.bincount(labels[:, a], minlength=self.size(name)) / max(1, len(labels))).round(5).tolist()
            for a, name in enumerate(self.values)
        }

    def train_rows(self) -> Indices:
        """(M,) indices of the training pictures."""
        return np.flatnonzero(~self.held_out).astype(np.int64)

    def held_out_rows(self) -> Indices:
        """(M,) indices of the held-out pictures."""
        return np.flatnonzero(self.held_out).astype(np.int64)

    def attribute_table(self) -> Indices:
        """(N, A) int64: each row is the condition of that picture for a net."""
        return np.stack(list(self.labels.values()), axis=1)

    def sha256(self) -> str:
        """sha256 of the images, which identifies the data in recipes and in models' JSON."""
        return sha256_of_images(self.images)


def sha256_of_images(images: Images) -> str:
    """sha256 of the images' bytes in C order, hexadecimal. images: (N, H, W, C) uint8."""
    return hashlib.sha256(np.ascontiguousarray(images).tobytes()).hexdigest()
