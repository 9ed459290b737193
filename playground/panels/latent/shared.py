"""What the panels of the Latent tab share: the column of settings, and the end points of the walk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.images.dataset_browser import fetch_dataset, is_missing
from playground.images.image_request import format_condition, parse_condition
from playground.images.model_menu import fitting_model, image_model_facts, model_names
from playground.latent.endpoints import Endpoint, format_endpoint
from playground.latent.latent_space import STEPS
from playground.latent.walk_request import MAX_STEPS
from playground.ui.data_fetch import build_data_fetch
from playground.ui.events import Update
from playground.ui.model_dropdown import PanelMenu, menu_by_panel
from playground.ui.notice import facts_view, notice
from playground.ui.view import new_run

#: Names of the settings in the column.
SETTINGS = ("model", "condition", "steps")
#: The components that `restore_settings` fills.
RESTORED = (*SETTINGS, "model_card")
FIRST_ENDPOINTS = "3, 17, 42"


@dataclass(frozen=True)
class LatentShared:
    """The components.

    condition: a menu of "attribute=word", several of which may be chosen.  steps: of diffusion.
    fetched: the listener of what follows a fetch of the model's data set.
    endpoints: of the walk, as text; every panel can add to them.  both_ways: whether the walk also shows the other
    path. Both are rendered by the panel Walk and reset when the model changes.
    kept: gr.State of [ImageBatch], the pictures kept in the Images tab.
    """

    model: gr.Dropdown
    menu: PanelMenu
    condition: gr.Dropdown
    steps: gr.Slider
    model_card: gr.HTML
    fetched: Callable[..., Any]
    endpoints: gr.Textbox
    both_ways: gr.Checkbox
    kept: gr.State


def condition_text(condition: Sequence[str] | None) -> str:
    """The chosen words as a condition in a link."""
    return "; ".join(condition or []) or "any"


def with_model(recipe: Recipe) -> Recipe:
    """The recipe; one that names no model gets the model that the tab opens with."""
    return recipe if recipe.model else replace(recipe, model=_first_model())


def _first_model() -> str:
    return "vae-avatars"


def restore_settings(recipe: Recipe) -> Update:
    """The column with a recipe's settings. Raises PlaygroundError for an unknown model or condition."""
    condition = parse_condition(image_model_facts(recipe.model), recipe.settings.get("condition", "any"))
    return settings_of(recipe.model, condition)


def settings_of(model: str, condition: Mapping[str, str], steps: int = STEPS) -> Update:
    """Updates that set the column."""
    names = model_names()
    text = format_condition(condition)
    return {
        "model": gr.Dropdown(value=model, choices=_menu([*names, *{model}.difference(names)])),
        "condition": _condition_menu(model, [] if text == "any" else text.split("; ")),
        "steps": gr.Slider(value=steps, visible=_is_diffusion(model)),
        "model_card": _card(model),
    }


def on_model(model: str) -> Update:
    """Updates after a change of model: its space needs other end points, and diffusion is slow even for one path."""
    reset: dict[str, Any] = {"endpoints": FIRST_ENDPOINTS, "both_ways": is_fast(model)}
    try:
        condition = _condition_menu(model, [])
        column = {"condition": condition, "steps": gr.Slider(visible=_is_diffusion(model)), "model_card": _card(model)}
        return {**reset, **column}
    except PlaygroundError as error:
        return {**reset, "model_card": {"rows": [{"name": say("shared.model"), "text": str(error)}]}}


def switch_update(model: str, kinds: Sequence[str]) -> Update:
    """Chooses another model for a panel that needs one of some families; {} if the model is of one of them.

    Fills SWITCH_OUTPUTS and the panel's `notice`. `switched` is a box of the panel; its change draws the panel again.
    """
    fitting = fitting_model(model, kinds)
    if fitting == model:
        return {}
    said = notice(say("latent.settings.switched", model=image_model_facts(fitting).title))
    column = settings_of(fitting, {})
    return {**column, "endpoints": FIRST_ENDPOINTS, "both_ways": True, "switched": new_run(), "notice": said}


def is_fast(model: str) -> bool:
    """Whether the model is fast enough to walk both paths."""
    return kind_of(model) != "diffusion"


