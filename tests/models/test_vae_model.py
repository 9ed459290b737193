"""The VAE's likelihood, its KL term and the mixture prior, against closed forms and torch.distributions."""

from __future__ import annotations

import math

import pytest
import torch
from torch.distributions import Independent, MixtureSameFamily, MultivariateNormal, Normal, kl_divergence
from torch.distributions.categorical import Categorical

from playground.models.vae import (
    VAE,
    MixturePrior,
    bits_per_dimension,
    kl_to_standard_normal,
    log_likelihood,
    log_weights,
)


def local(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("mean", [-1.2, -1.0, 0.0, 0.3, 0.999, 1.5])
@pytest.mark.parametrize("log_scale", [-7.0, -4.0, -1.5, 0.0, 2.0])
def test_the_probabilities_of_the_256_levels_sum_to_one(mean: float, log_scale: float) -> None:
    levels = (2 * torch.arange(256, dtype=torch.float64) / 255 - 1).reshape(256, 1, 1, 1)
    nats = log_likelihood(levels, torch.full_like(levels, mean), torch.full_like(levels, log_scale))
    assert float(nats.exp().sum()) == pytest.approx(1, abs=1e-9)


def test_the_likelihood_is_the_mass_of_a_logistic_in_the_bin() -> None:
    mean, scale = 0.1, 0.05
    picture = torch.tensor([2 * 150 / 255 - 1], dtype=torch.float64).reshape(1, 1, 1, 1)

    def below(x: float) -> float:
        return 1 / (1 + math.exp(-(x - mean) / scale))

    mass = below(float(picture) + 1 / 255) - below(float(picture) - 1 / 255)
    nats = log_likelihood(picture, torch.full_like(picture, mean), torch.full_like(picture, math.log(scale)))
    assert float(nats) == pytest.approx(math.log(mass), rel=1e-9)


def test_a_level_far_from_the_mean_has_a_finite_likelihood_and_slope() -> None:
    mean = torch.full((1, 1, 1, 1), -1.0, requires_grad=True)
    log_scale = torch.full((1, 1, 1, 1), -7.0, requires_grad=True)
    nats = log_likelihood(torch.full((1, 1, 1, 1), 0.9), mean, log_scale)
    nats.sum().backward()
    assert torch.isfinite(nats).all() and torch.isfinite(mean.grad).all() and torch.isfinite(log_scale.grad).all()


def test_the_kl_term_matches_torch_distributions() -> None:
    mean, log_variance = torch.randn(5, 7, generator=local(0)), torch.randn(5, 7, generator=local(1))
    posterior = Independent(Normal(mean, (log_variance / 2).exp()), 1)
    prior = Independent(Normal(torch.zeros(5, 7), torch.ones(5, 7)), 1)
    torch.testing.assert_close(kl_to_standard_normal(mean, log_variance), kl_divergence(posterior, prior))


def test_eight_bits_a_dimension_is_a_uniform_guess() -> None:
    nats = torch.tensor(-784 * math.log(256))
    assert float(bits_per_dimension(nats, 784)) == pytest.approx(8)


@pytest.fixture
def mixture() -> MixturePrior:
    """Three components in the plane; the first attribute separates the first component from the others."""
    prior = MixturePrior((2,), 3, 2)
    prior.log_weights.copy_(torch.tensor([0.5, 0.3, 0.2]).log())
    prior.means.copy_(torch.tensor([[0.0, 0.0], [4.0, 0.0], [0.0, -4.0]]))
    prior.factors.copy_(torch.tensor([[[1.0, 0.0], [0.5, 0.7]]] * 3))
    prior.log_values.copy_(torch.tensor([[0.99, 0.01], [0.01, 0.99], [0.01, 0.99]]).log())
    return prior


def test_the_mixtures_density_matches_torch_distributions(mixture: MixturePrior) -> None:
    z = torch.randn(6, 2, generator=local(0)) * 3
    parts = MultivariateNormal(mixture.means, scale_tril=mixture.factors)
    expected = MixtureSameFamily(Categorical(mixture.log_weights.exp()), parts).log_prob(z)
    anything = torch.full((6, 1), 2)
    torch.testing.assert_close(mixture.log_probability(z, anything), expected)


def test_a_condition_reweights_the_components_by_bayes_rule(mixture: MixturePrior) -> None:
    shares = mixture.log_weights_given(torch.tensor([[0], [1], [2]])).exp()
    joint = torch.tensor([0.5 * 0.99, 0.3 * 0.01, 0.2 * 0.01])
    torch.testing.assert_close(shares[0], joint / joint.sum())
    torch.testing.assert_close(shares[2], torch.tensor([0.5, 0.3, 0.2]))
    assert shares[1, 0] < 0.05


def test_draws_of_the_mixture_have_its_mean_and_follow_the_condition(mixture: MixturePrior) -> None:
    eps, uniform = torch.randn(20_000, 2, generator=local(0)), torch.rand(20_000, generator=local(1))
    free = mixture.sample(torch.full((20_000, 1), 2), eps, uniform)
    torch.testing.assert_close(free.mean(0), mixture.log_weights.exp() @ mixture.means, atol=0.05, rtol=0)
    conditional = mixture.sample(torch.zeros(20_000, 1, dtype=torch.int64), eps, uniform)
    assert conditional.mean(0).abs().max() < 0.1, "nearly all from the first component"
    cold = mixture.sample(torch.full((50, 1), 2), eps[:50], uniform[:50], temperature=0.0)
    assert torch.cdist(cold, mixture.means).amin(1).max() < 1e-6


def test_the_bound_under_the_mixture_is_below_the_likelihood_that_importance_sampling_gives(
    mixture: MixturePrior,
) -> None:
    """The likelihood itself: an integral over a fine grid of the plane."""
    torch.manual_seed(0)
    net = VAE((2,), 1, 4, (8, 8), latent_dim=2).double()
    mixture = mixture.double()
    picture = (2 * torch.randint(0, 256, (1, 1, 4, 4), generator=local(0)).double() / 255 - 1).clamp(-1, 1)
    condition = torch.tensor([[0]])
    axis = torch.linspace(-9, 9, 121, dtype=torch.float64)
    grid = torch.cartesian_prod(axis, axis)
    many = len(grid)
    for prior in (mixture, None):
        with torch.inference_mode():
            log_prior = -0.5 * grid.square().sum(1) - math.log(2 * math.pi)
            if prior is not None:
                log_prior = prior.log_probability(grid, condition.expand(many, -1))
            joint = log_likelihood(picture.expand(many, -1, -1, -1), *net.decode(grid, condition.expand(many, -1)))
            exact = float((joint + log_prior).logsumexp(0)) + 2 * math.log(float(axis[1] - axis[0]))
            eps = torch.randn(10_000, 2, generator=local(1), dtype=torch.float64)
            pictures, conditions = picture.expand(len(eps), -1, -1, -1), condition.expand(len(eps), -1)
            weights = log_weights(net, pictures, conditions, eps, prior)
            terms = net(pictures, conditions, eps)
        sampled = float(weights.logsumexp(0)) - math.log(len(eps))
        assert sampled == pytest.approx(exact, abs=0.05), "importance sampling"
        assert float(weights.mean()) < exact, "a lower bound"
        if prior is None:
            assert float(weights.mean()) == pytest.approx(float((terms[0] - terms[1]).mean()), abs=0.05)
