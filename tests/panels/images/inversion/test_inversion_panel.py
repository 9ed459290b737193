"""What the panel of a visitor's own picture keeps in their browser, and takes up again."""

from __future__ import annotations

import json

import numpy as np
import pytest

from playground.core.recipe import from_query
from playground.images.dataset_browser import held_out_image
from playground.panels.images.inversion import panel

PICTURE = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)


def test_a_kept_picture_comes_back_to_the_canvas_of_a_model_of_its_size() -> None:
    update = panel.on_recalled(panel.picture_text(PICTURE), "vae-avatars")
    assert np.array_equal(update["picture"], PICTURE) and update["canvas"] == panel.pack(PICTURE[None])
    assert panel.on_recalled(panel.picture_text(PICTURE), "vae-fashion") == {}


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "7", json.dumps({"width": 16}), "[" * 5000, json.dumps({**panel.pack(PICTURE[None]), "height": 9})],
)
def test_what_is_no_kept_picture_changes_nothing(text: str) -> None:
    assert panel.on_recalled(text, "vae-avatars") == {}


@pytest.mark.parametrize("model", ["vae-fashion", "gan-avatars"])
def test_every_picture_that_is_put_on_the_canvas_is_kept(model: str) -> None:
    for update in (panel.on_blank(model), panel.on_held_out(model, 3)):
        kept = panel.recalled_picture(update["kept"], model)
        assert kept is not None and np.array_equal(kept, update["picture"])


def test_a_reload_in_the_middle_of_a_run_takes_it_up_with_the_kept_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def reconstruct(picture: np.ndarray, name: str) -> list[object]:
        seen.append((picture, name))
        return []

    monkeypatch.setattr(panel, "reconstruct", reconstruct)
    (first, *_) = panel.on_reconstruct(PICTURE, "gan-avatars")
    recipe = from_query(dict(pair.split("=") for pair in first["query"].split("&")))
    assert (recipe.model, recipe.settings["panel"]) == ("gan-avatars", panel.NAME)
    seen.clear()
    updates = list(panel.replay(recipe, panel.picture_text(PICTURE)))
    assert np.array_equal(updates[0]["picture"], PICTURE) and all(np.array_equal(one, PICTURE) for one, _ in seen)
    seen.clear()
    nameless = from_query({"tab": "images", "panel": panel.NAME, "seed": "3"})
    assert list(panel.replay(nameless, "")), "of the first model of the menu"
    seen.clear()
    list(panel.replay(recipe, ""))
    assert np.array_equal(seen[0][0], held_out_image("avatars", 0)), "in another browser: the first picture"
