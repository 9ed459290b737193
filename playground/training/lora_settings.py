"""The table of the LoRA trainer's settings. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, asdict
from typing import TYPE_CHECKING, Any, ClassVar

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.settings import Setting, by_name, settings_class, short_text
from playground.training.settings import Fields, fill_defaults, hot_names, rate_setting, steps_setting
from playground.zoo.cards import DEFAULT_MODEL

DATASETS = ("pasted", "pairs")
MOST_TOKENS = 5_000_000
_LARGEST_BASE = 500_000_000
_LONGEST_PROMPT = 400
#: rank, alpha: of LoRA, W + alpha / rank * B A (Hu et al. 2021, arXiv:2106.09685).  rate: of AdamW.
#: batch: rows of a step.  length: tokens of a row; of a pair, at most.  layers: which blocks get adapters.
#: look_every: steps between two evaluations on the held-out part.  patience: evaluations without a lower loss before
#: early stopping; 0 never stops.  prompt: continued at each evaluation; "" takes the held-out part's first words.
FIELDS: Fields = by_name([
    Setting("model", DEFAULT_MODEL, parse=short_text("model", _LONGEST_PROMPT)),
    steps_setting(60, info="train.fine_tuning.steps_info"),
    Setting("rank", 8, lowest=1, highest=64, label="train.fine_tuning.rank", info="train.fine_tuning.rank_info"),
    Setting("alpha", 16, lowest=1, highest=512, label="train.fine_tuning.alpha", info="train.fine_tuning.alpha_info"),
    rate_setting("rate", 2e-3, label="shared.learning_rate", info="train.fine_tuning.rate_info"),
    Setting("batch", 2, lowest=1, highest=32, label="train.fine_tuning.batch"),
    Setting("length", 64, lowest=16, highest=256, label="train.fine_tuning.length"),
    Setting("layers", "upper half", choices=("upper half", "all"), label="train.fine_tuning.layers",
            titles=lambda name: say(f"train.fine_tuning.{name.replace(' ', '_')}"),
            info="train.fine_tuning.layers_info"),
    Setting("look_every", 5, lowest=1, highest=10_000, hot=True, label="train.fine_tuning.look_every"),
    Setting("patience", 3, highest=1000, hot=True,
            label="train.fine_tuning.patience", info="train.fine_tuning.patience_info"),
    Setting("prompt", "", parse=short_text("prompt", _LONGEST_PROMPT),
            label="train.fine_tuning.prompt", info="train.fine_tuning.prompt_info"),
])  # fmt: skip
if TYPE_CHECKING:

    class LoraSettings:
        """How a model is fine-tuned: the settings by their names in FIELDS; each has its default."""

        __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

        def __init__(self, **settings: Any) -> None:
            """Takes the settings by name."""

        def __getattr__(self, name: str) -> Any:
            """The value of a setting."""
else:
    LoraSettings = settings_class("LoraSettings", "How a model is fine-tuned: see FIELDS.", __name__, FIELDS)
#: Settings that may change during a run.
HOT = hot_names(FIELDS)


def default_settings(dataset: str) -> LoraSettings:
    """Defaults: pairs are shorter than a text's rows, and more of them fit a step."""
    return LoraSettings(batch=4, length=96) if dataset == "pairs" else LoraSettings()


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
