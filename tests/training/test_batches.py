from __future__ import annotations

import pytest
import torch
from diffusers import DDPMScheduler
from sklearn.mixture import GaussianMixture
from torch import nn

from playground.models.vae import MixturePrior
from playground.training import batches
from playground.training.diffusion import SCHEDULE, add_noise, alpha_bars
from playground.training.gmm import fit_mixture


def local(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_conditions_are_dropped_at_the_given_rates() -> None:
    sizes = (4, 3, 2)
    known = torch.zeros(20_000, 3, dtype=torch.int64)
    dropped = batches.drop_conditions(known, sizes, 0.1, 0.4, local(0)) == torch.tensor(sizes)
    assert float(dropped.all(1).float().mean()) == pytest.approx(0.1 + 0.4 / 8, abs=0.01)
    assert float((~dropped.any(1)).float().mean()) == pytest.approx(0.5 + 0.4 / 8, abs=0.01)
    assert not known.any(), "what was given is left alone"


def test_nothing_is_forgotten_where_nothing_should_be() -> None:
    known = torch.tensor([[1, 2], [0, 1]])
    assert torch.equal(batches.drop_conditions(known, (4, 3), 0.0, 0.0, local(0)), known)


def test_the_learning_rate_rises_stays_and_falls() -> None:
    factors = [batches.schedule_factor(step, 100, 10, 0.5) for step in range(100)]
    assert factors[0] == 0.1 and factors[9:50] == [1.0] * 41 and factors[99] == pytest.approx(0.02)
    assert factors[50:] == sorted(factors[50:], reverse=True)


def test_first_weights_come_from_the_generator_and_zeros_stay() -> None:
    nets = [nn.Sequential(nn.Conv2d(3, 4, 3), nn.Linear(4, 4), nn.Embedding(5, 6), nn.Linear(2, 2)) for _ in range(2)]
    for net in nets:
        nn.init.zeros_(net[3].weight)  # type: ignore[arg-type]
        batches.initialise_weights(net, local(3))
    for one, other in zip(nets[0].parameters(), nets[1].parameters(), strict=True):
        assert torch.equal(one, other)
    assert not nets[0][3].weight.any()


def test_an_average_approaches_what_it_follows() -> None:
    slow, fast = nn.Linear(1, 1), nn.Linear(1, 1)
    nn.init.zeros_(slow.weight)
    nn.init.ones_(fast.weight)
    batches.update_ema(slow, fast, 0.9, step=0)
    assert slow.weight.item() == pytest.approx(0.9), "fast at first: 1 - 1 / 10"
    nn.init.zeros_(slow.weight)
    batches.update_ema(slow, fast, 0.9, step=10_000)
    assert slow.weight.item() == pytest.approx(0.1)


def test_the_schedule_is_that_of_diffusers() -> None:
    torch.testing.assert_close(alpha_bars(), DDPMScheduler(**SCHEDULE).alphas_cumprod)


def test_noise_and_v_are_those_of_diffusers() -> None:
    pictures = torch.rand(6, 1, 4, 4, generator=local(0)) * 2 - 1
    noisy, timestep, v = add_noise(pictures, alpha_bars(), local(1))
    scheduler = DDPMScheduler(**SCHEDULE)
    signal = scheduler.alphas_cumprod[timestep].sqrt()[:, None, None, None]
    eps = (noisy - signal * pictures) / (1 - signal**2).sqrt()
    torch.testing.assert_close(scheduler.add_noise(pictures, eps, timestep), noisy)
    torch.testing.assert_close(scheduler.get_velocity(pictures, eps, timestep), v, atol=1e-4, rtol=1e-4)
    assert timestep.tolist() == sorted(timestep.tolist()) and len(set((timestep // 167).tolist())) >= 5, "spread"


def assert_scikit_learn_agrees(prior: MixturePrior, z: torch.Tensor) -> None:
    """Its density of these parameters is ours, and its own fit to many points is no likelier."""
    theirs = GaussianMixture(len(prior.means), init_params="k-means++", random_state=0).fit(z.numpy())
    ours = prior.log_probability(z, torch.zeros(len(z), 0, dtype=torch.int64))
    assert float(ours.mean()) == pytest.approx(theirs.score(z.numpy()), abs=0.005)
    theirs.means_, theirs.weights_ = prior.means.numpy(), prior.log_weights.exp().numpy()
    theirs.precisions_cholesky_ = torch.linalg.inv(prior.factors).mT.numpy()
    torch.testing.assert_close(ours, torch.from_numpy(theirs.score_samples(z.numpy())).float(), atol=1e-4, rtol=1e-4)


def test_the_mixture_finds_clusters_and_what_goes_with_them() -> None:
    centres = torch.tensor([[-4.0, 0.0], [4.0, 0.0], [0.0, 6.0]])
    which = torch.randint(3, (3000,), generator=local(0))
    stretched = torch.randn(3000, 2, generator=local(1)) * torch.tensor([0.5, 1.0])
    prior = fit_mixture(centres[which] + stretched, which[:, None], (3,), 3, local(2))
    assert_scikit_learn_agrees(prior, centres[which] + stretched)
    distances = torch.cdist(centres, prior.means)
    assert distances.amin(1).max() < 0.15
    nearest = distances.argmin(1)
    torch.testing.assert_close(prior.log_weights.exp().sort().values, torch.full((3,), 1 / 3), atol=0.03, rtol=0)
    covariance = prior.factors[0] @ prior.factors[0].t()
    torch.testing.assert_close(covariance.diagonal(), torch.tensor([0.25, 1.0]), atol=0.12, rtol=0)
    assert prior.log_values[nearest].exp().diagonal().min() > 0.95
