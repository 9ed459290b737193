"""The controls of a run on points of the plane: its settings, in groups by the families that have them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import gradio as gr

from playground.experiments import toy_2d as lab

_RATES = [1e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0]
_WEIGHTS = [0.0, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0]
#: Group of settings -> the families that have them.
GROUPS = {"gan": ("gan",), "vae_and_flow": ("vae", "diffusion"), "vae": ("vae",)}


def build_controls() -> tuple[dict[str, Any], dict[str, gr.Group], gr.Number]:
    """(controls by setting in the order of lab.DEFAULTS, groups by the names of GROUPS, the seed's control)."""
    controls: dict[str, Any] = {}
    groups: dict[str, gr.Group] = {}
    with gr.Group(elem_id="toy_2d-settings-gan") as groups["gan"]:
        controls["loss"] = gr.Dropdown(
            list(lab.LOSSES), value=lab.DEFAULTS["loss"], label="Loss", elem_id="toy_2d-loss",
            info="This, and all but the last group, takes effect at once: nothing is reset.",
        )  # fmt: skip
        for side in "dg":
            name = side.upper()
            controls[f"{side}_optimizer"] = _optimizer(f"{side}_optimizer", f"{name}'s optimizer")
            controls[f"{side}_rate"] = _number(f"{side}_rate", f"{name}'s learning rate", _RATES)
            controls[f"{side}_updates"] = _number(f"{side}_updates", f"{name}'s updates a step", range(11))
        controls["penalty"] = _number("penalty", "Gradient penalty (for wgan-gp)", _WEIGHTS)
    with gr.Group(visible=False, elem_id="toy_2d-settings-vae_and_flow") as groups["vae_and_flow"]:
        controls["optimizer"] = _optimizer("optimizer", "Optimizer of VAE and flow")
        controls["rate"] = _number("rate", "Learning rate of VAE and flow", _RATES)
    with gr.Group(visible=False, elem_id="toy_2d-settings-vae") as groups["vae"]:
        controls["beta"] = _number("beta", "β: weight of the codes' KL", _WEIGHTS)
    with gr.Accordion("For the next start", open=False):
        controls["steps"] = gr.Number(lab.FIXED["steps"], label="Steps", precision=0, elem_id="toy_2d-steps")
        controls["width"] = gr.Number(lab.FIXED["width"], label="Units of a layer", precision=0, elem_id="toy_2d-width")
        seed = gr.Number(0, label="Seed", precision=0, elem_id="toy_2d-seed")
    return {name: controls[name] for name in lab.DEFAULTS}, groups, seed


def _optimizer(name: str, label: str) -> gr.Dropdown:
    return gr.Dropdown(list(lab.OPTIMIZERS), value=lab.DEFAULTS[name], label=label, elem_id=f"toy_2d-{name}")


def _number(name: str, label: str, choices: Iterable[float]) -> gr.Dropdown:
    """A number to choose, or to type."""
    titled = [(f"{number:g}", number) for number in choices]
    return gr.Dropdown(titled, value=lab.DEFAULTS[name], label=label, allow_custom_value=True, elem_id=f"toy_2d-{name}")
