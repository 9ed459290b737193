"""Panels that need a model of some families choose one."""

from __future__ import annotations

import pytest

from playground.images.model_menu import fitting_model
from playground.panels.latent.shared import switch_update


@pytest.mark.parametrize(
    ("model", "kinds", "fitting"),
    [
        ("gan-avatars", ("vae",), "vae-avatars"),
        ("diffusion-fashion", ("vae", "gan"), "vae-fashion"),
        ("gan-eyes", ("vae",), "vae-avatars"),
        ("gan-avatars", ("diffusion",), "diffusion-avatars"),
        ("gan-avatars", ("vae", "gan"), "gan-avatars"),
        ("nobody", ("vae",), "nobody"),
    ],
)
def test_the_nearest_model_of_a_family_is_of_the_same_data(model: str, kinds: tuple[str, ...], fitting: str) -> None:
    assert fitting_model(model, kinds) == fitting


def test_a_model_that_fits_stays_and_another_is_chosen_with_a_sentence() -> None:
    assert switch_update("vae-fashion", ("vae",)) == {}
    update = switch_update("gan-avatars", ("vae",))
    assert update["model"].value == "vae-avatars" and update["switched"]
    assert "VAE, avatars is chosen" in update["notice"]["text"]
