"""The settings of the LoRA trainer. Imports no torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any

from playground.core.errors import PlaygroundError
from playground.zoo.cards import DEFAULT_MODEL

DATASETS = ("pasted", "pairs")
LAYERS = ("upper half", "all")
#: Settings that may change during a run.
HOT = ("rate", "patience", "look_every")
MOST_TOKENS = 5_000_000
_LONGEST_PROMPT = 400
_WHOLE = {
    "steps": (1, 10_000_000), "rank": (1, 64), "alpha": (1, 512), "batch": (1, 32), "length": (16, 256),
    "patience": (0, 1000), "look_every": (1, 10_000),
}  # fmt: skip
_RATES = (1e-7, 10.0)


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


def default_settings(dataset: str) -> LoraSettings:
    """Defaults: pairs are shorter than a text's rows, and more of them fit a step."""
    return LoraSettings(batch=4, length=96) if dataset == "pairs" else LoraSettings()


def read_settings(dataset: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings with every default filled in, as JSON values.

    Raises PlaygroundError for an unknown name, a wrong kind, a value out of its range, more than can be trained, and
    a model that is not here.
    """
    if dataset not in DATASETS:
        raise PlaygroundError(f'"{str(dataset)[:40]}" is no text to fine-tune on: choose {" or ".join(DATASETS)}.')
    known = asdict(default_settings(dataset))
    for name, value in settings.items():
        if name not in known:
            raise PlaygroundError(f'There is no setting "{str(name)[:40]}": there are {", ".join(known)}.')
        known[name] = validate_setting(name, value)
    tokens = known["steps"] * known["batch"] * known["length"]
    if tokens > MOST_TOKENS:
        raise PlaygroundError(
            f"{known['steps']:,} steps of {known['batch']} x {known['length']} tokens are {tokens:,} tokens, which "
            f"takes days here: at most {MOST_TOKENS:,}."
        )
    _check_model(known["model"])
    return known


def validate_setting(name: str, value: Any) -> Any:
    """One setting's value, checked. Raises PlaygroundError."""
    if name in _WHOLE:
        low, high = _WHOLE[name]
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise PlaygroundError(f"{name} must be a whole number from {low:,} to {high:,}; it was {_quoted(value)}.")
        return value
    if name == "rate":
        good = isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
        if not good or not _RATES[0] <= value <= _RATES[1]:
            raise PlaygroundError(
                f"rate must be a number from {_RATES[0]:g} to {_RATES[1]:g}; it was {_quoted(value)}."
            )
        return float(value)
    if name == "layers" and value not in LAYERS:
        raise PlaygroundError(f"layers must be one of {', '.join(LAYERS)}; it was {_quoted(value)}.")
    if not isinstance(value, str) or len(value) > _LONGEST_PROMPT or any("\ud800" <= one <= "\udfff" for one in value):
        raise PlaygroundError(f"{name} must be text of at most {_LONGEST_PROMPT} characters; it was {_quoted(value)}.")
    return value


def _check_model(name: str) -> None:
    """Raises PlaygroundError if the model is unknown, no language model, or too large."""
    from playground.zoo.cards import TEXT
    from playground.zoo.catalogue import card_of

    card = card_of(name)
    if card.kind != TEXT:
        raise PlaygroundError(f"{card.title} makes no text: choose a language model.")
    if card.parameters > 500_000_000:
        raise PlaygroundError(
            f"{card.title} has {card.parameters / 1e6:,.0f} million parameters; up to 500 million are fine-tuned here: "
            "choose a smaller model."
        )


def _quoted(value: Any) -> str:
    return ascii(value)[:60]
