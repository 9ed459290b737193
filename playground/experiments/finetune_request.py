"""A page's request for a fine-tuning, checked. Loads no model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from playground.core.validation import parse_choice, parse_int
from playground.data.user_text import decode_text, read_pairs, split_text
from playground.experiments import run_control, run_status
from playground.training.lora_settings import HOT as HOT

FAMILY = "lora"
DATASETS = ("pasted", "pairs")


def defaults(dataset: str) -> dict[str, Any]:
    """Default settings for a kind of data."""
    from playground.training.lora_settings import default_settings

    return asdict(default_settings(dataset))


def fork_finetune(run: str, step: Any, hot: Mapping[str, Any], more: Any, owner: str) -> str:
    """Fork a fine-tuning with these hot settings. more: its last step, if not its parent's. Returns its id.

    Without another patience it has no early stopping: what stopped the parent would stop the fork at once.
    Raises PlaygroundError.
    """
    asked = dict(hot)
    if asked["patience"] == run_status.current_setting(run, "patience"):
        asked["patience"] = 0
    return run_control.fork_run(run, step, asked | ({"steps": more} if more else {}), owner)


def read_request(
    dataset: str, text: Any, pairs: Any, seed: Any, asked: Mapping[str, Any]
) -> tuple[dict[str, Any], int, dict[str, bytes]]:
    """(settings, seed, files) for run_control.start_run.

    Raises PlaygroundError for a text or pairs that are too short, and for a bad setting.
    """
    from playground.training.lora_settings import read_settings

    dataset = parse_choice(dataset, DATASETS, "What is learned from")
    own = decode_text(str(pairs if dataset == "pairs" else text or ""))
    if dataset == "pairs":
        read_pairs(own)
    else:
        split_text(own)
    seed = parse_int(seed, 0, 2**31 - 1, "The seed must be a whole number from 0 to 2,147,483,647")
    name = "own-pairs.txt" if dataset == "pairs" else "own-text.txt"
    return read_settings(dataset, dict(asked)), seed, {name: own.encode()}
