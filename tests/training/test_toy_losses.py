"""The toy losses against their formulas, their gradients against closed forms, the toy optimizers against PyTorch's."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy import stats
from torch import Tensor, nn

from playground.models.toy_nets import ToyDiscriminator, ToyFlow
from playground.training import losses, toy_losses
from playground.training.settings import OPTIMIZERS
from playground.training.toy_gan import FIELDS
from playground.training.toy_optimizers import Optimizer, flatten

REAL, FAKE = torch.tensor([2.0, -0.5, 0.3]), torch.tensor([-1.5, 0.25, 1.0])


def sigmoid(score: float) -> float:
    return 1 / (1 + math.exp(-score))


#: name -> (D's loss of one real and one fake score, G's loss of one fake score), as in the papers.
FORMULAS = {
    "non-saturating": (
        lambda real, fake: -math.log(sigmoid(real)) - math.log(1 - sigmoid(fake)),
        lambda fake: -math.log(sigmoid(fake)),
    ),
    "hinge": (lambda real, fake: max(0.0, 1 - real) + max(0.0, 1 + fake), lambda fake: -fake),
    "least squares": (lambda real, fake: ((real - 1) ** 2 + fake**2) / 2, lambda fake: (fake - 1) ** 2 / 2),
    "wgan-gp": (lambda real, fake: fake - real, lambda fake: -fake),
}
#: name -> (slope of D's loss along one fake score, slope of G's along it), by hand.
SLOPES = {
    "non-saturating": (lambda fake: sigmoid(fake), lambda fake: sigmoid(fake) - 1),
    "hinge": (lambda fake: 1.0 if fake > -1 else 0.0, lambda fake: -1.0),
    "least squares": (lambda fake: fake, lambda fake: fake - 1),
    "wgan-gp": (lambda fake: 1.0, lambda fake: -1.0),
}


@pytest.mark.parametrize("name", FIELDS["loss"].choices)
def test_each_loss_is_its_formula(name: str) -> None:
    of_discriminator, of_generator = FORMULAS[name]
    pairs = list(zip(REAL.tolist(), FAKE.tolist(), strict=True))
    expected = sum(of_discriminator(real, fake) for real, fake in pairs) / len(pairs)
    assert float(losses.discriminator_loss(name, REAL, FAKE)) == pytest.approx(expected, abs=1e-6)
    assert float(losses.generator_loss(name, FAKE)) == pytest.approx(
        sum(map(of_generator, FAKE.tolist())) / 3, abs=1e-6
    )


@pytest.mark.parametrize("name", FIELDS["loss"].choices)
def test_each_slope_is_the_one_by_hand(name: str) -> None:
    of_discriminator, of_generator = SLOPES[name]
    fake = FAKE.clone().requires_grad_(True)
    (slope,) = torch.autograd.grad(losses.discriminator_loss(name, REAL, fake), fake)
    assert slope.tolist() == pytest.approx([of_discriminator(score) / 3 for score in FAKE.tolist()], abs=1e-6)
    (slope,) = torch.autograd.grad(losses.generator_loss(name, fake), fake)
    assert slope.tolist() == pytest.approx([of_generator(score) / 3 for score in FAKE.tolist()], abs=1e-6)


def test_a_blind_discriminator_has_a_loss_of_two_log_two() -> None:
    nothing = torch.zeros(5)
    assert float(losses.discriminator_loss("non-saturating", nothing, nothing)) == pytest.approx(2 * math.log(2))


def test_the_penalty_of_a_plane_is_its_slope_less_one_squared() -> None:
    def plane(points: Tensor) -> Tensor:
        return points @ torch.tensor([3.0, 4.0])

    points = torch.rand(7, 2, generator=torch.Generator().manual_seed(0))
    assert float(losses.gradient_penalty(plane, points, -points, torch.full((7, 1), 0.3))) == pytest.approx(16)


def test_the_penalty_has_a_slope_along_the_weights_that_finite_differences_confirm() -> None:
    net = ToyDiscriminator(8).double()
    flat = flatten(net)
    with torch.no_grad():
        flat.copy_(torch.randn(len(flat), generator=torch.Generator().manual_seed(0), dtype=torch.float64) / 2)
    real, fake = torch.randn(2, 6, 2, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    share = torch.full((6, 1), 0.4, dtype=torch.float64)

    def penalty() -> Tensor:
        return losses.gradient_penalty(net, real, fake, share)

    parameters = list(net.parameters())
    slopes = torch.autograd.grad(penalty(), parameters, allow_unused=True)
    slope = torch.cat(
        [torch.zeros_like(p).view(-1) if s is None else s.reshape(-1) for p, s in zip(parameters, slopes, strict=True)]
    )
    for place in (0, 5, 30, 70):
        with torch.no_grad():
            flat[place] += 1e-6
        above = float(penalty().detach())
        with torch.no_grad():
            flat[place] -= 2e-6
        below = float(penalty().detach())
        with torch.no_grad():
            flat[place] += 1e-6
        assert (above - below) / 2e-6 == pytest.approx(float(slope[place]), abs=1e-5)


def test_the_elbo_s_terms_agree_with_scipy_s_log_density_and_torch_s_kl() -> None:
    generator = torch.Generator().manual_seed(0)
    points, middles, mean, log_variance = torch.randn(4, 9, 2, generator=generator)
    log_sigma = torch.tensor(-0.7)
    distortion, rate = toy_losses.elbo_terms(points, middles, log_sigma, mean, log_variance)
    density = stats.norm.logpdf(points.numpy(), middles.numpy(), math.exp(-0.7)).sum(1)
    assert float(distortion) == pytest.approx(-density.mean(), rel=1e-5)
    code = torch.distributions.Normal(mean, (log_variance / 2).exp())
    whole = torch.distributions.kl_divergence(code, torch.distributions.Normal(0.0, 1.0)).sum(1).mean()
    assert float(rate) == pytest.approx(float(whole), rel=1e-5)


def test_the_flow_s_loss_is_least_for_the_mean_direction() -> None:
    noise, data = torch.zeros(2, 2), torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    time = torch.full((2, 1), 0.5)

    def of(x: float, y: float) -> float:
        return float(toy_losses.flow_loss(lambda points, _: torch.tensor([x, y]).expand(2, 2), noise, data, time))

    assert of(0.5, 0.5) == pytest.approx(0.5)
    assert min(of(0.4, 0.5), of(0.6, 0.5), of(0.5, 0.6), of(1, 0)) > of(0.5, 0.5)


def test_the_flow_s_loss_looks_on_the_line_between_noise_and_data() -> None:
    positions: list[Tensor] = []

    def velocity(points: Tensor, time: Tensor) -> Tensor:
        positions.append(points)
        return torch.zeros_like(points)

    toy_losses.flow_loss(velocity, torch.tensor([[0.0, 4.0]]), torch.tensor([[8.0, 0.0]]), torch.tensor([[0.25]]))
    assert positions[0].tolist() == [[2.0, 3.0]]
    assert ToyFlow(8)(torch.zeros(3, 2), torch.zeros(3, 1)).shape == (3, 2)


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_the_optimizers_are_pytorch_s(kind: str) -> None:
    def fresh() -> nn.Linear:
        net = nn.Linear(3, 2)
        with torch.no_grad():
            for parameter in net.parameters():
                parameter.copy_(torch.linspace(-1, 1, parameter.numel()).view_as(parameter))
        return net

    ours, theirs = fresh(), fresh()
    rate = 0.05
    known = {
        "sgd": lambda p: torch.optim.SGD(p, rate),
        "momentum": lambda p: torch.optim.SGD(p, rate, momentum=0.9),
        "adam": lambda p: torch.optim.Adam(p, rate, betas=(0.5, 0.99)),
        "adamw": lambda p: torch.optim.AdamW(p, rate, betas=(0.5, 0.99), weight_decay=0.01),
    }[kind](theirs.parameters())
    own = Optimizer(kind, flatten(ours), rate)
    data = torch.randn(20, 4, 3, generator=torch.Generator().manual_seed(0))
    for batch in data:
        own.step(torch.autograd.grad(ours(batch).square().mean(), list(ours.parameters())))
        known.zero_grad()
        theirs(batch).square().mean().backward()
        known.step()
    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert np.allclose(mine.detach(), other.detach(), atol=1e-6)
