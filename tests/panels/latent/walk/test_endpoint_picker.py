"""The pictures to choose end points from follow the model."""

from __future__ import annotations

import pytest

from playground.latent.latent_walk import generate_walk
from playground.latent.walk_request import read_walk_request
from playground.panels.latent.walk import endpoint_list
from playground.panels.latent.walk import endpoint_picker as picker
from playground.ui.picture_views import pack

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


def test_end_points_have_their_pictures_and_names() -> None:
    value = endpoint_list.on_ends(None, "vae-avatars", [], 20, "3, 17[hat=none]")["ends"]
    assert [end["label"] for end in value["ends"]] == ["seed 3", "seed 17, hat=none"]
    (walk,) = [
        walk for walk in generate_walk(read_walk_request("vae-avatars", {"ends": "3, 17[hat=none]"})) if walk.done
    ]
    assert value["packed"] == pack(walk.pictures[list(walk.keyframes)])
    assert endpoint_list.on_ends((walk,), "vae-avatars", [], 20, "3, 17[hat=none]")["ends"] == value
    assert endpoint_list.on_walked((walk,), "vae-avatars", "3, 17[hat=none]") == {"ends": value}
    for ways, model, text in (
        (None, "vae-avatars", "3"),
        ((walk,), "gan-avatars", "3, 17"),
        ((walk,), "vae-avatars", "3"),
    ):
        assert endpoint_list.on_walked(ways, model, text) == {}, "nothing is computed"


def test_diffusion_draws_its_end_points_in_the_walk_only() -> None:
    assert endpoint_list.on_ends(None, "diffusion-avatars", [], 20, "3, 17")["ends"]["packed"] is None


def test_a_point_has_a_name_and_half_a_text_no_pictures() -> None:
    value = endpoint_list.on_ends(None, "vae-avatars", [], 20, "3, z:AAAA, seven")["ends"]
    assert [end["label"] for end in value["ends"]][:2] == ["seed 3", "a point"] and value["packed"] is None
