from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from toy_pictures import toy_dataset

from playground.core.errors import PlaygroundError
from playground.data import registry


def test_the_attribute_table_has_a_column_for_each_attribute_in_order() -> None:
    toy = toy_dataset()
    table = toy.attribute_table()
    assert table.dtype == np.int64 and table.shape == (64, 2)
    assert (table[:, 0] == toy.labels["place"]).all() and (table[:, 1] == toy.labels["shade"]).all()
    assert toy.sizes() == (4, 3) == (toy.size("place"), toy.size("shade"))


def test_every_picture_is_either_for_training_or_held_out() -> None:
    toy = toy_dataset()
    assert sorted([*toy.train_rows(), *toy.held_out_rows()]) == list(range(64))
    assert len(toy.held_out_rows()) == 16 and toy.held_out[toy.held_out_rows()].all()


def test_nobody_can_change_what_everybody_shares() -> None:
    toy = toy_dataset()
    for array in (toy.images, toy.held_out, *toy.labels.values()):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_the_sha256_is_of_every_pixel() -> None:
    toy = toy_dataset()
    changed = toy.images.copy()
    changed[-1, -1, -1, -1] ^= 1
    assert toy.sha256() == toy_dataset().sha256() != replace(toy, images=changed).sha256()


@pytest.mark.parametrize(
    "wrong",
    [
        {"images": np.zeros((64, 8, 8, 2), np.uint8)},
        {"images": np.zeros((64, 8, 8, 3), np.float32)},
        {"held_out": np.zeros(63, np.bool_)},
        {"labels": {"place": np.zeros(64, np.int64)}},
        {"labels": {"place": np.full(64, 4), "shade": np.zeros(64, np.int64)}},
    ],
    ids=["channels", "dtype", "held out", "a missing attribute", "a label beyond its values"],
)
def test_arrays_that_do_not_belong_together_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        replace(toy_dataset(), **wrong)  # type: ignore[arg-type]


def test_an_unknown_data_set_explains_itself() -> None:
    with pytest.raises(PlaygroundError, match="choose from avatars, fashion, fashion-sample"):
        registry.load("cats")


def test_a_data_set_is_loaded_once() -> None:
    assert registry.load("fashion-sample") is registry.load("fashion-sample")
