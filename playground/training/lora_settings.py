"""The settings of the LoRA trainer. Imports no torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.training.settings import (
    ChoiceSetting,
    Fields,
    NumberSetting,
    TextSetting,
    fill_defaults,
    hot_names,
    rate_setting,
)
from playground.zoo.cards import DEFAULT_MODEL

DATASETS = ("pasted", "pairs")
LAYERS = ("upper half", "all")
MOST_TOKENS = 5_000_000
_LARGEST_BASE = 500_000_000
_LONGEST_PROMPT = 400


@dataclass(frozen=True)
class LoraSettings:
    """How a model is fine-tuned.

    rank, alpha: of LoRA, W + alpha / rank * B A (Hu et al. 2021, arXiv:2106.09685).  rate: of AdamW.
    batch: rows of a step.  length: tokens of a row; of a pair, at most.  layers: which blocks get adapters.
    look_every: steps between two evaluations on the held-out part.  patience: evaluations without a lower loss before
    early stopping; 0 never stops.  prompt: continued at each evaluation; "" takes the held-out part's first words.
    """

    model: str = DEFAULT_MODEL
    steps: int = 60
    rank: int = 8
    alpha: int = 16
    rate: float = 2e-3
    batch: int = 2
    length: int = 64
    layers: str = "upper half"
    look_every: int = 5
    patience: int = 3
    prompt: str = ""


_DEFAULT = LoraSettings()
FIELDS: Fields = {
    "model": TextSetting(_LONGEST_PROMPT, _DEFAULT.model),
    "steps": NumberSetting(1, 10_000_000, _DEFAULT.steps, whole=True),
    "rank": NumberSetting(1, 64, _DEFAULT.rank, whole=True),
    "alpha": NumberSetting(1, 512, _DEFAULT.alpha, whole=True),
    "rate": rate_setting(_DEFAULT.rate),
    "batch": NumberSetting(1, 32, _DEFAULT.batch, whole=True),
    "length": NumberSetting(16, 256, _DEFAULT.length, whole=True),
    "layers": ChoiceSetting(LAYERS, _DEFAULT.layers),
    "look_every": NumberSetting(1, 10_000, _DEFAULT.look_every, whole=True, hot=True),
    "patience": NumberSetting(0, 1000, _DEFAULT.patience, whole=True, hot=True),
    "prompt": TextSetting(_LONGEST_PROMPT, _DEFAULT.prompt),
}
#: Settings that may change during a run.
HOT = hot_names(FIELDS)


def default_settings(dataset: str) -> LoraSettings:
    """Defaults: pairs are shorter than a text's rows, and more of them fit a step."""
    return LoraSettings(batch=4, length=96) if dataset == "pairs" else _DEFAULT


def read_settings(dataset: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings, checked, with defaults for those left out, as JSON values.

    Raises PlaygroundError for an unknown name or data, a value out of range, too long a training, an unsuitable model.
    """
    if dataset not in DATASETS:
        values = {"name": str(dataset)[:40], "family": "lora", "names": ", ".join(DATASETS)}
        raise PlaygroundError(say("train.settings.no_data", **values))
    checked = fill_defaults(FIELDS, {**asdict(default_settings(dataset)), **settings})
    size = {name: checked[name] for name in ("steps", "batch", "length")}
    tokens = checked["steps"] * checked["batch"] * checked["length"]
    if tokens > MOST_TOKENS:
        raise PlaygroundError(say("train.settings.too_many_finetune_tokens", tokens=tokens, most=MOST_TOKENS, **size))
    _check_model(checked["model"])
    return checked


def _check_model(name: str) -> None:
    """Raise PlaygroundError if the model is unknown, not a language model, or too large."""
    from playground.zoo.cards import TEXT
    from playground.zoo.catalogue import card_of

    card = card_of(name)
    if card.kind != TEXT:
        raise PlaygroundError(say("train.settings.no_text_model", title=card.title))
    if card.parameters > _LARGEST_BASE:
        millions = card.parameters / 1e6
        raise PlaygroundError(say("train.settings.too_large_model", title=card.title, millions=millions))
