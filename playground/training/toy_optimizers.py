"""Four optimizers on one long vector of weights: for nets so small that PyTorch's own take longer than the learning."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

OPTIMIZERS = ("sgd", "momentum", "adam", "adamw")
_MOMENTUM, _DECAY, _EPSILON = 0.9, 0.01, 1e-8
#: As GANs want them: Radford et al. 2016, arXiv:1511.06434, for the first.
_BETAS = (0.5, 0.99)


def flatten(net: nn.Module) -> Tensor:
    """Lays all parameters of a net into one vector, (N,), and makes them views of it. Their values stay."""
    parameters = list(net.parameters())
    flat = torch.cat([parameter.detach().reshape(-1) for parameter in parameters])
    start = 0
    for parameter in parameters:
        parameter.data = flat[start : start + parameter.numel()].view_as(parameter)
        start += parameter.numel()
    return flat


class Optimizer:
    """sgd; momentum: SGD with 0.9 (Polyak 1964), as in torch.optim.SGD; adam: Kingma and Ba 2015, arXiv:1412.6980;

    adamw: with a weight decay of 0.01 apart from the slope (Loshchilov and Hutter 2019, arXiv:1711.05101).
    """

    def __init__(self, kind: str, weights: Tensor, rate: float) -> None:
        """Its memory empty. weights: (N,), changed in place.  rate: of learning, may be set anew at any time."""
        if kind not in OPTIMIZERS:
            raise ValueError(kind)
        self.kind, self.weights, self.rate, self.count = kind, weights, rate, 0
        self.mean = torch.zeros_like(weights)
        self.square = torch.zeros_like(weights)

    @torch.no_grad()
    def step(self, slopes: Sequence[Tensor]) -> None:
        """Move the weights. slopes: of the loss, along each parameter, in the net's order."""
        slope = torch.cat([part.reshape(-1) for part in slopes])
        self.count += 1
        if self.kind == "sgd":
            self.weights.sub_(slope, alpha=self.rate)
        elif self.kind == "momentum":
            self.mean.mul_(_MOMENTUM).add_(slope)
            self.weights.sub_(self.mean, alpha=self.rate)
        else:
            self._adam(slope)

    def _adam(self, slope: Tensor) -> None:
        first, second = _BETAS
        if self.kind == "adamw":
            self.weights.mul_(1 - self.rate * _DECAY)
        self.mean.lerp_(slope, 1 - first)
        self.square.mul_(second).addcmul_(slope, slope, value=1 - second)
        scale = (1 - second**self.count) ** 0.5
        rate = self.rate / (1 - first**self.count)
        self.weights.addcdiv_(self.mean, self.square.sqrt().div_(scale).add_(_EPSILON), value=-rate)

    def state_dict(self) -> dict[str, Any]:
        """Its memory."""
        return {"mean": self.mean, "square": self.square, "count": self.count}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Its memory, copied."""
        self.mean, self.square, self.count = state["mean"].clone(), state["square"].clone(), state["count"]
