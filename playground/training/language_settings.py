"""Settings of the language trainer: ranges, defaults, optimizers, learning-rate schedule. Imports torch when needed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from playground.core.errors import PlaygroundError

if TYPE_CHECKING:
    from torch import nn, optim

OPTIMIZERS = ("adamw", "adam", "momentum", "sgd")
WIDTHS = (64, 96, 128, 192, 256)
#: Settings that may change during a run.
HOT = ("rate", "optimizer", "batch", "temperature")
DEFAULTS: dict[str, Any] = {
    "steps": 1000,
    "vocabulary": 2048,
    "width": 192,
    "layers": 4,
    "context": 128,
    "batch": 8,
    "rate": 2e-3,
    "optimizer": "adamw",
    "temperature": 0.8,
}
_WHOLE = {
    "steps": (1, 10_000_000),
    "vocabulary": (260, 4096),
    "layers": (1, 6),
    "context": (32, 256),
    "batch": (1, 256),
}
_REAL = {"rate": (1e-7, 10.0), "temperature": (0.0, 5.0)}
#: Most tokens of one batch, for memory, and of all batches together, for time.
MOST_TOKENS_OF_A_BATCH, MOST_TOKENS = 16_384, 20_000_000_000


def read_settings(dataset: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings, checked, with defaults for those left out. Raises PlaygroundError."""
    from playground.data import corpora

    if dataset not in (*corpora.NAMES, corpora.USER_TEXT):
        raise PlaygroundError(
            f'"{str(dataset)[:40]}" is no text here: choose {", ".join(corpora.NAMES)} or {corpora.USER_TEXT}.'
        )
    unknown = [str(name)[:40] for name in settings if name not in DEFAULTS]
    if unknown:
        raise PlaygroundError(f'A language model has no setting "{unknown[0]}": there are {", ".join(DEFAULTS)}.')
    return _validate({**DEFAULTS, **settings})


def read_changes(now: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings after a change. Raises PlaygroundError if one of them is unknown, out of range, or fixed."""
    for name in settings:
        if name in DEFAULTS and name not in HOT:
            raise PlaygroundError(f'"{name}" is fixed at the start: fork the run or start another to change it.')
        if name not in DEFAULTS:
            raise PlaygroundError(f'A language model has no setting "{str(name)[:40]}": {", ".join(HOT)} change.')
    return _validate({**now, **settings})


def _validate(found: dict[str, Any]) -> dict[str, Any]:
    for name, (least, most) in _WHOLE.items():
        value = found[name]
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value or value != value // 1:
            raise PlaygroundError(f'"{name}" is a whole number from {least:,} to {most:,}.')
        if not least <= value <= most:
            raise PlaygroundError(f'"{name}" must be from {least:,} to {most:,}, not {value:,.15g}.')
        found[name] = int(value)
    for name, (low, high) in _REAL.items():
        value = found[name]
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise PlaygroundError(f'"{name}" must be a number from {low:g} to {high:g}.')
        found[name] = float(value)
    if found["width"] not in WIDTHS or isinstance(found["width"], bool):
        raise PlaygroundError(f'"width" must be one of {", ".join(map(str, WIDTHS))}.')
    found["width"] = int(found["width"])
    if found["optimizer"] not in OPTIMIZERS:
        raise PlaygroundError(f'"optimizer" must be one of {", ".join(OPTIMIZERS)}.')
    _check_size(found)
    return found


def _check_size(found: Mapping[str, Any]) -> None:
    tokens = found["batch"] * found["context"]
    if tokens > MOST_TOKENS_OF_A_BATCH:
        raise PlaygroundError(
            f"A batch of {found['batch']} texts of {found['context']} tokens is {tokens:,} tokens: at most "
            f"{MOST_TOKENS_OF_A_BATCH:,} fit. Choose a smaller batch or context."
        )
    if tokens * found["steps"] > MOST_TOKENS:
        raise PlaygroundError(
            f"{found['steps']:,} steps of {tokens:,} tokens would take years: choose fewer steps or a smaller batch."
        )


def open_optimizer(net: nn.Module, name: str, rate: float) -> optim.Optimizer:
    """A new optimizer for all weights; AdamW with weight decay 0.1 on matrices only."""
    from torch import optim  # here, so that a page can read the bounds without torch

    weights = list(net.parameters())
    match name:
        case "adamw":
            matrices = [weight for weight in weights if weight.ndim >= 2]
            others = [weight for weight in weights if weight.ndim < 2]
            groups = [{"params": matrices, "weight_decay": 0.1}, {"params": others, "weight_decay": 0.0}]
            return optim.AdamW(groups, lr=rate, betas=(0.9, 0.98))
        case "adam":
            return optim.Adam(weights, lr=rate, betas=(0.9, 0.98))
        case "momentum":
            return optim.SGD(weights, lr=rate, momentum=0.9)
        case _:
            return optim.SGD(weights, lr=rate)


def learning_rate_at(rate: float, step: int, steps: int) -> float:
    """The learning rate at a step: linear warm-up over 60 steps (at most a tenth of all), then cosine decay to 5 %."""
    rising = max(1, min(60, steps // 10))
    if step < rising:
        return rate * (step + 1) / rising
    done = min(1.0, (step - rising) / max(1, steps - rising))
    return rate * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * done)))
