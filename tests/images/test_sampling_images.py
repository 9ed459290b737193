"""Pictures of the shipped models: repeatable, the same alone and in a batch, and mostly as requested."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from playground.images.image_request import parse_image_request
from playground.images.model_menu import image_model_facts, model_names
from playground.images.noise import seeded_generators, truncated_normal
from playground.images.sampling import ImageBatch, sample_images

pytestmark = pytest.mark.weights
TRAINED_HERE = [name for name in model_names() if image_model_facts(name).dataset]


def drawn(model: str, **values: object) -> ImageBatch:
    return list(sample_images(parse_image_request(model, {"steps": 6, **values})))[-1]


@pytest.mark.parametrize("model", TRAINED_HERE)
def test_same_seed_gives_same_picture_and_another_seed_another(model: str) -> None:
    once, again, other = drawn(model, count=3), drawn(model, count=3), drawn(model, count=3, seed=100)
    assert np.array_equal(once.pictures, again.pictures) and once.recipe() == again.recipe()
    assert not np.array_equal(once.pictures, other.pictures)
    facts = image_model_facts(model)
    assert once.pictures.shape == (3, facts.side, facts.side, facts.channels) and once.pictures.dtype == np.uint8


@pytest.mark.parametrize("model", TRAINED_HERE)
def test_a_picture_is_the_same_alone_and_in_a_batch(model: str) -> None:
    sheet = drawn(model, count=4, seed=10)
    alone = drawn(model, count=1, seed=12)
    assert np.abs(sheet.pictures[2].astype(int) - alone.pictures[0]).max() <= 1, "batches round differently"
    assert sheet.single(2).request.seed == 12


def test_drawing_leaves_the_global_generator_alone() -> None:
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    for model in TRAINED_HERE:
        drawn(model, count=1, scheduler="ddpm")
    assert torch.equal(torch.rand(3), expected)


def test_truncated_noise_stays_within_the_limit_with_the_right_deviation() -> None:
    sources = seeded_generators(parse_image_request(TRAINED_HERE[0], {"count": 8}))
    z = truncated_normal(sources, 4000, 1.0)
    assert z.abs().max() <= 1.0 and abs(float(z.mean())) < 0.02
    assert abs(float(z.std()) - 0.5396) < 0.01, "of a normal distribution cut at one standard deviation"


@pytest.mark.slow
def test_most_attributes_are_drawn_as_requested() -> None:
    from playground.images.inversion import predict_condition

    sheet = drawn("diffusion-avatars", count=8, condition="hat=none; glasses=none; clothing colour=crimson", steps=10)
    facts = image_model_facts("diffusion-avatars")
    seen = np.concatenate([predict_condition(picture, facts) for picture in sheet.pictures])
    columns = [list(facts.attributes).index(name) for name in ("hat", "glasses", "clothing colour")]
    assert (seen[:, columns] == sheet.condition[:, columns]).mean() > 0.8
