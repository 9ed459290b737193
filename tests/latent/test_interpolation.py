"""Straight lines and great circles against closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from playground.latent.interpolation import (
    METHODS,
    chi_norm_range,
    interpolate,
    keyframes,
    lerp,
    norms,
    slerp,
    smoothstep,
)


def rows(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape)


@pytest.mark.parametrize("way", [lerp, slerp])
def test_both_paths_begin_at_the_start_and_end_at_the_end(way: object) -> None:
    start, end = rows(2, 64)
    assert np.allclose(way(start, end, 0), start, atol=1e-12) and np.allclose(way(start, end, 1), end, atol=1e-12)


def test_lerp_is_the_weighted_mean() -> None:
    start, end = rows(2, 8)
    assert np.allclose(lerp(start, end, 0.25), 0.75 * start + 0.25 * end)


def test_slerp_equals_shoemakes_formula_on_vectors_of_one_length() -> None:
    start, end = (row / np.linalg.norm(row) for row in rows(2, 32))
    angle = np.arccos(start @ end)
    for t in (0.1, 0.5, 0.9):
        expected = (np.sin((1 - t) * angle) * start + np.sin(t * angle) * end) / np.sin(angle)
        assert np.allclose(slerp(start, end, t), expected, atol=1e-12)


def test_slerp_changes_angle_and_length_linearly() -> None:
    start, end = np.array([2.0, 0.0]), np.array([0.0, 4.0])
    assert np.allclose(slerp(start, end, 1 / 3), (2 + 2 / 3) * np.array([np.cos(np.pi / 6), np.sin(np.pi / 6)]))


def test_slerp_of_parallel_vectors_is_the_straight_line() -> None:
    start = rows(16)
    for end in (start, 3 * start, start * (1 + 1e-12)):
        assert np.allclose(slerp(start, end, 0.5), lerp(start, end, 0.5), atol=1e-9)


def test_slerp_of_opposite_vectors_keeps_its_length_and_arrives() -> None:
    start = rows(16)
    middle = slerp(start, -start, 0.5)
    assert np.isclose(np.linalg.norm(middle), np.linalg.norm(start)) and abs(middle @ start) < 1e-9
    assert np.allclose(slerp(start, -start, 1), -start)
    assert np.array_equal(middle, slerp(start, -start, 0.5)), "the same every time"


def test_slerp_from_or_to_zero_is_the_straight_line() -> None:
    start, zero = rows(16), np.zeros(16)
    assert np.allclose(slerp(start, zero, 0.5), start / 2) and np.allclose(slerp(zero, start, 0.25), start / 4)
    assert np.array_equal(slerp(zero, zero, 0.5), zero)


def test_slerp_in_one_dimension_stays_finite() -> None:
    assert np.isfinite(slerp(np.array([1.0]), np.array([-1.0]), 0.5)).all()


@pytest.mark.parametrize("way", [lerp, slerp])
def test_points_of_other_shapes_raise(way: object) -> None:
    with pytest.raises(ValueError, match="shapes"):
        way(np.zeros(3), np.zeros(4), 0.5)


def test_easing_is_flat_at_both_ends_and_half_in_the_middle() -> None:
    assert smoothstep(0) == 0 and smoothstep(1) == 1 and smoothstep(0.5) == 0.5
    assert smoothstep(0.01) < 0.001 and 1 - smoothstep(0.99) < 0.001


@pytest.mark.parametrize(("ends", "frames", "loop"), [(2, 2, False), (3, 24, True), (5, 5, True), (4, 120, False)])
@pytest.mark.parametrize("method", METHODS)
def test_every_end_point_is_a_frame(ends: int, frames: int, loop: bool, method: str) -> None:
    points = rows(ends, 12)
    path = interpolate(points, frames, method, loop)
    assert path.shape == (frames, 12)
    assert np.allclose(path[keyframes(ends, frames, loop)[:ends]], points, atol=1e-12)


def test_a_loop_does_not_show_its_first_frame_twice() -> None:
    path = interpolate(rows(2, 6), 10, loop=True)
    assert len(np.unique(path.round(9), axis=0)) >= 6 and not np.allclose(path[-1], path[0])


def test_fewer_frames_than_end_points_raise() -> None:
    for ends, frames in ((1, 10), (5, 4)):
        with pytest.raises(ValueError, match="end points"):
            interpolate(rows(ends, 4), frames)
    with pytest.raises(ValueError, match="method"):
        interpolate(rows(2, 4), 4, "spline")


def test_halfway_across_a_right_angle_the_line_is_shorter_by_the_root_of_two() -> None:
    ends = np.eye(2) * 8
    assert np.isclose(norms(interpolate(ends, 3, "lerp"))[1], 8 / np.sqrt(2))
    assert np.allclose(norms(interpolate(ends, 9, "slerp")), 8)


def test_the_norm_range_holds_nearly_all_random_vectors() -> None:
    low, high = chi_norm_range(64)
    lengths = norms(rows(20_000, 64))
    assert 0.995 < ((low < lengths) & (lengths < high)).mean() < 0.9995
