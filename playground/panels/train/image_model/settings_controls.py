"""The settings of an image model that can change while it trains, as controls: a group for each family."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.core.validation import parse_number
from playground.experiments.run_status import current_setting

FAMILIES = [("GAN", "gan"), ("VAE", "vae"), ("Diffusion", "diffusion")]
DATA = [("Faces, 16 × 16", "avatars"), ("Fashion, 28 × 28", "fashion"), ("My own", "folder")]
_OPTIMIZERS = [("SGD", "sgd"), ("SGD with momentum", "momentum"), ("Adam", "adam"), ("AdamW", "adamw")]
_LOSSES = [
    ("non-saturating", "non-saturating"), ("saturating, as first written", "saturating"), ("hinge", "hinge"),
    ("least squares", "least squares"), ("WGAN-GP", "wgan-gp"),
]  # fmt: skip


@dataclass(frozen=True)
class HotSetting:
    """A setting that can change while a run trains.

    start: its first value.  choices: (title, value) of a word; none for a number.  info: what it does, in a line.
    """

    name: str
    title: str
    start: Any
    choices: tuple[tuple[str, str], ...] = ()
    info: str = ""


_RATE = "How long a step is."
HOT_SETTINGS: dict[str, tuple[HotSetting, ...]] = {
    "gan": (
        HotSetting("loss", "Loss", "non-saturating", tuple(_LOSSES), "What both nets play for."),
        HotSetting("penalty", "Penalty on D's slope", 1.0, (), "1 is usual; 0 lets D be as sure as it likes."),
        HotSetting("spread", "Wish for variety", 0.05, (), "Above 0: two noises are to give two pictures."),
        HotSetting("d_updates", "D's updates a round", 1),
        HotSetting("g_updates", "G's updates a round", 1),
        HotSetting("d_optimizer", "D's optimizer", "adam", tuple(_OPTIMIZERS)),
        HotSetting("d_rate", "D's learning rate", 0.001, (), _RATE),
        HotSetting("g_optimizer", "G's optimizer", "adam", tuple(_OPTIMIZERS)),
        HotSetting("g_rate", "G's learning rate", 0.001, (), _RATE),
    ),
    "vae": (
        HotSetting("beta", "β, the weight of the KL term", 1.0, (), "1 is the true bound; more squeezes the code."),
        HotSetting("optimizer", "Optimizer", "adam", tuple(_OPTIMIZERS)),
        HotSetting("rate", "Learning rate", 0.002, (), _RATE),
    ),
    "diffusion": (
        HotSetting("optimizer", "Optimizer", "adamw", tuple(_OPTIMIZERS)),
        HotSetting("rate", "Learning rate", 0.002, (), _RATE),
    ),
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
    options: dict[str, Any] = {
        "label": setting.title, "info": setting.info or None, "elem_id": f"image_model-{family}-{setting.name}",
        "min_width": 230,
    }  # fmt: skip
    if setting.choices:
        return gr.Dropdown(list(setting.choices), value=setting.start, **options)
    return gr.Number(setting.start, **options)


def settings_of(family: str, values: FamilySettings) -> dict[str, Any]:
    """The family's settings, checked. values: of all families' controls. Raises PlaygroundError."""
    if family not in HOT_SETTINGS:
        raise PlaygroundError(f"“{str(family)[:40]}” is no family here: choose one of {', '.join(HOT_SETTINGS)}.")
    return {
        setting.name: values[family][setting.name]
        if setting.choices
        else _number(setting, values[family][setting.name])
        for setting in HOT_SETTINGS[family]
    }


def current_settings(run: str, family: str) -> dict[str, dict[str, Any]]:
    """A run's own settings as they are now, for the controls of its family."""
    return {family: {setting.name: current_setting(run, setting.name) for setting in HOT_SETTINGS[family]}}


def _number(setting: HotSetting, value: Any) -> float | int:
    number = parse_number(value, f"“{setting.title}” must be a number")
    return int(number) if setting.name in _WHOLE and number == int(number) else number
