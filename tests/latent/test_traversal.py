"""Traversals of a VAE's space: KL against torch's own, planted dead dimensions, and bad places."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from playground.core.errors import PlaygroundError
from playground.images.model_menu import image_model_facts
from playground.latent import traversal, vae_encoder
from playground.models.vae import VAE


def test_kl_of_each_dimension_is_that_of_torch() -> None:
    random = np.random.default_rng(0)
    mean, log_variance = random.normal(size=(20, 6)), random.normal(-1, 2, (20, 6))
    scale = torch.tensor(log_variance / 2).exp()
    known = torch.distributions.kl_divergence(
        torch.distributions.Normal(torch.tensor(mean), scale), torch.distributions.Normal(0.0, 1.0)
    )
    assert np.allclose(traversal.kl_by_dimension(mean, log_variance), known.numpy(), rtol=1e-10, atol=1e-12)
    statistics = traversal.posterior_statistics(mean.astype(np.float32), log_variance.astype(np.float32))
    assert np.allclose(statistics.kl, known.numpy().mean(0), rtol=1e-4) and list(statistics.order()) == list(
        np.argsort(-statistics.kl)
    )


def test_planted_dead_dimensions_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    facts = image_model_facts("vae-avatars")
    net = VAE([len(words) for words in facts.attributes.values()], 3, 16, (8, 8), latent_dim=6).eval()
    with torch.no_grad():
        net.posterior.weight *= 20
        for dead in (1, 4):
            for row in (dead, dead + 6):
                net.posterior.weight[row] = 0
                net.posterior.bias[row] = 0
    monkeypatch.setattr("playground.zoo.image_models.load_image_model", lambda name: SimpleNamespace(net=net))
    pictures = np.random.default_rng(0).integers(0, 256, (60, 16, 16, 3)).astype(np.uint8)
    pictures[::2] //= 4
    statistics = traversal.posterior_statistics(*vae_encoder.encode(pictures, "vae-avatars"))
    assert list(np.flatnonzero(~statistics.active)) == [1, 4]
    assert np.allclose(statistics.kl[[1, 4]], 0) and "Active dimensions: 4 of 6; 2 dead" in traversal.summarize(
        statistics
    )


def test_half_of_the_nats_is_in_the_largest_dimensions() -> None:
    statistics = traversal.PosteriorStatistics(10, np.array([1.0, 5.0, 1.0, 1.0]), np.array([1.0, 1.0, 0.01, 0.0101]))
    assert "half in the first 1;" in traversal.summarize(statistics) and list(statistics.active) == [
        True,
        True,
        False,
        True,
    ]


def test_a_traversal_moves_one_coordinate_and_no_other() -> None:
    base = np.arange(5, dtype=np.float32)
    points = traversal.traverse(base, 2, traversal.positions())
    assert points.shape == (9, 5) and np.allclose(points[:, 2], np.linspace(-3, 3, 9))
    assert np.array_equal(np.delete(points, 2, 1), np.tile(np.delete(base, 2), (9, 1)))


def test_heat_is_the_mean_step_of_a_unit_and_flips_are_counted_by_base() -> None:
    pictures = np.zeros((2, 7, 2, 2, 3), np.uint8)
    pictures[0, :, 0, 1] = (10 * np.arange(7))[:, None]  # 10 levels a unit in one of two bases
    assert np.allclose(traversal.change_heatmap(pictures), [[0, 5], [0, 0]])
    classes = np.zeros((4, 7, 2), np.int64)
    classes[1, 3:, 0], classes[2, 5, 0] = 1, 2
    assert traversal.label_flip_rates(classes, ["hat", "hair"]) == {"hat": 0.5, "hair": 0.0}


@pytest.mark.parametrize("model", ["gan-avatars", "diffusion-fashion"])
def test_only_a_vae_can_be_read(model: str) -> None:
    with pytest.raises(PlaygroundError, match="This panel needs a VAE"):
        traversal.held_out_statistics(model)


@pytest.mark.weights
@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"dimension": 0}, "from 1 to"),
        ({"dimension": "many"}, "from 1 to"),
        ({"position": 9}, "from −3 to 3"),
        ({"base": "<b>"}, "is not a seed"),
        ({"base": "d999999"}, "no picture"),
    ],
)
def test_a_bad_place_explains_itself(values: dict[str, object], sentence: str) -> None:
    with pytest.raises(PlaygroundError, match=sentence):
        traversal.read_traversal("vae-fashion", values)


@pytest.mark.weights
def test_live_pictures_are_those_of_the_row_and_a_link_restores_the_place() -> None:
    at = traversal.read_traversal("vae-avatars", {"dimension": 2, "base": "17", "position": "0.75"})
    pictures = traversal.decode_live("vae-avatars", {"dimension": 2, "base": "17", "position": 0.75, "row": True})
    assert len(pictures) == 10 and np.abs(pictures[:9].astype(int) - traversal.traverse_row(at)).max() <= 1
    assert np.abs(pictures[9].astype(int) - pictures[5]).max() <= 1, "0.75 is the sixth of nine"
    assert traversal.traversal_from(at.recipe()) == at
    own = traversal.read_traversal("vae-avatars", {"base": "middle"})
    assert own.base is None and not traversal.base_point(own).any() and traversal.traversal_from(own.recipe()) == own
