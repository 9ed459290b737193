"""What the courses of the arena have in common: their settings, and how their nets begin."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch

from playground.core.errors import PlaygroundError
from playground.data import toy_2d
from playground.training.settings import Choice, Fields, Number, whole

MOST_POINTS = 2_000_000_000


def shared(steps: int, batch: int = 128, width: int = 64) -> dict[str, Number | Choice]:
    """What every course of the arena has, with these at first."""
    return {
        "steps": Number(1, 10_000_000, steps, whole=True),
        "batch": Number(8, 1024, batch, whole=True),
        "width": Number(4, 256, width, whole=True),
    }


def read(fields: Fields, shape: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The settings, checked and whole, with the dots of a painting. Raises PlaygroundError."""
    found = whole(fields, {name: value for name, value in asked.items() if name != "brush"})
    brush: Any = asked.get("brush") or []
    if shape == "brush":
        toy_2d.dots(brush)
    elif brush:
        raise PlaygroundError('A painting needs the data "brush": choose it, or leave the painting out.')
    if int(found["steps"]) * int(found["batch"]) > MOST_POINTS:
        raise PlaygroundError(
            f"{found['steps']:,} steps of {found['batch']:,} points are too many: take fewer of either, together "
            f"at most {MOST_POINTS:,} points."
        )
    return {**found, "brush": list(brush)}


def initialise(net: torch.nn.Module, generator: torch.Generator) -> None:
    """PyTorch's own start for linear layers (uniform, up to one over the root of the inputs), from this generator."""
    with torch.no_grad():
        for part in net.modules():
            if isinstance(part, torch.nn.Linear):
                bound = 1 / math.sqrt(part.in_features)
                part.weight.uniform_(-bound, bound, generator=generator)
                part.bias.uniform_(-bound, bound, generator=generator)
