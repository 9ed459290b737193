"""The table of the sampler's stages in their default order, and what follows from it: the settings, and the order.

A new stage is one SamplerStage in pattern.py, penalties.py, cutoffs.py or stochastic.py, and its sentences in
sampler.toml: the sliders, links, recipes, endpoints, the documentation and the view follow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, replace
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.settings import Setting, by_name, settings_class
from playground.core.validation import quoted
from playground.language.sampling import cutoffs, pattern, penalties, stochastic
from playground.language.sampling.stage import SamplerStage

STAGES: tuple[SamplerStage, ...] = (*pattern.STAGES, *penalties.STAGES, *cutoffs.STAGES, *stochastic.STAGES)
STAGE_OF: Mapping[str, SamplerStage] = {stage.name: stage for stage in STAGES}

#: The settings of the first version: in every recipe, and in this order among the endpoints' parameters. Later ones
#: are in a recipe only if they differ from their default.
FIRST_SETTINGS = ("temperature", "top_k", "top_p", "min_p", "typical_p", "repetition_penalty")
ORDER = "stage_order"
#: Settings that came after stage_order: last among the endpoints' parameters.
_AFTER_ORDER = ("pattern",)


def default_order() -> tuple[str, ...]:
    """The names of all stages in the order of the table."""
    return tuple(STAGE_OF)


def parse_order(value: object) -> str:
    """The names of all stages in an order, joined by commas; "" for the default order.

    value: names joined by commas. A stage that is not named follows the one that it follows by default. Raises
    PlaygroundError for an unknown name, or one that comes twice.
    """
    names = [name.strip() for name in value.split(",")] if isinstance(value, str) and value.strip() else []
    if not isinstance(value, str) or not set(names) <= set(STAGE_OF) or len(set(names)) < len(names):
        raise PlaygroundError(say("sampler.order.wrong", names=", ".join(STAGE_OF), value=quoted(value)))
    if names:
        for index, name in enumerate(STAGE_OF):
            if name not in names:
                names.insert(names.index(default_order()[index - 1]) + 1 if index else 0, name)
    return "" if tuple(names) == default_order() else ",".join(names)


@cache
def ordered_stages(order: str) -> tuple[SamplerStage, ...]:
    """The stages in the order of a validated stage_order."""
    return tuple(STAGE_OF[name] for name in order.split(",")) if order else STAGES


def _all_settings() -> dict[str, Setting]:
    items = [item for stage in STAGES for item in stage.settings]
    known = by_name([replace(item, label=f"sampler.settings.{item.name}.label") for item in items])
    first = {name: known[name] for name in FIRST_SETTINGS}
    last = {name: known.pop(name) for name in _AFTER_ORDER}
    return {**first, **known, ORDER: Setting(ORDER, "", off="", parse=parse_order), **last}


#: All settings by name, the first version's first.
SETTINGS: Mapping[str, Setting] = _all_settings()

if TYPE_CHECKING:

    class SamplerSettings:
        """The settings of all stages, by their names in SETTINGS; each has its default."""

        __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

        def __init__(self, *values: Any, **named: Any) -> None:
            """Takes the settings in the order of SETTINGS, or by name."""

        def __getattr__(self, name: str) -> Any:
            """The value of a setting."""
else:
    SamplerSettings = settings_class(
        "SamplerSettings", "The settings of all stages, by their names in SETTINGS.", __name__, SETTINGS
    )


def validate_settings(settings: SamplerSettings) -> SamplerSettings:
    """The same settings as plain values of the right kind.

    Raises PlaygroundError, naming the setting, the range and the value, for anything else (text, NaN, inf, None).
    """
    return SamplerSettings(**{name: item.read(getattr(settings, name)) for name, item in SETTINGS.items()})


def recorded_settings(settings: SamplerSettings) -> dict[str, float | int | str]:
    """The settings that a recipe holds: the first version's, and those that differ from their default."""
    return {
        name: getattr(settings, name)
        for name, item in SETTINGS.items()
        if name in FIRST_SETTINGS or getattr(settings, name) != item.default
    }
