"""Losses of the toy trainers, each as in its paper. Scores are the discriminator's outputs before any sigmoid."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

LOSSES = ("non-saturating", "hinge", "least squares", "wgan-gp")


def discriminator_loss(name: str, real: Tensor, fake: Tensor) -> Tensor:
    """D's loss without penalty. name: one of LOSSES.  real, fake: scores, (N,) each.  Returns ().

    non-saturating: Goodfellow et al. 2014, arXiv:1406.2661, eq. 1, in nats.  hinge: Lim and Ye 2017, arXiv:1705.02894.
    least squares: Mao et al. 2017, arXiv:1611.04076, eq. 9.  wgan-gp: Gulrajani et al. 2017, arXiv:1704.00028, eq. 3.
    """
    match name:
        case "non-saturating":
            return F.softplus(-real).mean() + F.softplus(fake).mean()
        case "hinge":
            return F.relu(1 - real).mean() + F.relu(1 + fake).mean()
        case "least squares":
            return (real - 1).square().mean() / 2 + fake.square().mean() / 2
        case "wgan-gp":
            return fake.mean() - real.mean()
    raise ValueError(name)


def generator_loss(name: str, fake: Tensor) -> Tensor:
    """G's loss from the scores of its points, (N,). Returns (). Sources: as for discriminator_loss.

    non-saturating: maximises log D (Goodfellow et al. 2014, section 3), whose gradient does not vanish.
    """
    match name:
        case "non-saturating":
            return F.softplus(-fake).mean()
        case "least squares":
            return (fake - 1).square().mean() / 2
        case "hinge" | "wgan-gp":
            return -fake.mean()
    raise ValueError(name)


def gradient_penalty(score: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor, share: Tensor) -> Tensor:
    """Mean squared distance of D's gradient norm from 1, on lines between real and fake points. Returns (), unweighted.

    score: D.  real, fake: (N, 2).  share: (N, 1) in [0, 1], weight of the real points.
    Source: Gulrajani et al. 2017, eq. 3.
    """
    between = (share * real + (1 - share) * fake).detach().requires_grad_(True)
    (gradient,) = torch.autograd.grad(score(between).sum(), between, create_graph=True)
    penalty: Tensor = (gradient.norm(dim=1) - 1).square().mean()
    return penalty


def elbo_terms(
    points: Tensor, middles: Tensor, log_sigma: Tensor, mean: Tensor, log_variance: Tensor
) -> tuple[Tensor, Tensor]:
    """(distortion, rate) in nats a point, each (): their sum is the negative ELBO, with a β on the rate the β-VAE's.

    points, middles: (N, D), the decoder's Gaussians have the width exp(log_sigma), ().  mean, log_variance: (N, Z).
    distortion: -log p(x | z).  rate: KL of the code from a standard Gaussian.
    Sources: Kingma and Welling 2014, arXiv:1312.6114, eq. 10; Higgins et al. 2017 (beta-VAE), eq. 4.
    """
    size = points.shape[1]
    squared = (points - middles).square().sum(1) * torch.exp(-2 * log_sigma)
    distortion = (squared / 2).mean() + size * (log_sigma + math.log(2 * math.pi) / 2)
    rate = (mean.square() + log_variance.exp() - 1 - log_variance).sum(1).mean() / 2
    return distortion, rate


def flow_loss(velocity: Callable[[Tensor, Tensor], Tensor], noise: Tensor, data: Tensor, time: Tensor) -> Tensor:
    """Mean squared error of the velocity on straight lines from noise to data, summed over the two axes. Returns ().

    noise, data: (N, 2).  time: (N, 1) in [0, 1], 0 at the noise.
    Sources: Lipman et al. 2023, arXiv:2210.02747, eq. 23 with sigma_min 0; Liu et al. 2023, arXiv:2209.03003, eq. 1.
    """
    there = (1 - time) * noise + time * data
    error: Tensor = (velocity(there, time) - (data - noise)).square().sum(1).mean()
    return error
