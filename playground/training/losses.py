"""The losses of a GAN, as functions of scores alone: what the discriminator and what the generator is to lower.

"saturating" is the game as it was first written down, "non-saturating" what is played instead; both in nats.
Penalties on the discriminator's slope, which need the pictures, stand at the end. It knows no nets.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

LOSSES = ("non-saturating", "saturating", "hinge", "least squares", "wgan-gp")


def discriminator_loss(name: str, real: Tensor, fake: Tensor) -> Tensor:
    """() what the discriminator lowers. real, fake: (B,) scores, without bound, higher for what looks real.

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
    """() what the generator lowers. fake: (B,) scores of its pictures. Sources as for the discriminator's.

    non-saturating: -log sigmoid(fake), whose slope does not vanish where the discriminator is sure.
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
    """() half the mean squared length of the slope of the scores at real pictures, to be differentiated further.

    scores: (B,), computed from pictures: (B, C, H, W), which require a gradient. Mescheder et al. 2018,
    arXiv:1801.04406, equation 9, with its weight left to the caller.
    """
    (slope,) = torch.autograd.grad(scores.sum(), pictures, create_graph=True)
    return slope.square().sum((1, 2, 3)).mean() / 2


def gradient_penalty(score: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor, share: Tensor) -> Tensor:
    """() the mean squared distance of the slope's length from 1, between real and generated pictures.

    score: pictures → (B,).  real, fake: (B, C, H, W).  share: (B,) in 0..1, how far each point lies towards the real
    one. Gulrajani et al. 2017, arXiv:1704.00028, equation 3, with its weight (there 10) left to the caller.
    """
    part = share[:, None, None, None]
    between = (part * real + (1 - part) * fake).detach().requires_grad_(True)
    (slope,) = torch.autograd.grad(score(between).sum(), between, create_graph=True)
    return (slope.square().sum((1, 2, 3)).add(1e-12).sqrt() - 1).square().mean()


def told_apart(real: Tensor, fake: Tensor) -> Tensor:
    """() share of pairs in which the real picture has the higher score, 0.5 to 1 where the two sides differ.

    The area under the ROC curve (Hanley and McNeil 1982): it needs no threshold, so it is the same for every loss.
    """
    difference = real[:, None] - fake[None]
    return ((difference > 0).float() + (difference == 0).float() / 2).mean()
