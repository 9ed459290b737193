"""Properties that all conditional nets share."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from playground.models import diffusion, gan, pixels, vae
from playground.models.classifier import Classifier
from playground.models.conditions import one_hot_shares

SIZES = (3, 2)
Draw = Callable[[Tensor], Tensor]


def local(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def randomize(net: torch.nn.Module) -> torch.nn.Module:
    """Randomizes all weights: layers that start at zero would hide their effect."""
    generator = local(0)
    for weight in net.parameters():
        torch.nn.init.normal_(weight, std=0.1, generator=generator)
    return net.eval().requires_grad_(False)


def draws(side: int, channels: int) -> dict[str, Draw]:
    """For each net, its output as a function of the condition alone."""
    widths, code = (16, 8, 0), torch.randn(4, 6, generator=local(1))
    generator = randomize(gan.Generator(SIZES, channels, side, widths, latent_dim=6))
    discriminator = randomize(gan.Discriminator(SIZES, channels, side, widths[::-1]))
    autoencoder = randomize(vae.VAE(SIZES, channels, side, (8, 16), latent_dim=6))
    denoiser = randomize(diffusion.Denoiser(SIZES, channels, side, 2, (8, 16), blocks=2))
    picture = torch.randn(4, channels, side, side, generator=local(2))
    return {
        "generator": lambda condition: generator(code, condition),
        "discriminator": lambda condition: discriminator(picture, condition)[0],
        "encoder": lambda condition: autoencoder.encode(picture, condition)[0],
        "decoder": lambda condition: autoencoder.decode(code, condition)[0],
        "denoiser": lambda condition: denoiser(picture, torch.full((4,), 500), condition),
    }


@pytest.mark.parametrize(("side", "channels"), [(16, 3), (28, 1)])
def test_every_value_and_any_change_the_output(side: int, channels: int) -> None:
    for name, draw in draws(side, channels).items():
        full, other, partial, empty = (torch.tensor([row] * 4) for row in ([0, 1], [1, 1], [0, 2], [3, 2]))
        outputs = [draw(condition) for condition in (full, other, partial, empty)]
        assert all(torch.isfinite(output).all() for output in outputs), name
        for a in range(4):
            for b in range(a):
                assert not torch.allclose(outputs[a], outputs[b]), (name, a, b)


@pytest.mark.parametrize(("side", "channels"), [(16, 3), (28, 1)])
def test_pictures_keep_their_shape(side: int, channels: int) -> None:
    condition = torch.tensor([[0, 1]] * 4)
    for name, draw in draws(side, channels).items():
        if name in ("generator", "decoder", "denoiser"):
            assert draw(condition).shape == (4, channels, side, side), name


def test_one_hot_shares_give_the_same_output_as_the_condition() -> None:
    rows = torch.tensor([[0, 1], [2, 0], [3, 2], [1, 2]])
    for name, draw in draws(16, 3).items():
        assert torch.equal(draw(one_hot_shares(rows, SIZES)), draw(rows)), name


def test_a_blend_of_conditions_blends_their_embeddings() -> None:
    here, there = torch.tensor([[0, 1]]), torch.tensor([[2, 2]])
    between = 0.25 * one_hot_shares(here, SIZES) + 0.75 * one_hot_shares(there, SIZES)
    tables = (
        (gan.GanConditionEmbedding, gan.GanConditionMaps),
        (vae.VaeConditionEmbedding, vae.VaeConditionMaps),
        (diffusion.DenoiserConditionEmbedding, diffusion.DenoiserConditionMaps),
    )
    for embedding, maps in tables:
        for table in (embedding(SIZES, 5), randomize(maps(SIZES, 2, 4))):
            with torch.no_grad():
                torch.testing.assert_close(table(between), 0.25 * table(here) + 0.75 * table(there))


def test_one_hot_shares_have_a_column_for_each_value_and_for_any() -> None:
    assert one_hot_shares(torch.tensor([[1, 2]]), SIZES).tolist() == [[0, 1, 0, 0, 0, 0, 1]]
    assert one_hot_shares(torch.zeros(3, 0, dtype=torch.int64), ()).shape == (3, 0)


def test_a_picture_depends_on_its_own_row_alone() -> None:
    mixed, alone = torch.tensor([[0, 0], [1, 1], [2, 0], [3, 2]]), torch.tensor([[1, 1]] * 4)
    for name, draw in draws(16, 3).items():
        torch.testing.assert_close(draw(mixed)[1], draw(alone)[1], msg=name)


def test_a_value_beyond_any_is_an_error() -> None:
    for draw in draws(16, 3).values():
        with pytest.raises(IndexError):
            draw(torch.tensor([[4, 0]] * 4))


def test_a_new_denoiser_predicts_no_v() -> None:
    denoiser = diffusion.Denoiser(SIZES, 1, 28, 2, (8, 16))
    noisy = torch.randn(2, 1, 28, 28, generator=local(0))
    assert not denoiser(noisy, torch.tensor([0.0, 999.0]), torch.tensor([[0, 0], [3, 2]])).any()


def test_a_denoiser_depends_on_the_timestep() -> None:
    denoiser = randomize(diffusion.Denoiser(SIZES, 1, 28, 2, (8, 16)))
    noisy, condition = torch.randn(1, 1, 28, 28, generator=local(0)), torch.tensor([[0, 0]])
    early, late = (denoiser(noisy, torch.tensor([t]), condition) for t in (10, 900))
    assert not torch.allclose(early, late)


@pytest.mark.parametrize(("side", "patch"), [(16, 1), (28, 2)])
def test_a_classifier_answers_for_every_attribute(side: int, patch: int) -> None:
    classifier = Classifier(SIZES, 1, side, width=8, patch=patch)
    pictures = torch.randn(5, 1, side, side, generator=local(0))
    assert [tuple(logits.shape) for logits in classifier(pictures)] == [(5, 3), (5, 2)]
    labels = classifier.predict(pictures)
    assert labels.shape == (5, 2) and labels.dtype == torch.int64 and bool((labels < torch.tensor(SIZES)).all())


def test_bytes_are_unchanged_after_scaling_for_the_nets_and_back() -> None:
    every_level = torch.arange(256, dtype=torch.uint8).reshape(1, 16, 16, 1).repeat(2, 1, 1, 3)
    signed = pixels.to_signed(every_level)
    assert signed.shape == (2, 3, 16, 16) and signed.min() == -1 and abs(signed.max() - 1) < 1e-6
    assert torch.equal(pixels.to_pixels(signed), every_level)
    assert pixels.to_pixels(torch.tensor([-3.0, 3.0]).reshape(1, 1, 1, 2)).flatten().tolist() == [0, 255]
