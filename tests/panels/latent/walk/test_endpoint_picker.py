"""The pictures to choose end points from follow the model."""

from __future__ import annotations

import pytest

from playground.panels.latent.walk import endpoint_picker as picker

pytestmark = pytest.mark.weights


def test_another_model_empties_the_sheet_and_fills_it_with_its_own_pictures() -> None:
    (shown,) = picker.on_show("vae-avatars", [], 20, 0)
    emptied = picker.on_other_model(shown["next_seed"])
    assert emptied == {"sheet": None, "next_seed": 0, "shows": True}
    *_, refilled = picker.on_refill(True, "gan-avatars", [], 20, emptied["next_seed"])
    assert refilled["sheet"]["pixels"] != shown["sheet"]["pixels"] and refilled["next_seed"] == picker.CHOICES
    assert [item["label"] for item in refilled["sheet"]["items"]][:2] == ["seed 0", "seed 1"]


def test_a_sheet_that_nobody_asked_for_is_not_drawn() -> None:
    assert picker.on_other_model(0)["shows"] is False
    assert list(picker.on_refill(False, "gan-avatars", [], 20, 0)) == [{}]
