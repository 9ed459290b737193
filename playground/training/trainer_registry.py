"""The trainer of each family and kind of data."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.training.trainer import Trainer, TrainerModule

SHAPES = ("ring", "moons", "spiral", "gaussians25", "brush")
PICTURES = ("avatars", "fashion", "folder")
TEXTS = ("austen", "shakespeare", "pasted")


def trainers() -> dict[str, dict[str, TrainerModule]]:
    """Family -> data -> the module that trains it. Imports torch."""
    from playground.training import image_diffusion, image_gan, image_vae, language, lora, toy_flow, toy_gan, toy_vae

    table: tuple[tuple[str, tuple[str, ...], TrainerModule], ...] = (
        ("gan", SHAPES, toy_gan),
        ("gan", PICTURES, image_gan),
        ("vae", SHAPES, toy_vae),
        ("vae", PICTURES, image_vae),
        ("diffusion", SHAPES, toy_flow),
        ("diffusion", PICTURES, image_diffusion),
        ("language", TEXTS, language),
        ("lora", ("pasted", "pairs"), lora),
    )
    modules: dict[str, dict[str, TrainerModule]] = {}
    for family, datasets, module in table:
        modules.setdefault(family, {}).update(dict.fromkeys(datasets, module))
    return modules


def trainer_module(family: str, dataset: str) -> TrainerModule:
    """The module that trains a family on some data. Raises PlaygroundError for an unknown family or data."""
    families = trainers()
    modules = families.get(family)
    if modules is None:
        raise PlaygroundError(say("train.settings.no_family", name=str(family)[:40], names=", ".join(families)))
    if dataset not in modules:
        values = {"name": str(dataset)[:40], "family": family, "names": ", ".join(modules)}
        raise PlaygroundError(say("train.settings.no_data", **values))
    return modules[dataset]


def read_settings(family: str, dataset: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings, checked, with defaults for those left out. Raises PlaygroundError."""
    if not isinstance(settings, Mapping):
        raise PlaygroundError(say("train.settings.not_an_object"))
    return trainer_module(family, dataset).read_settings(dataset, settings)


def hot_settings(family: str, dataset: str) -> tuple[str, ...]:
    """The settings that may change during such a run, and in its forks."""
    return tuple(trainer_module(family, dataset).HOT)


def open_trainer(family: str, dataset: str, settings: dict[str, Any], seed: int, folder: Path) -> Trainer:
    """A trainer at step 0. settings: as read_settings returns them.  folder: of the run, with its user's files."""
    return trainer_module(family, dataset).open_trainer(dataset, settings, seed, folder)
