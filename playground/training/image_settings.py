"""The settings that all trainings of image models share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.training.settings import ChoiceSetting, Fields, NumberSetting, fill_defaults

#: Pictures shown in all, repeats counted: such a run takes weeks.
MOST_SHOWN = 500_000_000
SIDES = {"avatars": 16, "fashion": 28}


def common_settings(steps: int, width: int) -> dict[str, NumberSetting | ChoiceSetting]:
    """The settings of every family, with these defaults.

    pictures: how many of the training pictures are used, 0 for all.  labels: the nets get each picture's label.
    wrong_labels: fraction of labels replaced by random ones.  grey_noise: fraction of pictures replaced by noise.
    missing: fraction of the most frequent class that is left out.
    """
    return {
        "steps": NumberSetting(1, 10_000_000, steps, whole=True),
        "batch": NumberSetting(4, 256, 24, whole=True),
        "width": NumberSetting(16, 128, width, whole=True),
        "side": NumberSetting(16, 28, 16, whole=True),
        "pictures": NumberSetting(0, 100_000, 0, whole=True),
        "labels": ChoiceSetting((False, True), False),
        "wrong_labels": NumberSetting(0, 1, 0),
        "grey_noise": NumberSetting(0, 1, 0),
        "missing": NumberSetting(0, 1, 0),
    }


def read_settings(fields: Fields, dataset: str, requested: Mapping[str, Any]) -> dict[str, Any]:
    """The settings, checked, with defaults for those left out. Raises PlaygroundError."""
    settings = fill_defaults(fields, requested)
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
