"""Four optimizers on one flat vector of weights: for nets so small that PyTorch's own would take most of the time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from playground.training.settings import OPTIMIZERS

_MOMENTUM, _DECAY, _EPSILON = 0.9, 0.01, 1e-8
#: The first as usual for GANs (Radford et al. 2016, arXiv:1511.06434).
_BETAS = (0.5, 0.99)


def flatten(net: nn.Module) -> Tensor:
    """Copy all parameters of a net into one vector, (N,), and make them views of it."""
    parameters = list(net.parameters())
    flat = torch.cat([parameter.detach().reshape(-1) for parameter in parameters])
    start = 0
    for parameter in parameters:
        parameter.data = flat[start : start + parameter.numel()].view_as(parameter)
        start += parameter.numel()
    return flat


class Optimizer:
    """An optimizer of one flat vector of weights.

    kind: sgd; momentum, SGD with 0.9 (Polyak 1964) as in torch.optim.SGD; adam (Kingma and Ba 2015, arXiv:1412.6980,
    but with betas of 0.5 and 0.99, usual for GANs, where the paper has 0.9 and 0.999); adamw, the same with a decoupled
    weight decay of 0.01 (Loshchilov and Hutter 2019, arXiv:1711.05101).
    """

    def __init__(self, kind: str, weights: Tensor, rate: float) -> None:
        """Without moments. weights: (N,), updated in place.  rate: learning rate, may be set at any time."""
        if kind not in OPTIMIZERS:
            raise ValueError(kind)
        self.kind, self.weights, self.rate, self.count = kind, weights, rate, 0
        self.mean = torch.zeros_like(weights)
        self.square = torch.zeros_like(weights)

    @torch.no_grad()
    def step(self, gradients: Sequence[Tensor]) -> None:
        """Update the weights. gradients: of the loss by each parameter, in the net's order."""
        gradient = torch.cat([part.reshape(-1) for part in gradients])
        self.count += 1
        if self.kind == "sgd":
            self.weights.sub_(gradient, alpha=self.rate)
        elif self.kind == "momentum":
            self.mean.mul_(_MOMENTUM).add_(gradient)
            self.weights.sub_(self.mean, alpha=self.rate)
        else:
            self._adam(gradient)

    def _adam(self, gradient: Tensor) -> None:
        first, second = _BETAS
        if self.kind == "adamw":
            self.weights.mul_(1 - self.rate * _DECAY)
        self.mean.lerp_(gradient, 1 - first)
        self.square.mul_(second).addcmul_(gradient, gradient, value=1 - second)
        scale = (1 - second**self.count) ** 0.5
        rate = self.rate / (1 - first**self.count)
        self.weights.addcdiv_(self.mean, self.square.sqrt().div_(scale).add_(_EPSILON), value=-rate)

    def state_dict(self) -> dict[str, Any]:
        """Moments and step count."""
        return {"mean": self.mean, "square": self.square, "count": self.count}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Copy moments and step count."""
        self.mean, self.square, self.count = state["mean"].clone(), state["square"].clone(), state["count"]
