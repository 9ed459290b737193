"""The table of the language trainer's settings, its optimizers and learning-rate schedule. Torch only when needed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.settings import Setting, by_name
from playground.training.settings import (
    Fields,
    apply_changes,
    fill_defaults,
    hot_names,
    optimizer_setting,
    rate_setting,
    steps_setting,
)

if TYPE_CHECKING:
    from torch import nn, optim

FIELDS: Fields = by_name([
    steps_setting(1000, info="train.language_model.steps_info"),
    Setting("vocabulary", 2048, lowest=260, highest=4096,
            label="train.language_model.vocabulary", info="train.language_model.vocabulary_info"),
    Setting("width", 192, choices=(64, 96, 128, 192, 256), label="train.language_model.width"),
    Setting("layers", 4, lowest=1, highest=6, label="train.language_model.layers"),
    Setting("context", 128, lowest=32, highest=256, label="train.language_model.context"),
    Setting("batch", 8, lowest=1, highest=256, hot=True, label="train.language_model.batch"),
    rate_setting("rate", 2e-3, label="shared.learning_rate"),
    optimizer_setting("optimizer", "adamw", "train.language_model.optimizer"),
    Setting("temperature", 0.8, highest=5, hot=True, label="train.language_model.temperature"),
])  # fmt: skip
DEFAULTS: dict[str, Any] = {name: field.default for name, field in FIELDS.items()}
#: Settings that may change during a run.
HOT = hot_names(FIELDS)
#: Most tokens of one batch, for memory, and of all batches together, for time.
MOST_TOKENS_OF_A_BATCH, MOST_TOKENS = 16_384, 20_000_000_000


def read_settings(dataset: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings, checked, with defaults for those left out. Raises PlaygroundError."""
    from playground.data import corpora

    names = (*corpora.NAMES, corpora.USER_TEXT)
    if dataset not in names:
        values = {"name": str(dataset)[:40], "family": "language", "names": ", ".join(names)}
        raise PlaygroundError(say("train.settings.no_data", **values))
    return _check_size(fill_defaults(FIELDS, settings))


def read_changes(now: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The settings after a change. Raises PlaygroundError if one is unknown, out of range, or fixed at the start."""
    return _check_size(apply_changes(FIELDS, now, changes))


def _check_size(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings. Raises PlaygroundError if a batch or the whole training has too many tokens."""
    batch, context, steps = settings["batch"], settings["context"], settings["steps"]
    tokens = batch * context
    if tokens > MOST_TOKENS_OF_A_BATCH:
        size = {"batch": batch, "context": context, "tokens": tokens, "most": MOST_TOKENS_OF_A_BATCH}
        raise PlaygroundError(say("train.settings.batch_tokens", **size))
    if tokens * steps > MOST_TOKENS:
        raise PlaygroundError(say("train.settings.too_many_tokens", steps=steps, tokens=tokens))
    return settings


def open_optimizer(net: nn.Module, name: str, rate: float) -> optim.Optimizer:
    """A new optimizer for all weights; AdamW with weight decay 0.1 on matrices only."""
    from torch import optim  # here: the page reads the ranges without torch

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
    progress = min(1.0, (step - rising) / max(1, steps - rising))
    return rate * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * progress)))
