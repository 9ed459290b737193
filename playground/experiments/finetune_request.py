"""A request for a fine-tuning, checked without loading a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from playground.core.catalogue import say
from playground.core.validation import parse_choice
from playground.data.user_text import decode_text, read_pairs, split_text
from playground.experiments import run_control, run_status
from playground.training.lora_settings import DATASETS as DATASETS
from playground.training.lora_settings import FIELDS as FIELDS
from playground.training.lora_settings import HOT as HOT

FAMILY = "lora"


def defaults(dataset: str) -> dict[str, Any]:
    """Default settings of a fine-tuning on "pasted" text or on "pairs"."""
    from playground.training.lora_settings import default_settings

    return asdict(default_settings(dataset))


def fork_finetune(run: str, step: Any, hot: Mapping[str, Any], more: Any, owner: str) -> str:
    """Fork a fine-tuning with these hot settings. more: its last step, by default its parent's. Returns its id.

    Unless the patience differs, early stopping is off: it would stop the fork at once if it stopped the parent.
    Raises PlaygroundError.
    """
    settings = dict(hot)
    if settings["patience"] == run_status.current_setting(run, "patience"):
        settings["patience"] = 0
    return run_control.fork_run(run, step, settings | ({"steps": more} if more else {}), owner)


def read_request(
    dataset: str, text: Any, pairs: Any, seed: Any, settings: Mapping[str, Any]
) -> tuple[dict[str, Any], int, dict[str, bytes]]:
    """(settings, seed, files) for run_control.start_run.

    Raises PlaygroundError for a text or pairs that are too short, and for a bad setting.
    """
    from playground.training.lora_settings import read_settings

    dataset = parse_choice(dataset, DATASETS, say("train.settings.data"))
    own = decode_text(str(pairs if dataset == "pairs" else text or ""))
    if dataset == "pairs":
        read_pairs(own)
    else:
        split_text(own)
    seed = run_control.parse_run_seed(seed)
    name = "own-pairs.txt" if dataset == "pairs" else "own-text.txt"
    return read_settings(dataset, dict(settings)), seed, {name: own.encode()}
