"""Features: how pictures are prepared, known values of the real net, and a user's Inception network for FID."""

from __future__ import annotations

import numpy as np
import pytest

from playground.images.image_features import batches_of_features, features_of, prepare


def pictures(count: int, size: int, channels: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (count, size, size, channels), dtype=np.uint8)


def test_nearest_enlarging_keeps_squares_and_values() -> None:
    art = pictures(2, 16, 3)
    prepared = prepare(art, "nearest").numpy()
    expected = (art.repeat(8, axis=1).repeat(8, axis=2).transpose(0, 3, 1, 2).astype(np.float32) - 127) / 128
    np.testing.assert_array_equal(prepared, expected)


@pytest.mark.parametrize("size", [28, 128, 300])
def test_gray_pictures_become_rgb_of_128_pixels_within_range(size: int) -> None:
    prepared = prepare(pictures(2, size, 1), "bicubic").numpy()
    assert prepared.shape == (2, 3, 128, 128) and prepared.dtype == np.float32
    np.testing.assert_array_equal(prepared[:, 0], prepared[:, 2])
    assert prepared.min() >= -127 / 128 and prepared.max() <= 1


def test_pictures_of_a_wrong_shape_are_an_error() -> None:
    for wrong in (pictures(1, 28, 3)[0], pictures(1, 16, 2), pictures(1, 16, 3).astype(float)):
        with pytest.raises(ValueError, match="shape"):
            prepare(wrong, "bicubic")
    with pytest.raises(ValueError, match="repeating"):
        prepare(pictures(1, 28, 1), "nearest")


@pytest.mark.weights
def test_the_features_are_those_of_the_published_net() -> None:
    # computed with efficientnet-lite-pytorch 0.1.0's own module, from the same file
    fixed = np.arange(2 * 16 * 16 * 3, dtype=np.uint32).reshape(2, 16, 16, 3) * 2654435761 >> 24
    features = features_of((fixed & 255).astype(np.uint8), "nearest")
    assert features.shape == (2, 1280) and features.min() >= 0 and features.max() <= 6
    np.testing.assert_allclose(features[:, :3], [[0.25459, 0, 0.76711], [0.38852, 0, 0.58991]], atol=2e-4)
    np.testing.assert_allclose(features.mean(axis=1), [0.113138, 0.105738], atol=2e-5)
    assert features.argmax(axis=1).tolist() == [113, 113]
    np.testing.assert_allclose(features[:, 113], [4.34284, 4.18147], atol=1e-3)


@pytest.mark.weights
def test_the_features_do_not_depend_on_the_batch() -> None:
    some = pictures(5, 28, 1)
    whole = features_of(some)
    parts = list(batches_of_features(some, batch=2))
    assert [len(part) for part in parts] == [2, 2, 1]
    np.testing.assert_allclose(np.concatenate(parts), whole, atol=1e-4)
    assert features_of(some[:0]).shape == (0, 1280)
