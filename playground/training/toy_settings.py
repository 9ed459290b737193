"""What the toy trainers share: settings, and initial weights."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch

from playground.core.errors import PlaygroundError
from playground.data import toy_2d
from playground.training.settings import ChoiceSetting, Fields, NumberSetting, fill_defaults

MOST_POINTS = 2_000_000_000


def common_settings(steps: int, batch: int = 128, width: int = 64) -> dict[str, NumberSetting | ChoiceSetting]:
    """The settings of every toy trainer, with these defaults."""
    return {
        "steps": NumberSetting(1, 10_000_000, steps, whole=True),
        "batch": NumberSetting(8, 1024, batch, whole=True),
        "width": NumberSetting(4, 256, width, whole=True),
    }


def read_settings(fields: Fields, shape: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The settings, checked, with defaults for those left out; and the painted dots. Raises PlaygroundError."""
    found = fill_defaults(fields, {name: value for name, value in asked.items() if name != "brush"})
    brush: Any = asked.get("brush") or []
    if shape == "brush":
        toy_2d.parse_dots(brush)
    elif brush:
        raise PlaygroundError('A painting needs the data "brush": choose it, or leave the painting out.')
    if int(found["steps"]) * int(found["batch"]) > MOST_POINTS:
        raise PlaygroundError(
            f"{found['steps']:,} steps of {found['batch']:,} points are too many: take fewer of either, together "
            f"at most {MOST_POINTS:,} points."
        )
    return {**found, "brush": list(brush)}


def initialise_layers(net: torch.nn.Module, generator: torch.Generator) -> None:
    """Initialise linear layers as PyTorch does (uniform up to 1 / sqrt(inputs)), but from this generator."""
    with torch.no_grad():
        for part in net.modules():
            if isinstance(part, torch.nn.Linear):
                bound = 1 / math.sqrt(part.in_features)
                part.weight.uniform_(-bound, bound, generator=generator)
                part.bias.uniform_(-bound, bound, generator=generator)
