"""Losses of the toy VAE and the toy flow, each as in its paper. The toy GAN's are in losses.py."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor


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
    position = (1 - time) * noise + time * data
    error: Tensor = (velocity(position, time) - (data - noise)).square().sum(1).mean()
    return error
