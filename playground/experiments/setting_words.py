"""The settings and the data of runs in the words of the page: the labels of their controls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playground.core.catalogue import say
from playground.core.numbers import exact
from playground.training import image_settings, language_settings, lora_settings, toy_settings, trainer_registry
from playground.training.settings import Fields

_FAMILIES = ("gan", "vae", "diffusion", "language", "lora")
#: So many settings are named, then "…".
MOST = 6
#: Settings that are named here, wherever they have no control.
_NAMED = (
    "data", "seed", "model", "batch", "width", "side", "pictures", "labels", "wrong_labels", "grey_noise", "missing",
)  # fmt: skip


def fields_of(family: str, dataset: str) -> Fields:
    """The table of settings of such a run; {} for an unknown one."""
    if dataset in trainer_registry.SHAPES:
        return toy_settings.FIELDS.get(family, {})
    if dataset in trainer_registry.PICTURES:
        return image_settings.FIELDS.get(family, {})
    return {"language": language_settings.FIELDS, "lora": lora_settings.FIELDS}.get(family, {})


def setting_words(family: str, dataset: str, settings: Mapping[str, Any]) -> str:
    """Settings with their values, as "Generator's learning rate 0.01, Batch 16"."""
    fields = fields_of(family, dataset)
    parts = []
    for name, value in settings.items():
        item = fields.get(name)
        label = say(item.label) if item is not None and item.label else _name(name)
        parts.append(say("train.setting_names.with_value", name=label, value=_value(item, value))[:80])
    return ", ".join(parts[:MOST]) + (" …" if len(parts) > MOST else "")


def _name(name: str) -> str:
    return say(f"train.setting_names.{name}") if name in _NAMED else name.replace("_", " ")


def _value(item: Any, value: Any) -> str:
    if item is not None and item.choices and value in item.choices:
        return str(item.titles(value))
    if isinstance(value, bool):
        return str(value).lower()
    return exact(value) if isinstance(value, int | float) else str(value)


def family_words(family: str, dataset: str) -> str:
    """A family's name on the page; itself if it has none."""
    if dataset in trainer_registry.SHAPES and family == "diffusion":
        return say("train.families.flow")
    return say(f"train.families.{family}") if family in _FAMILIES else family


def data_words(dataset: str) -> str:
    """The name of a data set or shape on the page; itself for a text."""
    if dataset in trainer_registry.SHAPES:
        return say(f"train.toy_2d.shapes.{dataset}")
    if dataset in trainer_registry.PICTURES:
        return say("train.image_model.data.folder") if dataset == "folder" else say(f"data.{dataset}.title")
    if dataset in ("pasted", "pairs"):
        return say(f"train.fine_tuning.kind_{dataset}")
    return dataset.capitalize()
