"""The controls of a run on points of the plane: its settings, in groups by the families that have them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.experiments import toy_2d

_RATES = [1e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0]
_WEIGHTS = [0.0, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0]
#: Group of settings -> the families that have them.
GROUPS = {"gan": ("gan",), "vae_and_flow": ("vae", "diffusion"), "vae": ("vae",)}


def build_controls() -> tuple[dict[str, Any], dict[str, gr.Group], gr.Number]:
    """(controls by setting in the order of toy_2d.DEFAULTS, groups by the names of GROUPS, the seed's control)."""
    controls: dict[str, Any] = {}
    groups: dict[str, gr.Group] = {}
    with gr.Group(elem_id="toy_2d-settings-gan") as groups["gan"]:
        controls["loss"] = gr.Dropdown(
            list(toy_2d.LOSSES), value=toy_2d.DEFAULTS["loss"], label=say("train.toy_2d.settings.loss"),
            info=say("train.toy_2d.settings.loss_info"), elem_id="toy_2d-loss",
        )  # fmt: skip
        for side in "dg":
            name = side.upper()
            optimizer, rate = (
                say("train.toy_2d.settings.optimizer", net=name),
                say("train.toy_2d.settings.rate", net=name),
            )
            controls[f"{side}_optimizer"] = _optimizer(f"{side}_optimizer", optimizer)
            controls[f"{side}_rate"] = _number(f"{side}_rate", rate, _RATES)
            updates = say("train.toy_2d.settings.updates", net=name)
            controls[f"{side}_updates"] = _number(f"{side}_updates", updates, range(11))
        controls["penalty"] = _number("penalty", say("train.toy_2d.settings.penalty"), _WEIGHTS)
    with gr.Group(visible=False, elem_id="toy_2d-settings-vae_and_flow") as groups["vae_and_flow"]:
        controls["optimizer"] = _optimizer("optimizer", say("train.toy_2d.settings.vae_and_flow_optimizer"))
        controls["rate"] = _number("rate", say("train.toy_2d.settings.vae_and_flow_rate"), _RATES)
    with gr.Group(visible=False, elem_id="toy_2d-settings-vae") as groups["vae"]:
        controls["beta"] = _number("beta", say("train.toy_2d.settings.beta"), _WEIGHTS)
    with gr.Accordion(say("train.toy_2d.settings.next"), open=False):
        for name, label in (("steps", say("shared.steps")), ("width", say("train.toy_2d.settings.width"))):
            controls[name] = gr.Number(toy_2d.FIXED[name], label=label, precision=0, elem_id=f"toy_2d-{name}")
        seed = gr.Number(0, label=say("shared.seed"), precision=0, elem_id="toy_2d-seed")
    return {name: controls[name] for name in toy_2d.DEFAULTS}, groups, seed


def _optimizer(name: str, label: str) -> gr.Dropdown:
    return gr.Dropdown(list(toy_2d.OPTIMIZERS), value=toy_2d.DEFAULTS[name], label=label, elem_id=f"toy_2d-{name}")


def _number(name: str, label: str, choices: Iterable[float]) -> gr.Dropdown:
    """A number: choose it, or type another."""
    titled = [(f"{number:g}", number) for number in choices]
    value = toy_2d.DEFAULTS[name]
    return gr.Dropdown(titled, value=value, label=label, allow_custom_value=True, elem_id=f"toy_2d-{name}")
