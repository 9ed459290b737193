"""The column of settings that all panels share: which model's space, and of what its pictures are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.images.image_request import format_condition
from playground.images.model_menu import image_model_facts, model_names
from playground.latent.latent_space import STEPS
from playground.latent.walk_request import MAX_STEPS
from playground.ui.model_dropdown import refresh_on_focus
from playground.ui.notice import facts_view

_SKIP: Any = gr.skip()


@dataclass(frozen=True)
class Controls:
    """The components. condition: a menu of "attribute=word", of which several may be chosen."""

    model: gr.Dropdown
    condition: gr.Dropdown
    steps: gr.Slider
    about: gr.HTML

    def inputs(self) -> list[Any]:
        """What `asked` takes the values of."""
        return [self.model, self.condition, self.steps]

    def outputs(self) -> list[Any]:
        """What `restored` sets."""
        return [*self.inputs(), self.about]


def written(condition: Sequence[str] | None) -> str:
    """The chosen words as a condition stands in a link."""
    return "; ".join(condition or []) or "any"


def restored(model: str, condition: Mapping[str, str], steps: int) -> list[Any]:
    """Updates that set the controls."""
    names = model_names()
    menu = gr.Dropdown(value=model, choices=_menu([*names, *{model}.difference(names)]))
    chosen = format_condition(condition)
    words = gr.Dropdown(choices=_words(model), value=[] if chosen == "any" else chosen.split("; "))
    return [menu, words, gr.Slider(value=steps, visible=_slow(model)), _about(model)]


def on_model(model: str) -> list[Any]:
    """(condition, steps, card) of another model; or that it is gone."""
    try:
        image_model_facts(model)
    except PlaygroundError as error:
        return [_SKIP, _SKIP, {"rows": [{"name": "Model", "text": str(error)}]}]
    return [gr.Dropdown(choices=_words(model), value=[]), gr.Slider(visible=_slow(model)), _about(model)]


def quick(model: str) -> bool:
    """Whether walking both ways takes no patience."""
    return kind_of(model) != "diffusion"


def kind_of(model: str) -> str:
    """The family; "" of a model that was taken out of the menus while it was chosen."""
    try:
        return image_model_facts(model).kind
    except PlaygroundError:
        return ""


def _slow(model: str) -> Any:
    return True if image_model_facts(model).kind == "diffusion" else "hidden"


def _about(model: str) -> dict[str, Any]:
    return {"rows": [{"name": name, "text": text} for name, text in image_model_facts(model).rows if text]}


def _menu(names: Sequence[str]) -> list[tuple[str, str]]:
    return [(image_model_facts(name).title, name) for name in names]


def _words(model: str) -> list[tuple[str, str]]:
    attributes = image_model_facts(model).attributes
    return [(f"{name}: {word}", f"{name}={word}") for name, words in attributes.items() for word in words]


def build_controls() -> Controls:
    """The column, for a VAE at first: its whole picture lies in z, while a GAN is told what to draw."""
    names = model_names()
    first = model_names("vae", "fashion")[0]
    model = gr.Dropdown(_menu(names), value=first, label="Model", elem_id="latent-model")
    condition = gr.Dropdown(
        _words(first), value=[], multiselect=True, label="Of what", elem_id="latent-condition",
        info="Empty is anything; for a GAN, a seed settles it: in a walk, the seed of each end point.",
    )  # fmt: skip
    steps = gr.Slider(
        1, MAX_STEPS, value=STEPS, step=1, label="Steps of diffusion", elem_id="latent-steps",
        visible=_slow(first), info="More steps, finer pictures, longer waiting.",
    )  # fmt: skip
    with gr.Accordion("About this model", open=False):
        about = facts_view(_about(first), elem_id="latent-about")
    refresh_on_focus(model, lambda: _menu(model_names()))
    return Controls(model, condition, steps, about)