def kind_of(model: str) -> str:
    """The model's family; "" if it was deleted while it was chosen."""
    try:
        return image_model_facts(model).kind
    except PlaygroundError:
        return ""


def append_endpoint(endpoints: str | None, endpoint: str) -> str:
    """The text of the end points with one more at its end. endpoints: None of a box that was never filled."""
    return ", ".join(part for part in ((endpoints or "").strip().strip(","), endpoint) if part)


def add_endpoint(endpoints: str, endpoint: str, sentence: str = "latent.points.added") -> Update:
    """{"endpoints", "notice"} after a button that adds an end point. sentence: key of the notice."""
    return {"endpoints": append_endpoint(endpoints, endpoint), "notice": notice(say(sentence), "ok")}


def endpoint_of_model(endpoint: Endpoint, endpoint_model: str, model: str, endpoints: str) -> Update:
    """Adds an end point of a model; one of another model switches to that model and becomes its first."""
    if endpoint_model == model:
        return {"endpoints": append_endpoint(endpoints, format_endpoint(endpoint))}
    column = settings_of(endpoint_model, {})
    return {**column, "endpoints": format_endpoint(endpoint), "both_ways": is_fast(endpoint_model)}


#: The components that `switch_update` fills, beside the notice.
SWITCH_OUTPUTS = (*RESTORED, "endpoints", "both_ways", "switched")
#: The components that `endpoint_of_model` fills.
ENDPOINT_OUTPUTS = (*RESTORED, "endpoints", "both_ways")


def _is_diffusion(model: str) -> Any:
    """`visible` of the slider of diffusion steps: True, or "hidden"."""
    return True if image_model_facts(model).kind == "diffusion" else "hidden"


def _card(model: str) -> dict[str, Any]:
    return {"rows": [{"name": name, "text": text} for name, text in image_model_facts(model).rows if text]}


def _menu(names: Sequence[str]) -> list[tuple[str, str]]:
    return [(image_model_facts(name).title, name) for name in names]


def _condition_menu(model: str, value: list[str]) -> gr.Dropdown:
    return gr.Dropdown(choices=_words(model), value=value, multiselect=True)


def _usable(kinds: Sequence[str]) -> list[str]:
    """The models of some families, in the order of the menu; all without families."""
    return [name for name in model_names() if not kinds or kind_of(name) in kinds]


def _words(model: str) -> list[tuple[str, str]]:
    attributes = image_model_facts(model).attributes
    return [(f"{name}: {word}", f"{name}={word}") for name, words in attributes.items() for word in words]


def build_shared(kept: gr.State, kinds: Mapping[str, Sequence[str]]) -> LatentShared:
    """The column. It starts with a VAE, whose picture comes from z alone, while a GAN's condition is drawn as well.

    kinds: panel -> the families of models that it can use, which the menu lists; () for all. The first is in front.
    """
    names = model_names()
    first = _first_model()
    model = gr.Dropdown(_menu(names), value=first, label=say("shared.model"), elem_id="latent-model")
    fetched = build_data_fetch(model, is_missing, fetch_dataset, "latent-fetch")
    condition = gr.Dropdown(
        _words(first), value=[], multiselect=True, label=say("shared.what_to_draw"),
        elem_id="latent-condition", info=say("latent.settings.condition_info"),
    )  # fmt: skip
    steps = gr.Slider(
        1, MAX_STEPS, value=STEPS, step=1, label=say("latent.settings.steps"), elem_id="latent-steps",
        visible=_is_diffusion(first), info=say("shared.more_steps"),
    )  # fmt: skip
    with gr.Accordion(say("shared.model_facts.about"), open=False):
        card = facts_view(_card(first), elem_id="latent-about")
    menu = menu_by_panel(model, lambda panel: _menu(_usable(kinds[panel])), next(iter(kinds)))
    endpoints = gr.Textbox(
        FIRST_ENDPOINTS, label=say("latent.walk.endpoints"), elem_id="walk-endpoints", max_lines=2, scale=3,
        render=False, info=say("latent.walk.endpoints_info"),
    )  # fmt: skip
    both_ways = gr.Checkbox(True, label=say("latent.walk.both_ways"), elem_id="walk-both", render=False)
    return LatentShared(model, menu, condition, steps, card, fetched, endpoints, both_ways, kept)
