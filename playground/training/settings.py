"""What the tables of trainings' settings share: kinds of settings, defaults, and changes during a run. No torch.

The tables are in toy_settings.py, image_settings.py, language_settings.py and lora_settings.py. A new setting is one
entry there, its sentences, and the trainer's code that uses it: the control, links, runs, forks, /train and the tables
in docs/train.md follow. An entry without a label has no control.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.settings import Setting

OPTIMIZERS = ("sgd", "momentum", "adam", "adamw")
LOSSES = ("non-saturating", "saturating", "hinge", "least squares", "wgan-gp")
#: The settings of a trainer by name.
Fields = Mapping[str, Setting]


def steps_setting(default: int, **more: Any) -> Setting:
    """The number of steps."""
    return Setting("steps", default, lowest=1, highest=10_000_000, label="shared.steps", **more)


def rate_setting(name: str, default: float, **more: Any) -> Setting:
    """A learning rate, which may change during a run."""
    return Setting(name, default, lowest=1e-7, highest=10, hot=True, **more)


def optimizer_setting(name: str, default: str, label: str) -> Setting:
    """An optimizer, which may change during a run."""
    titles = lambda word: say(f"train.optimizers.{word}")  # noqa: E731
    return Setting(name, default, choices=OPTIMIZERS, titles=titles, hot=True, label=label)


def loss_setting(losses: tuple[str, ...], label: str, info: str = "") -> Setting:
    """A GAN's loss, which may change during a run."""
    titles = lambda word: say(f"train.losses.{word.replace(' ', '_').replace('-', '_')}")  # noqa: E731
    return Setting("loss", "non-saturating", choices=losses, titles=titles, hot=True, label=label, info=info)


def hot_names(fields: Fields) -> tuple[str, ...]:
    """Names of the settings that may change during a run."""
    return tuple(name for name, field in fields.items() if field.hot)


def fill_defaults(fields: Fields, settings: Mapping[str, Any]) -> dict[str, Any]:
    """All settings: these, checked, and defaults for the rest. Raises PlaygroundError."""
    unknown = [name for name in settings if name not in fields]
    if unknown:
        raise PlaygroundError(say("train.settings.unknown", name=str(unknown[0])[:40], names=", ".join(fields)))
    return {name: field.read(settings.get(name, field.default)) for name, field in fields.items()}


def apply_changes(fields: Fields, before: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The settings after a change. Raises PlaygroundError if one is unknown, out of range, or fixed at the start."""
    for name in changes:
        if name in fields and fields[name].hot:
            continue
        rule = "train.settings.fixed" if name in before else "train.settings.not_a_setting"
        raise PlaygroundError(say(rule, name=str(name)[:40], names=", ".join(hot_names(fields))))
    return {**before, **{name: fields[name].read(value) for name, value in changes.items()}}
