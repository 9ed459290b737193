"""Which module of playground.training a run's course comes from, by its family and data."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from playground.core.errors import PlaygroundError
from playground.runs.protocol import Course
from playground.runs.store import Spec

SHAPES = ("ring", "moons", "spiral", "gaussians25", "brush")
PICTURES = ("avatars", "fashion", "folder")
TEXTS = ("austen", "shakespeare", "pasted")
_MODULES: dict[str, dict[str, str]] = {
    family: dict.fromkeys(SHAPES, f"playground.training.toy_{toy}")
    | dict.fromkeys(PICTURES, f"playground.training.picture_{family}")
    for family, toy in (("gan", "gan"), ("vae", "vae"), ("diffusion", "flow"))
} | {
    "language": dict.fromkeys(TEXTS, "playground.training.language"),
    "lora": dict.fromkeys(("pasted", "pairs"), "playground.training.lora"),
}


def known() -> dict[str, tuple[str, ...]]:
    """Family -> the data that it can be trained on."""
    return {family: tuple(modules) for family, modules in _MODULES.items()}


def module_of(family: str, dataset: str) -> Any:
    """The module with read() and open_course(). Raises PlaygroundError for what is not known."""
    modules = _MODULES.get(family)
    if modules is None:
        raise PlaygroundError(f'There is no family "{str(family)[:40]}": choose one of {", ".join(_MODULES)}.')
    if dataset not in modules:
        raise PlaygroundError(f'"{str(dataset)[:40]}" is no data for {family}: choose one of {", ".join(modules)}.')
    return import_module(modules[dataset])


def read(family: str, dataset: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings, checked and whole. Raises PlaygroundError."""
    if not isinstance(settings, Mapping):
        raise PlaygroundError('The settings are names with values, such as {"steps": 500}.')
    found: dict[str, Any] = module_of(family, dataset).read(dataset, settings)
    return found


def hot(family: str, dataset: str) -> tuple[str, ...]:
    """The settings that may change while such a run goes on, and so in a fork of it."""
    return tuple(module_of(family, dataset).HOT)


def open_course(spec: Spec, folder: Path) -> Course:
    """The course of a run, at step 0."""
    course: Course = module_of(spec.family, spec.dataset).open_course(spec.dataset, spec.settings, spec.seed, folder)
    return course
