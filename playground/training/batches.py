"""What the loops share: drawing batches, conditions with "any" in them, first weights, averages."""

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
class Step:
    """What happened in one step of a training.

    step: how many are done.  seen: pictures shown so far, repeats counted.  losses: by name, in the units that the loop
    tells.  seconds: what this step took.
    """

    step: int
    seen: int
    losses: dict[str, float]
    seconds: float


class Pictures:
    """Part of a data set, ready to be drawn from."""

    def __init__(self, dataset: Dataset, rows: Indices) -> None:
        """rows: (M,) indices of the pictures to hold."""
        self.pixels = torch.tensor(dataset.images[rows])  # (M, H, W, C) uint8
        self.attributes = torch.tensor(dataset.attribute_table()[rows])  # (M, A) int64
        self.sizes = dataset.sizes()
        self.side, self.channels = dataset.images.shape[1], dataset.images.shape[3]

    def draw(self, count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """With replacement: (count, C, H, W) in [-1, 1] and (count, A) int64."""
        rows = torch.randint(len(self.pixels), (count,), generator=generator)
        return to_signed(self.pixels[rows]), self.attributes[rows]


def forget_some(
    condition: Tensor, sizes: Sequence[int], all_rate: float, some_rate: float, generator: torch.Generator
) -> Tensor:
    """Replace values by "any", as visitors will: in a share of the rows all, in another each with a chance of a half.

    condition: (B, A) int64.  all_rate, some_rate: the shares, 0 to 1.  Returns a new (B, A) int64.
    """
    row = torch.rand(len(condition), 1, generator=generator)
    each = torch.rand(condition.shape, generator=generator)
    forgotten = (row < all_rate) | ((row < all_rate + some_rate) & (each < 0.5))
    return torch.where(forgotten, torch.tensor(list(sizes)), condition)


def initialise(net: nn.Module, generator: torch.Generator) -> None:
    """First weights from the generator alone: torch's usual ones (He et al. 2015) would come from the global seed.

    Weights that the net set to zero stay zero.
    """
    for module in net.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            if bool(module.weight.any()):
                nn.init.kaiming_uniform_(module.weight, a=math.sqrt(5), generator=generator)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.Embedding) and bool(module.weight.any()):
            nn.init.normal_(module.weight, generator=generator)


def learning_rate(step: int, steps: int, warm_up: int, decay_share: float) -> float:
    """The factor for a step: rises over the first `warm_up` steps, falls to zero over the last share of `steps`."""
    falling = (steps - step) / max(1.0, decay_share * steps)
    return min(1.0, (step + 1) / max(1, warm_up), max(0.0, falling))


def set_learning_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """For all parameters."""
    for group in optimizer.param_groups:
        group["lr"] = rate


@torch.no_grad()
def update_average(average: nn.Module, net: nn.Module, decay: float, step: int) -> None:
    """Move the average a little towards the net; faster in the first steps, so that the start is soon forgotten."""
    share = 1 - min(decay, (1 + step) / (10 + step))
    for slow, fast in zip(average.parameters(), net.parameters(), strict=True):
        slow.lerp_(fast, share)


def frozen_copy(make: nn.Module, net: nn.Module) -> nn.Module:
    """`make`, a net of the same kind, with the net's weights, that no optimiser changes."""
    make.load_state_dict(net.state_dict())
    return make.requires_grad_(False).eval()


def precision(bfloat16: bool) -> AbstractContextManager[None]:
    """Compute in bfloat16 where torch deems it safe, or in float32. It pays only where the processor has bfloat16."""
    return torch.autocast("cpu", torch.bfloat16, enabled=bfloat16)
