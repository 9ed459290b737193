"""The controls of a run on points of the plane: its settings, in groups by the families that have them."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.experiments import toy_2d
from playground.ui.setting_controls import setting_control

#: Group of settings -> the families that have them.
GROUPS = {"gan": ("gan",), "vae_and_flow": ("vae", "diffusion"), "vae": ("vae",)}


def build_controls() -> tuple[dict[str, Any], dict[str, gr.Group], gr.Number, gr.Button]:
    """(controls by setting in the order of toy_2d.SETTINGS, groups by the names of GROUPS, seed, reset)."""
    controls: dict[str, Any] = {}
    groups: dict[str, gr.Group] = {}
    gr.Markdown(say("train.toy_2d.settings.at_once"), elem_classes="pg-hint")
    for group, families in GROUPS.items():
        with gr.Group(visible=group == "gan", elem_id=f"toy_2d-settings-{group}") as groups[group]:
            for name, setting in toy_2d.SETTINGS.items():
                if families == tuple(family for family in toy_2d.FAMILIES if name in toy_2d.HOT[family]):
                    controls[name] = setting_control(setting, "toy_2d")
    with gr.Accordion(say("train.toy_2d.settings.next"), open=False):
        controls |= {name: setting_control(toy_2d.SETTINGS[name], "toy_2d") for name in toy_2d.FIXED}
        seed = gr.Number(0, label=say("shared.seed"), precision=0, elem_id="toy_2d-seed")
    reset = gr.Button(say("train.tab.defaults"), size="sm", elem_id="toy_2d-reset")
    return {name: controls[name] for name in toy_2d.SETTINGS}, groups, seed, reset
