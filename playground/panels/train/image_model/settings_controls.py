"""The settings of an image model that can change while it trains, as controls: a group for each family."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.validation import parse_number
from playground.experiments.run_status import current_setting

_OPTIMIZERS = ("sgd", "momentum", "adam", "adamw")
_LOSSES = ("non-saturating", "saturating", "hinge", "least squares", "wgan-gp")


@dataclass(frozen=True)
class HotSetting:
    """A setting that can change while a run trains. start: the default.

    choices: the values of a word, () for a number.  info: whether the catalogue explains it.
    """

    name: str
    start: Any
    choices: tuple[str, ...] = ()
    info: bool = False

    @property
    def title(self) -> str:
        """The label of its control."""
        return say(f"train.image_model.settings.{self.name}")


def _rate(name: str, start: float) -> HotSetting:
    return HotSetting(name, start, info=True)


def _optimizer(name: str, start: str) -> HotSetting:
    return HotSetting(name, start, _OPTIMIZERS)


HOT_SETTINGS: dict[str, tuple[HotSetting, ...]] = {
    "gan": (
        HotSetting("loss", "non-saturating", _LOSSES, info=True),
        HotSetting("penalty", 1.0, info=True),
        HotSetting("spread", 0.05, info=True),
        HotSetting("d_updates", 1),
        HotSetting("g_updates", 1),
        _optimizer("d_optimizer", "adam"),
        _rate("d_rate", 0.001),
        _optimizer("g_optimizer", "adam"),
        _rate("g_rate", 0.001),
    ),
    "vae": (HotSetting("beta", 1.0, info=True), _optimizer("optimizer", "adam"), _rate("rate", 0.002)),
    "diffusion": (_optimizer("optimizer", "adamw"), _rate("rate", 0.002)),
}
_WHOLE = ("d_updates", "g_updates")
#: Family -> setting -> its value or its control.
FamilySettings = Mapping[str, Mapping[str, Any]]


def build_settings() -> tuple[dict[str, gr.Group], dict[str, dict[str, Any]]]:
    """(group of each family's controls, the controls by family and setting); the first family's group is visible."""
    groups: dict[str, gr.Group] = {}
    controls: dict[str, dict[str, Any]] = {}
    for place, (family, settings) in enumerate(HOT_SETTINGS.items()):
        with gr.Group(visible=place == 0, elem_id=f"image_model-settings-{family}") as groups[family], gr.Row():
            controls[family] = {setting.name: _component(family, setting) for setting in settings}
    return groups, controls


def _component(family: str, setting: HotSetting) -> Any:
    name = "rate" if setting.name.endswith("rate") else setting.name  # all rates have one explanation
    options: dict[str, Any] = {
        "label": setting.title, "info": say(f"train.image_model.settings.{name}_info") if setting.info else None,
        "elem_id": f"image_model-{family}-{setting.name}", "min_width": 230,
    }  # fmt: skip
    if not setting.choices:
        return gr.Number(setting.start, **options)
    titles = [_choice_title(setting.name, word) for word in setting.choices]
    return gr.Dropdown(list(zip(titles, setting.choices, strict=True)), value=setting.start, **options)


def _choice_title(name: str, word: str) -> str:
    if name == "loss":
        return say(f"train.losses.{word.replace(' ', '_').replace('-', '_')}")
    return say(f"train.optimizers.{word}")


def settings_of(family: str, values: FamilySettings) -> dict[str, Any]:
    """The family's settings, checked. values: of all families' controls. Raises PlaygroundError."""
    if family not in HOT_SETTINGS:
        raise PlaygroundError(say("train.settings.no_family", name=str(family)[:40], names=", ".join(HOT_SETTINGS)))
    return {
        setting.name: values[family][setting.name]
        if setting.choices
        else _number(setting, values[family][setting.name])
        for setting in HOT_SETTINGS[family]
    }


def current_settings(run: str, family: str) -> dict[str, dict[str, Any]]:
    """A run's current settings, for the controls of its family."""
    return {family: {setting.name: current_setting(run, setting.name) for setting in HOT_SETTINGS[family]}}


def _number(setting: HotSetting, value: Any) -> float | int:
    number = parse_number(value, say("train.image_model.settings.not_a_number", title=setting.title))
    return int(number) if setting.name in _WHOLE and number == int(number) else number
