"""The losses of a GAN against their formulas, and their slopes against autograd and closed forms."""

from __future__ import annotations

import math

import pytest
import torch
from scipy.special import expit
from torch import Tensor

from playground.training import losses
from playground.training.settings import LOSSES

REAL, FAKE = torch.tensor([2.0, -0.5, 0.3]), torch.tensor([-1.0, 0.7, 0.1])


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


def expected(name: str) -> tuple[float, float]:
    """(discriminator's, generator's), by plain Python from the papers' formulas."""
    real, fake = REAL.tolist(), FAKE.tolist()
    log_loss = mean([-math.log(expit(r)) for r in real]) + mean([-math.log(1 - expit(f)) for f in fake])
    return {
        "non-saturating": (log_loss, mean([-math.log(expit(f)) for f in fake])),
        "saturating": (log_loss, mean([math.log(1 - expit(f)) for f in fake])),
        "hinge": (mean([max(0, 1 - r) for r in real]) + mean([max(0, 1 + f) for f in fake]), -mean(fake)),
        "least squares": (
            0.5 * mean([(r - 1) ** 2 for r in real]) + 0.5 * mean([f**2 for f in fake]),
            0.5 * mean([(f - 1) ** 2 for f in fake]),
        ),
        "wgan-gp": (mean(fake) - mean(real), -mean(fake)),
    }[name]


@pytest.mark.parametrize("name", LOSSES)
def test_each_loss_is_its_formula(name: str) -> None:
    discriminator, generator = expected(name)
    assert float(losses.discriminator_loss(name, REAL, FAKE)) == pytest.approx(discriminator, rel=1e-5)
    assert float(losses.generator_loss(name, FAKE)) == pytest.approx(generator, rel=1e-5)


@pytest.mark.parametrize("name", LOSSES)
def test_each_slope_is_that_of_finite_differences(name: str) -> None:
    scores = torch.tensor([1.3, -0.4, 0.2], dtype=torch.float64, requires_grad=True)
    real = REAL.double()
    assert torch.autograd.gradcheck(lambda fake: losses.discriminator_loss(name, real, fake), scores)
    assert torch.autograd.gradcheck(lambda fake: losses.generator_loss(name, fake), scores)


def test_a_sure_discriminator_leaves_the_saturating_loss_no_slope() -> None:
    slopes = {}
    for name in ("non-saturating", "saturating"):
        score = torch.tensor([-20.0], requires_grad=True)
        (slope,) = torch.autograd.grad(losses.generator_loss(name, score), score)
        slopes[name] = abs(float(slope))
    assert slopes["non-saturating"] == pytest.approx(1) and slopes["saturating"] < 1e-8


def test_penalties_of_a_linear_score_are_closed_forms() -> None:
    weight = torch.tensor([3.0, 4.0]).reshape(1, 1, 1, 2)

    def score(pictures: Tensor) -> Tensor:
        return (pictures * weight).sum((1, 2, 3))

    real, fake = torch.randn(2, 4, 1, 1, 2, generator=torch.Generator().manual_seed(0))
    real.requires_grad_(True)
    assert float(losses.r1_penalty(score(real), real)) == pytest.approx(25 / 2)
    penalty = losses.gradient_penalty(score, real, fake, torch.linspace(0, 1, 4))
    assert float(penalty) == pytest.approx((5 - 1) ** 2)


def test_ranking_auc_is_the_area_under_the_curve() -> None:
    assert float(losses.ranking_auc(torch.tensor([1.0, 2.0]), torch.tensor([0.0, 1.5]))) == pytest.approx(0.75)
    assert float(losses.ranking_auc(torch.ones(3), torch.ones(3))) == 0.5


def test_an_unknown_loss_is_a_programming_error() -> None:
    for call in (lambda: losses.discriminator_loss("no", REAL, FAKE), lambda: losses.generator_loss("no", FAKE)):
        with pytest.raises(ValueError):
            call()
