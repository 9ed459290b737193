"""The tables of the settings of image models' trainings, by family. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.settings import Setting, by_name
from playground.training.settings import (
    LOSSES,
    Fields,
    fill_defaults,
    loss_setting,
    optimizer_setting,
    rate_setting,
    steps_setting,
)

#: Pictures shown in all, repeats counted: such a run takes weeks.
MOST_SHOWN = 500_000_000
SIDES = {"avatars": 16, "fashion": 28}
_RATE_INFO = "train.image_model.settings.rate_info"


def _common(steps: int) -> tuple[Setting, ...]:
    """The settings of every family. They have no control, except steps.

    pictures: how many of the training pictures are used, 0 for all.  labels: the nets get each picture's label.
    wrong_labels: fraction of labels replaced by random ones.  grey_noise: fraction of pictures replaced by noise.
    missing: fraction of the most frequent class that is left out.
    """
    return (
        steps_setting(steps),
        Setting("batch", 24, lowest=4, highest=256),
        Setting("width", 32, lowest=16, highest=128),
        Setting("side", 16, lowest=16, highest=28),
        Setting("pictures", 0, highest=100_000),
        Setting("labels", False, choices=(False, True)),
        *(Setting(name, 0.0) for name in ("wrong_labels", "grey_noise", "missing")),
    )


def _updates(net: str) -> Setting:
    label = f"train.image_model.settings.{net}_updates"
    return Setting(f"{net}_updates", 1, lowest=1, highest=20, hot=True, label=label)


def _optimizer(name: str, default: str) -> Setting:
    return optimizer_setting(name, default, f"train.image_model.settings.{name}")


def _rate(name: str, default: float) -> Setting:
    return rate_setting(name, default, label=f"train.image_model.settings.{name}", info=_RATE_INFO)


#: Family -> its settings.
FIELDS: Mapping[str, Fields] = {
    "gan": by_name([
        *_common(3000),
        loss_setting(LOSSES, "train.image_model.settings.loss", "train.image_model.settings.loss_info"),
        Setting("penalty", 1.0, highest=1000, hot=True,
                label="train.image_model.settings.penalty", info="train.image_model.settings.penalty_info"),
        Setting("spread", 0.05, highest=10, hot=True,
                label="train.image_model.settings.spread", info="train.image_model.settings.spread_info"),
        _updates("d"), _updates("g"),
        _optimizer("d_optimizer", "adam"), _rate("d_rate", 1e-3),
        _optimizer("g_optimizer", "adam"), _rate("g_rate", 1e-3),
    ]),
    "vae": by_name([
        *_common(2000),
        Setting("beta", 1.0, highest=1000, hot=True,
                label="train.image_model.settings.beta", info="train.image_model.settings.beta_info"),
        _optimizer("optimizer", "adam"), _rate("rate", 2e-3),
    ]),
    "diffusion": by_name([*_common(3000), _optimizer("optimizer", "adamw"), _rate("rate", 2e-3)]),
}  # fmt: skip


def read_settings(family: str, dataset: str, requested: Mapping[str, Any]) -> dict[str, Any]:
    """The settings, checked, with defaults for those left out. Raises PlaygroundError."""
    settings = fill_defaults(FIELDS[family], requested)
    own_side = SIDES.get(dataset)
    if own_side and "side" in requested and requested["side"] != own_side:
        raise PlaygroundError(say("train.settings.side_fixed", data=dataset, side=own_side))
    settings["side"] = own_side or settings["side"]
    if settings["side"] not in SIDES.values():
        raise PlaygroundError(say("train.settings.side"))
    if settings["width"] % 16:
        raise PlaygroundError(say("train.settings.width"))
    if 0 < settings["pictures"] < 8:
        raise PlaygroundError(say("train.settings.pictures"))
    if dataset == "folder" and settings["labels"]:
        raise PlaygroundError(say("train.settings.own_labels"))
    if (settings["wrong_labels"] or settings["missing"]) and not settings["labels"]:
        raise PlaygroundError(say("train.settings.need_labels"))
    if settings["steps"] * settings["batch"] > MOST_SHOWN:
        size = {"steps": settings["steps"], "batch": settings["batch"], "most": MOST_SHOWN}
        raise PlaygroundError(say("train.settings.too_many_pictures", **size))
    return settings
