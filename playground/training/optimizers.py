"""Optimizers by name, and norms of gradients and weights."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

WEIGHT_DECAY = 0.01


def open_optimizer(
    kind: str, parameters: Iterable[Tensor], betas: tuple[float, float] = (0.9, 0.999)
) -> torch.optim.Optimizer:
    """A new optimizer.

    kind: of settings.OPTIMIZERS.  betas: Adam's, and the first is the momentum of "momentum", 0.9 if it is 0.
    Adam: Kingma and Ba 2015, arXiv:1412.6980, with their betas unless others are given, as for GANs; AdamW: Loshchilov
    and Hutter 2019, arXiv:1711.05101; momentum: Polyak 1964.
    """
    if kind == "adam":
        return torch.optim.Adam(parameters, betas=betas, fused=True)
    if kind == "adamw":
        return torch.optim.AdamW(parameters, betas=betas, weight_decay=WEIGHT_DECAY, fused=True)
    if kind == "sgd":
        return torch.optim.SGD(parameters, lr=1e-3)
    if kind == "momentum":
        return torch.optim.SGD(parameters, lr=1e-3, momentum=betas[0] or 0.9)
    raise ValueError(kind)


def gradient_norm(parameters: Iterable[Tensor]) -> Tensor:
    """() norm of all gradients as one vector; parameters without one are skipped."""
    gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
    return torch.stack(torch._foreach_norm(gradients)).norm() if gradients else torch.zeros(())


@torch.no_grad()
def weight_rms(parameters: Iterable[Tensor]) -> Tensor:
    """() root mean square of all weights; it grows when steps are too large."""
    some = list(parameters)
    size: Tensor = torch.stack(torch._foreach_norm(some)).norm() / max(1, sum(each.numel() for each in some)) ** 0.5
    return size
