"""What can be set in an arena course, in which range, and what of it may be changed while it runs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch

from playground.data import arena
from playground.errors import PlaygroundError

MOST_POINTS = 2_000_000_000
_SHARED = ("steps", "batch", "width", "brush")


@dataclass(frozen=True)
class Number:
    """A number from low to high. whole: no fraction.  hot: may be changed while the run is going on."""

    low: float
    high: float
    default: float
    whole: bool = False
    hot: bool = False

    def read(self, name: str, value: object) -> float | int:
        """The value as it is used. Raises PlaygroundError."""
        what = "a whole number" if self.whole else "a number"
        sentence = f"“{name.replace('_', ' ')}” must be {what} from {_shown(self.low)} to {_shown(self.high)}"
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise PlaygroundError(f"{sentence}; it was {str(value)[:40]!r}.")
        if not self.low <= value <= self.high or (self.whole and value != int(value)):
            raise PlaygroundError(f"{sentence}; it was {str(value)[:40]}.")
        return int(value) if self.whole else float(value)


@dataclass(frozen=True)
class Choice:
    """One of some words."""

    of: tuple[str, ...]
    default: str
    hot: bool = False

    def read(self, name: str, value: object) -> str:
        """The word. Raises PlaygroundError."""
        if isinstance(value, str) and value in self.of:
            return value
        raise PlaygroundError(
            f"“{name.replace('_', ' ')}” must be one of {', '.join(self.of)}; it was {str(value)[:40]!r}."
        )


Kinds = Mapping[str, Number | Choice]


def rate(default: float) -> Number:
    """A learning rate."""
    return Number(1e-7, 10, default, hot=True)


def shared(steps: int, batch: int = 128, width: int = 64) -> dict[str, Number | Choice]:
    """What every course of the arena has, with these defaults."""
    return {
        "steps": Number(1, 10_000_000, steps, whole=True),
        "batch": Number(8, 1024, batch, whole=True),
        "width": Number(4, 256, width, whole=True),
    }


def read(kinds: Kinds, shape: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings, checked and whole. Raises PlaygroundError."""
    unknown = [str(name)[:40] for name in settings if name not in kinds and name != "brush"]
    if unknown:
        raise PlaygroundError(f'There is no setting "{unknown[0]}" here: choose among {", ".join(kinds)}.')
    found = {name: kind.read(name, settings.get(name, kind.default)) for name, kind in kinds.items()}
    brush: Any = settings.get("brush") or []
    if shape == "brush":
        arena.dots(brush)
    elif brush:
        raise PlaygroundError('A painting needs the data "brush": choose it, or leave the painting out.')
    if int(found["steps"]) * int(found["batch"]) > MOST_POINTS:
        raise PlaygroundError(
            f"{found['steps']:,} steps of {found['batch']:,} points are too many: take fewer of either, together "
            f"at most {MOST_POINTS:,} points."
        )
    return {**found, "brush": list(brush)}


def changed(kinds: Kinds, before: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings after a change. Raises PlaygroundError if one is unknown, out of range, or fixed at the start."""
    hot = [name for name, kind in kinds.items() if kind.hot]
    found = dict(before)
    for name, value in settings.items():
        if name not in hot:
            said = "is fixed when the run starts" if name in kinds or name in _SHARED else "is not known"
            raise PlaygroundError(f'"{str(name)[:40]}" {said}: change {", ".join(hot)}, or start a new run.')
        found[name] = kinds[name].read(name, value)
    return found


def initialise(net: torch.nn.Module, generator: torch.Generator) -> None:
    """PyTorch's own start for linear layers (uniform, up to one over the root of the inputs), from this generator."""
    with torch.no_grad():
        for part in net.modules():
            if isinstance(part, torch.nn.Linear):
                bound = 1 / math.sqrt(part.in_features)
                part.weight.uniform_(-bound, bound, generator=generator)
                part.bias.uniform_(-bound, bound, generator=generator)


def _shown(number: float) -> str:
    return f"{number:,.0f}" if number >= 1000 else f"{number:g}"
