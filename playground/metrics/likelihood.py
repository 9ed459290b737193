"""Units of likelihood and of reconstruction: nats per picture, bits per dimension, PSNR.

A dimension is one channel of one pixel. Bits per dimension compare two models only if both are of the probability of
the 256 discrete values, not of the density of scaled ones.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray


def bits_per_dimension(nats: float, dimensions: int) -> float:
    """Negative log-likelihood in nats per picture as bits per dimension: nats / (D ln 2). Uniform bytes have 8.

    Source: Theis, van den Oord & Bethge 2016, arXiv:1511.01844, section 3.1.
    """
    return nats / (_check_dimensions(dimensions) * math.log(2))


def psnr(original: NDArray[np.generic], reconstructed: NDArray[np.generic], peak: float = 255.0) -> NDArray[np.float64]:
    """Peak signal-to-noise ratio of each picture in decibels: 10 log10(peak^2 / mean squared error).

    original, reconstructed: (N, …) of equal shape; peak: the range of values (255 for bytes, 2 for -1..1).
    Returns (N,), infinite for an exact reconstruction. A mean over pictures is a mean of decibels.
    """
    if original.shape != reconstructed.shape:
        raise ValueError(f"{original.shape} against {reconstructed.shape}")
    error = (original.astype(np.float64) - reconstructed.astype(np.float64)) ** 2
    squared = error.reshape(len(error), -1).mean(axis=1)
    decibels = np.full(len(squared), np.inf)
    np.divide(peak**2, squared, out=decibels, where=squared > 0)
    ratio: NDArray[np.float64] = 10 * np.log10(decibels)
    return ratio


def _check_dimensions(dimensions: int) -> int:
    if dimensions < 1:
        raise ValueError(f"{dimensions} dimensions")
    return dimensions
