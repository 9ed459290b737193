"""Features of pictures by EfficientNet-Lite0, 1280 numbers each, from which the distances between sets are computed.

Pictures of any size are resized to 128 x 128 (224, the training size, takes eight times as long), gray is repeated over
the three channels, and values become (v - 127) / 128, as in Google's training of the Lite nets. Compare these features
only with each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from playground.zoo.pretrained_gans import load_features

if TYPE_CHECKING:
    from torch import Tensor

Pictures = NDArray[np.uint8]
#: "nearest" keeps the squares of pixel art, as the page shows them; "bicubic" suits all other pictures.
Enlarging = Literal["nearest", "bicubic"]
PIXELS = 128
BATCH = 32


def features_of(pictures: Pictures, enlarging: Enlarging = "bicubic") -> NDArray[np.float32]:
    """(N, 1280) float32 features of all pictures, 0 to 6. See `batches_of_features`, which can be stopped."""
    batches = list(batches_of_features(pictures, enlarging))
    return np.concatenate(batches) if batches else np.zeros((0, 1280), dtype=np.float32)


def batches_of_features(
    pictures: Pictures, enlarging: Enlarging = "bicubic", batch: int = BATCH
) -> Iterator[NDArray[np.float32]]:
    """Yields the features of each batch of pictures, in order: (b, 1280) float32.

    pictures: (N, H, W, 1 or 3) uint8.
    Takes about 25 ms per picture on one slow core. Raises PlaygroundError if the net cannot be loaded.
    """
    import torch

    loaded = load_features()
    for start in range(0, len(pictures), batch):
        with torch.inference_mode():
            prepared = prepare(pictures[start : start + batch], enlarging).to(loaded.device)
            features: NDArray[np.float32] = loaded.net(prepared).float().cpu().numpy()
        yield features


def prepare(pictures: Pictures, enlarging: Enlarging) -> Tensor:
    """Converts pictures to the net's input: (B, H, W, 1 or 3) uint8 to (B, 3, 128, 128) float32, about -1 to 1.

    Raises ValueError for another shape, and for "nearest" with a size that does not divide 128.
    """
    import torch
    from torch.nn import functional

    if pictures.ndim != 4 or pictures.shape[3] not in (1, 3) or pictures.dtype != np.uint8:
        raise ValueError(f"pictures of shape {pictures.shape} and type {pictures.dtype}")
    if enlarging == "nearest" and any(PIXELS % side for side in pictures.shape[1:3]):
        raise ValueError(f"{pictures.shape[1:3]} pixels cannot be enlarged to {PIXELS} by repeating them")
    values = torch.from_numpy(np.ascontiguousarray(pictures.transpose(0, 3, 1, 2))).float()  # (B, C, H, W)
    if enlarging == "nearest":
        values = functional.interpolate(values, size=(PIXELS, PIXELS), mode="nearest-exact")
    elif values.shape[2:] != (PIXELS, PIXELS):
        values = functional.interpolate(values, size=(PIXELS, PIXELS), mode="bicubic", antialias=True).clamp(0, 255)
    return (values.expand(-1, 3, -1, -1) - 127.0) / 128.0
