"""Fitting a mixture of Gaussians by expectation-maximisation (Dempster, Laird and Rubin 1977).

By hand, because links to trainings verify draws from exactly this fit. scikit-learn's GaussianMixture, against which it
is tested, adds the same constant to every covariance, however many points a component has.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from playground.models.vae import MixturePrior

_FLOOR = 1e-3  # added to every variance, so that a component on few points stays a Gaussian


@torch.no_grad()
def fit_mixture(
    z: Tensor,
    attributes: Tensor,
    sizes: Sequence[int],
    components: int,
    generator: torch.Generator,
    rounds: int = 30,
) -> MixturePrior:
    """A mixture with full covariances, and the frequency of each attribute's values in each component.

    z: (N, D).  attributes: (N, A) int64.  sizes: how many values each attribute has.
    rounds: of expectation-maximisation. Means are initialised by k-means++ (Arthur and Vassilvitskii 2007).
    """
    prior = MixturePrior(sizes, components, z.shape[1])
    prior.means.copy_(_spread_points(z, components, generator))
    spread = z.var(0).mean().sqrt() / 2
    prior.factors.mul_(spread)
    for _ in range(rounds):
        shares = (prior.log_components(z) + prior.log_weights).softmax(1)  # (N, K)
        _maximise(prior, z, shares)
    shares = (prior.log_components(z) + prior.log_weights).softmax(1)
    tables = []
    for a, size in enumerate(sizes):
        counts = shares.t() @ torch.nn.functional.one_hot(attributes[:, a], size).to(shares.dtype) + 1.0 / size
        tables.append((counts / counts.sum(1, keepdim=True)).log())
    prior.log_values.copy_(torch.cat(tables, 1))
    return prior


def _maximise(prior: MixturePrior, z: Tensor, shares: Tensor) -> None:
    """The M step: weights, means and covariances for responsibilities `shares`, (N, K)."""
    counts = shares.sum(0).clamp(min=1e-6)
    prior.log_weights.copy_((counts / counts.sum()).log())
    prior.means.copy_(shares.t() @ z / counts[:, None])
    identity = torch.eye(z.shape[1])
    for k in range(len(counts)):
        centred = z - prior.means[k]
        # One point's worth of the overall unit variance: a component on few points keeps a sound covariance.
        covariance = (centred.t() * shares[:, k]) @ centred + identity
        prior.factors[k] = torch.linalg.cholesky(covariance / (counts[k] + 1) + _FLOOR * identity)


def _spread_points(z: Tensor, count: int, generator: torch.Generator) -> Tensor:
    """(count, D) rows of z, each sampled with probability proportional to its squared distance from those before."""
    rows = [int(torch.randint(len(z), (1,), generator=generator))]
    distance = (z - z[rows[0]]).square().sum(1)
    while len(rows) < count:
        rows.append(int(torch.multinomial(distance, 1, generator=generator)))
        distance = torch.minimum(distance, (z - z[rows[-1]]).square().sum(1))
    return z[rows]
