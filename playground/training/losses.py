"""GAN losses as functions of the discriminator's scores, and its gradient penalties, which also need the inputs.

"saturating" is the minimax game of the first paper, "non-saturating" the loss that it recommends in practice; in nats.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F


def discriminator_loss(name: str, real: Tensor, fake: Tensor) -> Tensor:
    """() the discriminator's loss. real, fake: (B,) scores before any sigmoid, higher for what looks real.

    non-saturating, saturating: -log sigmoid(real) - log(1 - sigmoid(fake)); Goodfellow et al. 2014, arXiv:1406.2661.
    hinge: max(0, 1 - real) + max(0, 1 + fake); Lim and Ye 2017, arXiv:1705.02894.
    least squares: (real - 1)² / 2 + fake² / 2; Mao et al. 2017, arXiv:1611.04076.
    wgan-gp: fake - real; Arjovsky et al. 2017, arXiv:1701.07875, without its penalty (see gradient_penalty).
    """
    if name in ("non-saturating", "saturating"):
        return F.softplus(-real).mean() + F.softplus(fake).mean()
    if name == "hinge":
        return F.relu(1 - real).mean() + F.relu(1 + fake).mean()
    if name == "least squares":
        return (real - 1).square().mean() / 2 + fake.square().mean() / 2
    if name == "wgan-gp":
        return fake.mean() - real.mean()
    raise ValueError(name)


def generator_loss(name: str, fake: Tensor) -> Tensor:
    """() the generator's loss. fake: (B,) scores of its pictures. Sources: see discriminator_loss.

    non-saturating: -log sigmoid(fake), whose gradient does not vanish where the discriminator is sure.
    saturating: log(1 - sigmoid(fake)), whose slope does: arXiv:1406.2661, section 3.
    hinge, wgan-gp: -fake.  least squares: (fake - 1)² / 2.
    """
    if name == "non-saturating":
        return F.softplus(-fake).mean()
    if name == "saturating":
        return -F.softplus(fake).mean()
    if name in ("hinge", "wgan-gp"):
        return -fake.mean()
    if name == "least squares":
        return (fake - 1).square().mean() / 2
    raise ValueError(name)


def r1_penalty(scores: Tensor, pictures: Tensor) -> Tensor:
    """() half the mean squared norm of the gradient of the scores at real pictures, differentiable.

    scores: (B,), computed from pictures: (B, C, H, W), which require a gradient. Mescheder et al. 2018,
    arXiv:1801.04406, equation 9, without its weight.
    """
    (gradient,) = torch.autograd.grad(scores.sum(), pictures, create_graph=True)
    return gradient.square().sum((1, 2, 3)).mean() / 2


def gradient_penalty(score: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor, share: Tensor) -> Tensor:
    """() mean squared distance of the gradient's norm from 1, at inputs between real and generated ones.

    score: inputs → (B,).  real, fake: (B, …), pictures or points.  share: (B,) in 0..1, the weight of the real one.
    Gulrajani et al. 2017, arXiv:1704.00028, equation 3, without its weight (there 10).
    """
    part = share.view(-1, *[1] * (real.dim() - 1))  # (B, 1, …)
    between = (part * real + (1 - part) * fake).detach().requires_grad_(True)
    (gradient,) = torch.autograd.grad(score(between).sum(), between, create_graph=True)
    return (gradient.square().flatten(1).sum(1).add(1e-12).sqrt() - 1).square().mean()


def ranking_auc(real: Tensor, fake: Tensor) -> Tensor:
    """() area under the ROC curve: the fraction of pairs in which the real picture has the higher score, 0 to 1.

    Hanley and McNeil 1982. It needs no threshold, so it compares all losses. Equal scores count 1/2.
    """
    difference = real[:, None] - fake[None]
    return ((difference > 0).float() + (difference == 0).float() / 2).mean()
