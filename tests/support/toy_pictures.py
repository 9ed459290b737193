"""A toy data set: bright squares on dark ground, whose place and brightness are the two attributes."""

from __future__ import annotations

import numpy as np

from playground.data.dataset import Dataset


def toy_dataset(count: int = 64, side: int = 8, channels: int = 3) -> Dataset:
    """Pictures in which the attributes can be seen at a glance; the last quarter is held out."""
    random = np.random.default_rng(0)
    place, shade = random.integers(0, 4, count), random.integers(0, 3, count)
    images = random.integers(0, 10, (count, side, side, channels)).astype(np.uint8)
    half = side // 2
    for image, p, s in zip(images, place, shade, strict=True):
        top, left = divmod(int(p), 2)
        image[top * half : (top + 1) * half, left * half : (left + 1) * half] += np.uint8(80 * (s + 1))
    return Dataset(
        name="toy",
        title="Toy",
        images=images,
        labels={"place": place.astype(np.int64), "shade": shade.astype(np.int64)},
        values={"place": ("a", "b", "c", "d"), "shade": ("dark", "middle", "bright")},
        held_out=np.arange(count) >= count * 3 // 4,
        origin="Made by the tests.",
        licence="CC0-1.0",
    )
