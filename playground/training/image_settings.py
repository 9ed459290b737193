"""The settings that all trainings of image models share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playground.core.errors import PlaygroundError
from playground.training.settings import ChoiceSetting, Fields, NumberSetting, fill_defaults

#: Pictures shown in all, repeats counted: a run as long as that takes weeks.
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


def read_settings(fields: Fields, dataset: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The settings, checked, with defaults for those left out. Raises PlaygroundError."""
    settings = fill_defaults(fields, asked)
    own_side = SIDES.get(dataset)
    if own_side and "side" in asked and asked["side"] != own_side:
        raise PlaygroundError(f"The pictures of {dataset} are {own_side} × {own_side}: leave “side” out.")
    settings["side"] = own_side or settings["side"]
    if settings["side"] not in SIDES.values():
        raise PlaygroundError("“side” must be 16 or 28 pixels.")
    if settings["width"] % 16:
        raise PlaygroundError("“width” must be a multiple of 16: 16, 32, 48, …")
    if 0 < settings["pictures"] < 8:
        raise PlaygroundError("“pictures” must be 0, for all of them, or 8 at least.")
    if dataset == "folder" and settings["labels"]:
        raise PlaygroundError("Your own pictures have no labels: set “labels” to false.")
    if (settings["wrong_labels"] or settings["missing"]) and not settings["labels"]:
        raise PlaygroundError("Wrong labels and a class that is missing need labels: set “labels” to true.")
    if settings["steps"] * settings["batch"] > MOST_SHOWN:
        raise PlaygroundError(
            f"{settings['steps']:,} steps of {settings['batch']:,} pictures are more than the {MOST_SHOWN:,} that a "
            "run may see: take fewer steps or a smaller batch."
        )
    return settings
