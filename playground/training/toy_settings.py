"""Settings and initial weights of the toy trainers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch

from playground.core.catalogue import say
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


def read_settings(fields: Fields, shape: str, requested: Mapping[str, Any]) -> dict[str, Any]:
    """The settings, checked, with defaults for those left out; and the painted dots. Raises PlaygroundError."""
    settings = fill_defaults(fields, {name: value for name, value in requested.items() if name != "brush"})
    brush: Any = requested.get("brush") or []
    if shape == "brush":
        toy_2d.parse_dots(brush)
    elif brush:
        raise PlaygroundError(say("train.toy_2d.brush.needs_shape"))
    if settings["steps"] * settings["batch"] > MOST_POINTS:
        size = {"steps": settings["steps"], "batch": settings["batch"], "most": MOST_POINTS}
        raise PlaygroundError(say("train.settings.too_many_points", **size))
    return {**settings, "brush": list(brush)}


def initialise_layers(net: torch.nn.Module, generator: torch.Generator) -> None:
    """Initialise linear layers as PyTorch does (uniform up to 1 / sqrt(inputs)), but from this generator."""
    with torch.no_grad():
        for part in net.modules():
            if isinstance(part, torch.nn.Linear):
                bound = 1 / math.sqrt(part.in_features)
                part.weight.uniform_(-bound, bound, generator=generator)
                part.bias.uniform_(-bound, bound, generator=generator)
