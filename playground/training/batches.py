"""Shared by the loops: batches, dropped conditions, initial weights, learning rates, EMA of weights."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from playground.data.dataset import Dataset, Indices
from playground.models.pixels import to_signed


@dataclass(frozen=True)
class TrainStep:
    """One step of a training.

    step: steps done.  seen: pictures shown so far, repeats counted.  losses: by name, in the units that the loop
    documents.  seconds: duration of this step.
    """

    step: int
    seen: int
    losses: dict[str, float]
    seconds: float


class ImageSampler:
    """Random batches from part of a data set."""

    def __init__(self, dataset: Dataset, rows: Indices) -> None:
        """rows: (M,) int64, indices of the pictures to draw from."""
        self.pixels = torch.tensor(dataset.images[rows])  # (M, H, W, C) uint8
        self.attributes = torch.tensor(dataset.attribute_table()[rows])  # (M, A) int64
        self.sizes = dataset.sizes()
        self.side, self.channels = dataset.images.shape[1], dataset.images.shape[3]

    def draw(self, count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """A batch, with replacement: pictures (count, C, H, W) in [-1, 1], attributes (count, A) int64."""
        rows = torch.randint(len(self.pixels), (count,), generator=generator)
        return to_signed(self.pixels[rows]), self.attributes[rows]


def drop_conditions(
    condition: Tensor, sizes: Sequence[int], all_rate: float, some_rate: float, generator: torch.Generator
) -> Tensor:
    """Replace values by "any": in a fraction of the rows all of them, in another each with probability 1/2.

    condition: (B, A) int64.  all_rate, some_rate: the fractions, 0 to 1.  Returns a new (B, A) int64.
    """
    row = torch.rand(len(condition), 1, generator=generator)
    each = torch.rand(condition.shape, generator=generator)
    dropped = (row < all_rate) | ((row < all_rate + some_rate) & (each < 0.5))
    return torch.where(dropped, torch.tensor(list(sizes)), condition)


def initialise_weights(net: nn.Module, generator: torch.Generator) -> None:
    """Initialise weights as torch does (He et al. 2015), but from this generator instead of the global one.

    Zero weights stay zero.
    """
    for module in net.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            if bool(module.weight.any()):
                nn.init.kaiming_uniform_(module.weight, a=math.sqrt(5), generator=generator)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.Embedding) and bool(module.weight.any()):
            nn.init.normal_(module.weight, generator=generator)


def schedule_factor(step: int, steps: int, warm_up: int, decay_share: float) -> float:
    """The learning rate's factor at a step, 0 to 1: linear warm-up, linear decay in the last decay_share of steps."""
    falling = (steps - step) / max(1.0, decay_share * steps)
    return min(1.0, (step + 1) / max(1, warm_up), max(0.0, falling))


def set_learning_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Set the learning rate of all parameter groups."""
    for group in optimizer.param_groups:
        group["lr"] = rate


@torch.no_grad()
def update_ema(average: nn.Module, net: nn.Module, decay: float, step: int) -> None:
    """Update the exponential moving average of a net's weights. The decay at step n is at most (1 + n) / (10 + n)."""
    share = 1 - min(decay, (1 + step) / (10 + step))
    for slow, fast in zip(average.parameters(), net.parameters(), strict=True):
        slow.lerp_(fast, share)


def autocast(bfloat16: bool) -> AbstractContextManager[None]:
    """Autocast to bfloat16, or stay in float32. Faster only on processors with bfloat16 instructions."""
    return torch.autocast("cpu", torch.bfloat16, enabled=bfloat16)
