"""Lengths of training codes against the net itself, and how Walk, Arithmetic and Map draw and say them."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from playground.data import registry
from playground.latent import code_lengths
from playground.latent.arithmetic import describe_norm, read_arithmetic, solve
from playground.latent.interpolation import chi_norm_range
from playground.latent.latent_walk import explain_norms, generate_walk
from playground.latent.vae_encoder import encode
from playground.latent.walk_request import read_walk_request
from playground.panels.latent.arithmetic.data import arithmetic_value
from playground.panels.latent.walk.panel import view_value

pytestmark = pytest.mark.weights


@pytest.fixture(scope="module")
def expected() -> np.ndarray:
    """Lengths of other draws from the Gaussians that the encoder gives the same pictures."""
    data = registry.load("avatars")
    mean, log_variance = map(
        torch.tensor, encode(data.images[data.train_rows()[: code_lengths.PICTURES]], "vae-avatars")
    )
    eps = torch.randn(mean.shape, generator=torch.Generator().manual_seed(5))
    lengths: np.ndarray = (mean + eps * (log_variance / 2).exp()).norm(dim=1).numpy()
    return lengths


def test_lengths_are_those_of_codes_in_training(expected: np.ndarray) -> None:
    lengths = code_lengths.training_lengths("vae-avatars")
    assert lengths is not None and lengths.shape == (code_lengths.PICTURES * code_lengths.DRAWS_EACH,)
    places = [0.05, 0.25, 0.5, 0.75, 0.95]
    assert np.quantile(lengths, places) == pytest.approx(np.quantile(expected, places), rel=0.03)
    assert code_lengths.training_lengths("gan-avatars") is None


def test_the_sentence_counts_how_many_codes_are_as_long_as_random_points(expected: np.ndarray) -> None:
    low, high = chi_norm_range(48)
    share = ((low <= expected) & (expected <= high)).mean()
    words = code_lengths.describe_training_lengths("vae-avatars", 48)
    said = int(words.split(";")[1].split("%")[0])
    assert said == pytest.approx(100 * share, abs=3)
    assert code_lengths.describe_training_lengths("gan-avatars", 64) == ""


def test_a_walk_of_a_vae_draws_the_measured_lengths_beside_both_paths() -> None:
    walk = list(generate_walk(read_walk_request("vae-avatars", {"ends": "3, 17", "frames": 5})))[-1]
    drawn = view_value((walk,), "run")["lengths"]
    assert [round(drawn["band"][end], 6) for end in ("low", "high")] == [round(end, 6) for end in chi_norm_range(48)]
    assert sum(drawn["groups"][0]["shares"]) == pytest.approx(1)
    ends = [(mark["low"], mark["high"]) for mark in drawn["marks"]]
    assert ends == [(walk.norms[way].min(), walk.norms[way].max()) for way in ("slerp", "lerp")]
    assert all(mark["label"] in drawn["words"] for mark in drawn["marks"]) and "median" in drawn["words"]
    assert code_lengths.describe_training_lengths("vae-avatars", 48) in explain_norms(walk)
    gan = list(generate_walk(read_walk_request("gan-avatars", {"ends": "3, 17", "frames": 3})))[-1]
    assert view_value((gan,), "run")["lengths"] is None


def test_a_sum_in_a_vae_draws_its_four_lengths() -> None:
    solved = solve(read_arithmetic("vae-avatars", {"a": "d22001", "b": "d5", "c": "d9"}))
    drawn = arithmetic_value(solved.request, solved)["lengths_chart"]
    assert [mark["low"] for mark in drawn["marks"]] == pytest.approx(solved.norms[:4].tolist())
    assert code_lengths.describe_training_lengths("vae-avatars", 48) in describe_norm(solved)
