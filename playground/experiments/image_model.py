"""The settings of image models' trainings that can change as they train, for the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.experiments.run_status import current_setting
from playground.training.image_settings import FIELDS as FIELDS
from playground.training.settings import Fields

#: Of a new run of any family.
STEPS = FIELDS["gan"]["steps"]
#: Its value as the page opens.
STEPS_AT_FIRST = 2000
#: Family -> its settings that can change during a run.
HOT_SETTINGS: Mapping[str, Fields] = {
    family: {name: item for name, item in fields.items() if item.hot} for family, fields in FIELDS.items()
}


def read_hot_settings(family: str, values: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The family's settings, checked. values: of all families, by family and setting. Raises PlaygroundError."""
    if family not in HOT_SETTINGS:
        raise PlaygroundError(say("train.settings.no_family", name=str(family)[:40], names=", ".join(HOT_SETTINGS)))
    return {name: item.read(values[family][name]) for name, item in HOT_SETTINGS[family].items()}


def current_settings(run: str, family: str) -> dict[str, dict[str, Any]]:
    """A run's current settings, by family and setting."""
    return {family: {name: current_setting(run, name) for name in HOT_SETTINGS[family]}}
