"""Copies of training pictures: against all of them, and fair to the number of each kind."""

from __future__ import annotations

import numpy as np

from playground.training.copies import CopyJudge


def noise(count: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (count, 12, 12, 1), np.uint8)


def test_a_copy_of_any_training_picture_is_found_and_a_new_picture_is_none() -> None:
    train, held_out = noise(3000, 0), noise(60, 1)
    verdicts = CopyJudge(train, held_out).judge(np.concatenate([train[[2, 2999]], noise(20, 2)]))
    assert verdicts.copied.tolist() == [1, 1] + [0] * 20
    assert verdicts.nearest[:2].tolist() == [2, 2999] and np.allclose(verdicts.near[:2], 0, atol=1e-3)


def test_one_in_a_hundred_held_out_pictures_is_within_the_limit() -> None:
    train, held_out = noise(500, 0), noise(40, 1)

    def distance(one: np.ndarray, other: np.ndarray) -> float:
        return float(np.sqrt(((one.astype(float) - other.astype(float)) ** 2).mean())) / 255

    ratios = [
        min(distance(one, other) for other in train)
        / min(distance(one, other) for place, other in enumerate(held_out) if place != own)
        for own, one in enumerate(held_out)
    ]
    assert abs(CopyJudge(train, held_out).limit - min(ratios)) < 1e-3, "of 40, the least"
    assert np.median(ratios) < 1, "of many training pictures the nearest is nearer, which is no copy"


def test_below_twenty_held_out_pictures_nothing_is_called_a_copy() -> None:
    train = noise(30, 0)
    assert not CopyJudge(train, noise(19, 1)).judge(train[:4]).copied.any()
    assert CopyJudge(train, noise(20, 1)).judge(train[:4]).copied.all()
