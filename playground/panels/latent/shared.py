"""What all panels of the Latent tab share: the column of settings, and the end points of the walk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.images.image_request import format_condition, parse_condition
from playground.images.model_menu import image_model_facts, model_names
from playground.latent.endpoints import Endpoint, format_endpoint
from playground.latent.latent_space import STEPS
from playground.latent.walk_request import MAX_STEPS
from playground.ui.events import Update
from playground.ui.model_dropdown import refresh_on_focus
from playground.ui.notice import facts_view, notice

#: Names of the settings in the column.
SETTINGS = ("model", "condition", "steps")
#: What `restore_settings` fills.
RESTORED = (*SETTINGS, "model_card")
FIRST_ENDPOINTS = "3, 17, 42"


@dataclass(frozen=True)
class LatentShared:
    """The components.

    condition: a menu of "attribute=word", of which several may be chosen.  steps: of diffusion.
    endpoints: of the walk, as text; every panel can add to them.  both_ways: whether the walk is compared with the
    other way. Both are rendered by the panel Walk, and change with the model.
    kept: gr.State of [ImageBatch], the pictures that were kept in the Images tab.
    """

    model: gr.Dropdown
    condition: gr.Dropdown
    steps: gr.Slider
    model_card: gr.HTML
    endpoints: gr.Textbox
    both_ways: gr.Checkbox
    kept: gr.State


def condition_text(condition: Sequence[str] | None) -> str:
    """The chosen words as a condition is written in a link."""
    return "; ".join(condition or []) or "any"


def restore_settings(recipe: Recipe) -> Update:
    """The column as a recipe says. Raises PlaygroundError for a model or condition that there is not."""
    condition = parse_condition(image_model_facts(recipe.model), recipe.settings.get("condition", "any"))
    return settings_of(recipe.model, condition)


def settings_of(model: str, condition: Mapping[str, str], steps: int = STEPS) -> Update:
    """Updates that set the column."""
    names = model_names()
    chosen = format_condition(condition)
    return {
        "model": gr.Dropdown(value=model, choices=_menu([*names, *{model}.difference(names)])),
        "condition": _condition_menu(model, [] if chosen == "any" else chosen.split("; ")),
        "steps": gr.Slider(value=steps, visible=_is_diffusion(model)),
        "model_card": _card(model),
    }


def on_model(model: str) -> Update:
    """What changes with the model: a point of one space means nothing in another; diffusion takes long for one way."""
    reset: dict[str, Any] = {"endpoints": FIRST_ENDPOINTS, "both_ways": is_fast(model)}
    try:
        condition = _condition_menu(model, [])
        column = {"condition": condition, "steps": gr.Slider(visible=_is_diffusion(model)), "model_card": _card(model)}
        return {**reset, **column}
    except PlaygroundError as error:
        return {**reset, "model_card": {"rows": [{"name": "Model", "text": str(error)}]}}


def is_fast(model: str) -> bool:
    """Whether walking both ways takes no patience."""
    return kind_of(model) != "diffusion"


def kind_of(model: str) -> str:
    """The family; "" of a model that was deleted while it was chosen."""
    try:
        return image_model_facts(model).kind
    except PlaygroundError:
        return ""


def append_endpoint(endpoints: str, endpoint: str) -> str:
    """The text of the end points with one more at its end."""
    return ", ".join(part for part in (endpoints.strip().strip(","), endpoint) if part)


def endpoint_added(endpoints: str, endpoint: str, what: str = "It") -> Update:
    """{"endpoints", "notice"} after a button that adds an end point. what: what was added, in words."""
    words = f"{what} is the last end point of the walk now: open the panel Walk."
    return {"endpoints": append_endpoint(endpoints, endpoint), "notice": notice(words, "ok")}


def endpoint_of_model(endpoint: Endpoint, endpoint_model: str, model: str, endpoints: str) -> Update:
    """What an end point of a model sets: it is appended or, if it is another model's than the column's, the first."""
    if endpoint_model == model:
        return {"endpoints": append_endpoint(endpoints, format_endpoint(endpoint))}
    column = settings_of(endpoint_model, {})
    return {**column, "endpoints": format_endpoint(endpoint), "both_ways": is_fast(endpoint_model)}


#: What `endpoint_of_model` fills.
ENDPOINT_OUTPUTS = (*RESTORED, "endpoints", "both_ways")


def _is_diffusion(model: str) -> Any:
    """A component's visibility."""
    return True if image_model_facts(model).kind == "diffusion" else "hidden"


def _card(model: str) -> dict[str, Any]:
    return {"rows": [{"name": name, "text": text} for name, text in image_model_facts(model).rows if text]}


def _menu(names: Sequence[str]) -> list[tuple[str, str]]:
    return [(image_model_facts(name).title, name) for name in names]


def _condition_menu(model: str, value: list[str]) -> gr.Dropdown:
    return gr.Dropdown(choices=_words(model), value=value, multiselect=True)


def _words(model: str) -> list[tuple[str, str]]:
    attributes = image_model_facts(model).attributes
    return [(f"{name}: {word}", f"{name}={word}") for name, words in attributes.items() for word in words]


def build_shared(kept: gr.State) -> LatentShared:
    """The column, for a VAE at first: its whole picture comes from z, while a GAN is given a condition as well."""
    names = model_names()
    first = model_names("vae", "fashion")[0]
    model = gr.Dropdown(_menu(names), value=first, label="Model", elem_id="latent-model")
    condition = gr.Dropdown(
        _words(first), value=[], multiselect=True, label="Of what", elem_id="latent-condition",
        info="Empty is anything; for a GAN, a seed settles it: in a walk, the seed of each end point.",
    )  # fmt: skip
    steps = gr.Slider(
        1, MAX_STEPS, value=STEPS, step=1, label="Steps of diffusion", elem_id="latent-steps",
        visible=_is_diffusion(first), info="More steps, finer pictures, longer waiting.",
    )  # fmt: skip
    with gr.Accordion("About this model", open=False):
        card = facts_view(_card(first), elem_id="latent-about")
    refresh_on_focus(model, lambda: _menu(model_names()))
    endpoints = gr.Textbox(
        FIRST_ENDPOINTS, label="End points", elem_id="walk-ends", max_lines=2, scale=3, render=False,
        info="Seeds, with commas between: every seed is a picture. In brackets: a condition for that point only.",
    )  # fmt: skip
    both_ways = gr.Checkbox(True, label="Show the other way beside it", elem_id="walk-both", render=False)
    return LatentShared(model, condition, steps, card, endpoints, both_ways, kept)
