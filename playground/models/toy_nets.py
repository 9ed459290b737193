"""Small nets for points in the plane: a training step takes about a millisecond, and all parts can be plotted."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

_SLOPE = 0.2
#: Points are in [-1, 1]; nets take them multiplied by this, to learn fine structure.
_SCALE = 2.0


class ToyLayers(nn.Module):
    """Fully connected layers with leaky rectifiers between (Maas et al. 2013)."""

    def __init__(self, inputs: int, outputs: int, width: int, hidden: int = 2) -> None:
        """hidden: number of hidden layers of `width` units."""
        super().__init__()
        sizes = [inputs, *[width] * hidden, outputs]
        self.layers = nn.ModuleList(
            nn.Linear(size, following) for size, following in zip(sizes, sizes[1:], strict=False)
        )

    def forward(self, values: Tensor) -> Tensor:
        """(N, inputs) → (N, outputs)."""
        *hidden, last = self.layers
        for layer in hidden:
            values = F.leaky_relu(layer(values), _SLOPE)
        result: Tensor = last(values)
        return result


class ToyGenerator(nn.Module):
    """Noise (N, 2) in [-1, 1] → points (N, 2)."""

    def __init__(self, width: int) -> None:
        """Weights initialised by torch."""
        super().__init__()
        self.net = ToyLayers(2, 2, width)

    def forward(self, noise: Tensor) -> Tensor:
        """(N, 2) → (N, 2), in about [-1, 1] after training."""
        points: Tensor = self.net(_SCALE * noise) / _SCALE
        return points


class ToyDiscriminator(nn.Module):
    """Points (N, 2) → scores (N,): the higher, the more real."""

    def __init__(self, width: int) -> None:
        """Weights initialised by torch."""
        super().__init__()
        self.net = ToyLayers(2, 1, width)

    def forward(self, points: Tensor) -> Tensor:
        """(N, 2) → (N,)."""
        scores: Tensor = self.net(_SCALE * points).squeeze(1)
        return scores


class ToyVae(nn.Module):
    """VAE with a 2-D code; the decoder's Gaussian has one learned standard deviation.

    Kingma and Welling 2014, arXiv:1312.6114; learned sigma: Rybkin et al. 2021, arXiv:2006.13202.
    """

    def __init__(self, width: int) -> None:
        """Random weights; the decoder's sigma is exp(-1) = 0.37."""
        super().__init__()
        self.encoder = ToyLayers(2, 4, width)
        self.decoder = ToyLayers(2, 2, width)
        self.log_sigma = nn.Parameter(torch.tensor(-1.0))

    def encode(self, points: Tensor) -> tuple[Tensor, Tensor]:
        """(N, 2) → mean and log variance of the code, (N, 2) each."""
        mean, log_variance = self.encoder(_SCALE * points).chunk(2, 1)
        return mean, log_variance.clamp(-12, 4)

    def decode(self, codes: Tensor) -> Tensor:
        """(N, 2) → the means of the points' Gaussians, (N, 2)."""
        points: Tensor = self.decoder(codes)
        return points


class ToyFlow(nn.Module):
    """Velocity field that carries noise (time 0) to data (time 1)."""

    _WAVES = 3

    def __init__(self, width: int) -> None:
        """Weights initialised by torch."""
        super().__init__()
        self.net = ToyLayers(2 + 1 + 2 * self._WAVES, 2, width, hidden=3)
        self.register_buffer("waves", torch.pi * torch.arange(1, self._WAVES + 1), persistent=False)

    def forward(self, points: Tensor, time: Tensor) -> Tensor:
        """points: (N, 2).  time: (N, 1) in [0, 1].  Returns (N, 2), per unit of time."""
        waves = time * self.waves  # type: ignore[operator]  # (N, waves)
        velocity: Tensor = self.net(torch.cat([_SCALE * points, time, waves.sin(), waves.cos()], 1))
        return velocity


@torch.no_grad()
def integrate_flow(flow: ToyFlow, noise: Tensor, steps: int) -> Tensor:
    """Integrate the flow from noise (N, 2) by Heun's method: (steps + 1, N, 2), the noise first."""
    places, span = [noise], 1 / steps
    for step in range(steps):
        at = places[-1]
        now = at.new_full((len(at), 1), step * span)
        velocity = flow(at, now)
        ahead = flow(at + span * velocity, now + span)
        places.append(at + span * (velocity + ahead) / 2)
    return torch.stack(places)


def initialise_layers(net: nn.Module, generator: torch.Generator) -> None:
    """Initialise linear layers as PyTorch does (uniform up to 1 / sqrt(inputs)), but from this generator."""
    with torch.no_grad():
        for part in net.modules():
            if isinstance(part, nn.Linear):
                bound = 1 / math.sqrt(part.in_features)
                part.weight.uniform_(-bound, bound, generator=generator)
                part.bias.uniform_(-bound, bound, generator=generator)
