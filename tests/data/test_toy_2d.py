"""The arena's distributions: where their points lie, that draws share nothing, and what a brush may be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from playground.core.errors import PlaygroundError
from playground.data import toy_2d

BRUSH = [-50, 0, 50, 0, 0, 50]


def draw_points(shape: str, part: str = "train", seed: int = 0) -> toy_2d.Points:
    return toy_2d.points(shape, 2000, seed, part, BRUSH if shape == "brush" else ())


@pytest.mark.parametrize("shape", toy_2d.SHAPES)
def test_points_fill_the_square_and_are_reproducible(shape: str) -> None:
    ring_points = draw_points(shape)
    assert ring_points.shape == (2000, 2) and ring_points.dtype == np.float32
    assert np.abs(ring_points).max() < 1 and np.abs(ring_points).max() > 0.5
    assert np.array_equal(ring_points, draw_points(shape))
    assert np.abs(ring_points.mean(0)).max() < 0.2, "about the middle"


@pytest.mark.parametrize("shape", toy_2d.SHAPES)
def test_the_held_out_draw_shares_no_point_with_the_training_draw(shape: str) -> None:
    train, held_out = ({tuple(point) for point in draw_points(shape, part).tolist()} for part in ("train", "held out"))
    assert not train & held_out


def test_the_ring_is_round_and_the_grid_has_25_equal_modes() -> None:
    assert abs(np.linalg.norm(draw_points("ring"), axis=1).mean() - 0.75) < 0.01
    heaps = np.rint(draw_points("gaussians25") / 0.4).astype(int)
    _, counts = np.unique(heaps, axis=0, return_counts=True)
    assert len(counts) == 25 and counts.min() > 40


def test_a_brush_draws_where_it_was_painted() -> None:
    points = draw_points("brush")
    middles = np.array([[-0.5, 0], [0.5, 0], [0, 0.5]])
    nearest = np.linalg.norm(points[:, None] - middles, axis=2).min(1)
    assert nearest.max() < 6 * toy_2d.DOT_WIDTH


@pytest.mark.parametrize(
    "brush", ["", "abc", [1, 2, 3], [0, 0], [0] * 602, [0, 0, 0, 0, 0, 101], [0.5] * 6, [None] * 6, 7]
)
def test_a_bad_brush_explains_itself(brush: Any) -> None:
    with pytest.raises(PlaygroundError, match="[Pp]aint"):
        toy_2d.points("brush", 10, 0, "train", brush)
