"""The data of an image training: a data set or a visitor's own images, reduced or corrupted as the settings say.

The images have one attribute: their label, or a constant for training without labels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.data import registry
from playground.data.dataset import Dataset, Images, Indices

#: In the run's folder. Its only array: "pictures", (N, side, side, 3) uint8.
USER_IMAGES_FILE = "own-pictures.npz"
FEWEST_USER_IMAGES, MOST_USER_IMAGES = 8, 5000
#: The attribute that the setting "labels" uses.
_LABEL = {"avatars": "skin", "fashion": "class"}
MOST_HELD_OUT = 2000


def load_training_data(dataset: str, settings: Mapping[str, Any], seed: int, folder: Path) -> Dataset:
    """Training and held-out pictures, corrupted as the settings say. Raises PlaygroundError if they cannot be loaded.

    seed: of which pictures and labels are replaced or left out.  folder: of the run, with its user's images.
    """
    source = _load_user_images(folder, settings["side"]) if dataset == "folder" else registry.load(dataset)
    random = np.random.default_rng([seed, 6])
    name = _LABEL.get(dataset, "") if settings["labels"] else ""
    if settings["labels"] and name not in source.labels:
        name = next(iter(source.labels))
    labels = source.labels[name] if name else np.zeros(len(source.images), np.int64)
    values = source.values[name] if name else ("any",)
    train, held_out = source.train_rows(), source.held_out_rows()[:MOST_HELD_OUT]
    if settings["missing"]:
        train = _drop_class_share(train, labels, settings["missing"], random)
    if 0 < settings["pictures"] < len(train):
        train = np.sort(random.choice(train, settings["pictures"], replace=False))
    images, used_labels = source.images[train].copy(), labels[train].copy()
    _corrupt(images, used_labels, len(values), settings, random)
    return Dataset(
        name=dataset, title=source.title,
        images=np.concatenate([images, source.images[held_out]]),
        labels={name or "picture": np.concatenate([used_labels, labels[held_out]])},
        values={name or "picture": values},
        held_out=np.arange(len(train) + len(held_out)) >= len(train),
        origin=source.origin, licence=source.licence,
    )  # fmt: skip


def _load_user_images(folder: Path, side: int) -> Dataset:
    """A visitor's images; an eighth of them, two at least, is held out."""
    try:
        with np.load(folder / USER_IMAGES_FILE, allow_pickle=False) as file:
            pictures = file["pictures"]
    except (OSError, ValueError, KeyError, EOFError):
        raise PlaygroundError(say("train.data.no_pictures")) from None
    if pictures.dtype != np.uint8 or pictures.ndim != 4 or pictures.shape[1:] != (side, side, 3):
        raise PlaygroundError(say("train.data.other_side", side=side))
    if not FEWEST_USER_IMAGES <= len(pictures) <= MOST_USER_IMAGES:
        limits = {"fewest": FEWEST_USER_IMAGES, "most": MOST_USER_IMAGES}
        raise PlaygroundError(say("train.data.picture_count", count=len(pictures), **limits))
    order = np.random.default_rng(0).permutation(len(pictures))
    held_out = np.zeros(len(pictures), bool)
    held_out[order[: max(2, len(pictures) // 8)]] = True
    nothing = {"picture": np.zeros(len(pictures), np.int64)}
    return Dataset("folder", say("train.data.own_pictures"), pictures, nothing, {"picture": ("any",)}, held_out, "", "")


def _drop_class_share(rows: Indices, labels: Indices, share: float, random: np.random.Generator) -> Indices:
    """The rows without that fraction of the most frequent label's."""
    most = int(np.bincount(labels[rows]).argmax())
    theirs = rows[labels[rows] == most]
    dropped = random.choice(theirs, round(share * len(theirs)), replace=False)
    return np.setdiff1d(rows, dropped)


def _corrupt(
    images: Images, labels: Indices, values: int, settings: Mapping[str, Any], random: np.random.Generator
) -> None:
    """Replace labels by random ones and pictures by grey noise, in place; each with its fraction as probability."""
    wrong = random.random(len(labels)) < settings["wrong_labels"]
    labels[wrong] = random.integers(0, values, int(wrong.sum()))
    grey = np.flatnonzero(random.random(len(images)) < settings["grey_noise"])
    noise = random.integers(0, 256, (len(grey), *images.shape[1:3], 1), np.uint8)
    images[grey] = np.broadcast_to(noise, (len(grey), *images.shape[1:]))


@dataclass(frozen=True)
class Audit:
    """Quality checks of the training data.

    noisy: fraction of training pictures whose neighbouring pixels are uncorrelated (below 0.2).
    label_agreement, label_agreement_held_out: fraction of a sample whose label is that of the nearest training picture;
    1 without labels.
    rarest: the class with the largest deficit compared with the held-out pictures, "" without labels.
    rarest_count, rarest_expected: its number of training pictures, and the number expected from the held-out ones.
    """

    noisy: float
    label_agreement: float = 1.0
    label_agreement_held_out: float = 1.0
    rarest: str = ""
    rarest_count: int = 0
    rarest_expected: float = 0.0


def audit(dataset: Dataset, sample: int = 400) -> Audit:
    """Check `sample` training pictures and as many held-out ones.

    Labels are compared with those of nearest neighbours (Wilson 1972, "Asymptotic properties of nearest neighbor rules
    using edited data"). Only the difference between training and held-out agreement means something.
    """
    train, held_out = dataset.train_rows(), dataset.held_out_rows()
    labels = next(iter(dataset.labels.values()))
    some = train[:: max(1, len(train) // sample)][:sample]
    known = train[:: max(1, len(train) // 2000)][:2000]
    noisy = float((neighbour_correlation(dataset.images[some]) < 0.2).mean())
    words = next(iter(dataset.values.values()))
    if len(words) < 2:
        return Audit(noisy)
    counts = np.bincount(labels[train], minlength=len(words))
    expected = np.bincount(labels[held_out], minlength=len(words)) / max(1, len(held_out)) * len(train)
    rarest = int(((counts - expected) / np.sqrt(np.maximum(expected, 1))).argmin())
    return Audit(
        noisy,
        _label_agreement(dataset, labels, some, known),
        _label_agreement(dataset, labels, held_out[:sample], known),
        words[rarest],
        int(counts[rarest]),
        float(expected[rarest]),
    )


def neighbour_correlation(images: Images) -> NDArray[np.float64]:
    """(N,) correlation of each pixel with the one to its right, over a picture: near 0 for noise, near 1 for a photo.

    images: (N, H, W, C). 1 for a picture of one colour.
    """
    grey = images.astype(np.float64).mean(3)
    left, right = grey[:, :, :-1].reshape(len(grey), -1), grey[:, :, 1:].reshape(len(grey), -1)
    left, right = left - left.mean(1, keepdims=True), right - right.mean(1, keepdims=True)
    size = np.sqrt((left**2).sum(1) * (right**2).sum(1))
    correlation: NDArray[np.float64] = np.where(size > 1e-9, (left * right).sum(1) / np.maximum(size, 1e-9), 1.0)
    return correlation


def _label_agreement(dataset: Dataset, labels: Indices, rows: Indices, known: Indices) -> float:
    """Fraction of the rows whose label is that of the nearest other picture among the known ones."""
    distance = squared_distances(flatten_pixels(dataset.images[rows]), flatten_pixels(dataset.images[known]))
    distance[rows[:, None] == known[None]] = np.inf
    return float((labels[known[distance.argmin(1)]] == labels[rows]).mean())


def flatten_pixels(images: Images) -> NDArray[np.float32]:
    """(N, H, W, C) uint8 → (N, H W C) float32 in 0..1."""
    rows: NDArray[np.float32] = images.reshape(len(images), -1).astype(np.float32) / np.float32(255)
    return rows


def squared_distances(some: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float32]:
    """Squared Euclidean distances of rows: (N, D), (M, D) → (N, M)."""
    squares: NDArray[np.float32] = (some**2).sum(1)[:, None] + (others**2).sum(1)[None] - 2 * some @ others.T
    return squares.clip(0)
