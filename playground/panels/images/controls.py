"""The tab's shared settings: model, number of pictures, seed, condition, and the settings of the model's family."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import gradio as gr

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.settings import Setting
from playground.images.dataset_browser import fetch_dataset, is_missing
from playground.images.image_request import ANY, ImageRequest, parse_image_request
from playground.images.model_comparison import discriminator_shares
from playground.images.model_menu import FAMILIES, ImageModelFacts, image_model_facts, model_names
from playground.images.settings import COUNT, FAMILY_SETTINGS, SETTINGS
from playground.ui.data_fetch import build_data_fetch
from playground.ui.events import Update
from playground.ui.model_dropdown import PanelMenu, menu_by_panel
from playground.ui.notice import facts_view, notice, notice_view
from playground.ui.result_settings import encode_settings
from playground.ui.setting_controls import restored_setting, setting_control

#: The number of attribute dropdowns: as many as the condition of any model has.
MAX_ATTRIBUTES = 8
#: Names of the components that make a request, as `call` takes them: the arguments of request_from_controls.
REQUEST_INPUTS = ("model", "count", "seed", "attributes", "settings")
#: Names of the components that depend on the model's family.
FAMILY_OUTPUTS = ("families", "about", "lesson")
#: Names of the components that controls_update fills.
RESTORED_CONTROLS = (*REQUEST_INPUTS, *FAMILY_OUTPUTS)


#: The model that the tab opens with: its pictures are the best.
FIRST_MODEL = "diffusion-avatars"
#: A discriminator beats its GAN if it takes less than this part of unseen real pictures' share for real.
BEATEN = 0.1
#: Where the page draws a VAE's z from, unless a link says N(0, I), from which its pictures are blurred.
FIRST_PRIOR = "mixture"


@dataclass(frozen=True)
class ImageControls:
    """The components of the settings column.

    attributes: dropdowns, for the model's attributes in their order.  settings: by their names in SETTINGS.
    families: a group for the settings of each family.  about: the facts about the model.  lesson: what it teaches.
    fetched: the listener of what follows a fetch of the model's data set.
    """

    model: gr.Dropdown
    count: gr.Slider
    seed: gr.Number
    attributes: tuple[gr.Dropdown, ...]
    settings: Mapping[str, Any]
    families: Mapping[str, gr.Group]
    about: gr.HTML
    lesson: gr.HTML
    fetched: Callable[..., Any]
    menu: PanelMenu


def request_settings(controls: ImageControls) -> dict[str, Any]:
    """The components that a request is made of, by the names that `carried_request` uses."""
    attributes = {f"attribute {index}": one for index, one in enumerate(controls.attributes)}
    return {
        "model": controls.model, "count": controls.count, "seed": controls.seed, **attributes, **controls.settings,
    }  # fmt: skip


def carried_request(request: ImageRequest, names: Sequence[str] = ()) -> str:
    """The settings of a request for result_settings.py: those in `names`, or all of its model's family."""
    facts = image_model_facts(request.model)
    values = {name: getattr(request, name) for name in ("model", "count", "seed", *FAMILY_SETTINGS[facts.kind])}
    for index, attribute in enumerate(facts.attributes):
        values[f"attribute {index}"] = request.condition.get(attribute, ANY)
    return encode_settings({name: value for name, value in values.items() if not names or name in names})


def request_from_controls(
    model: str, count: object, seed: object, attributes: Sequence[str], settings: Mapping[str, object]
) -> ImageRequest:
    """The request in the controls' values. Raises PlaygroundError if one is not valid."""
    facts = image_model_facts(str(model))
    # A dropdown may still hold a value of the model before this one.
    condition = {
        attribute: value
        for (attribute, values), value in zip(facts.attributes.items(), attributes, strict=False)
        if value in values
    }
    return parse_image_request(model, {"count": count, "seed": seed, "condition": condition, **settings})


def page_request() -> ImageRequest:
    """The request of the page as it opens."""
    return ImageRequest(FIRST_MODEL, prior=FIRST_PRIOR)


def controls_update(request: ImageRequest) -> Update:
    """Sets every control to a request's values, and shows the settings of its model's family."""
    facts = image_model_facts(request.model)
    # A link's model may be one that is not in the menu.
    names = model_names()
    menu = _menu([*names, *{request.model}.difference(names)])
    return {
        "model": gr.Dropdown(value=request.model, choices=menu),
        "count": request.count,
        "seed": request.seed,
        "attributes": attribute_updates(facts, request.condition),
        "settings": {name: restored_setting(item, getattr(request, name)) for name, item in SETTINGS.items()},
        **family_update(facts),
    }


def attribute_updates(facts: ImageModelFacts, condition: Mapping[str, str]) -> tuple[Any, ...]:
    """A dropdown for each attribute of the model's condition; spare dropdowns are hidden."""
    dropdowns: list[Any] = [
        gr.Dropdown(label=attribute, choices=[ANY, *values], value=condition.get(attribute, ANY), visible=True)
        for attribute, values in facts.attributes.items()
    ]
    return (*dropdowns, *(gr.update(visible=False, value=ANY) for _ in range(MAX_ATTRIBUTES - len(dropdowns))))


def family_update(facts: ImageModelFacts) -> Update:
    """Shows the settings of the model's family, hides those of the others, and shows the model's facts."""
    families = {kind: gr.Group(visible=_visible(kind == facts.kind)) for kind in FAMILIES}
    return {"families": families, "about": facts_value(facts), "lesson": lesson_value(facts.name)}


def lesson_value(model: str) -> dict[str, str] | None:
    """What a GAN teaches whose discriminator was measured to beat it; None for other models."""
    shares = discriminator_shares(model)
    if shares is None or shares[0] > BEATEN * shares[1]:
        return None
    return notice(say("images.controls.beaten", fooled=shares[0], passed=shares[1]))


def on_family(model: str) -> Update:
    """Shows the settings of the model's family and its facts, or that the model was removed."""
    try:
        return family_update(image_model_facts(model))
    except PlaygroundError as error:
        return {"about": removed_model_value(error)}


def on_model(model: str) -> Update:
    """Shows the settings and attributes of another model, or that the model was removed."""
    try:
        facts = image_model_facts(model)
    except PlaygroundError as error:
        return {"about": removed_model_value(error)}
    return {"attributes": attribute_updates(facts, {}), **family_update(facts)}


def facts_value(facts: ImageModelFacts) -> dict[str, Any]:
    """A model's facts for the facts view."""
    names = {name: say("shared.model" if name == "model" else f"shared.model_facts.{name}") for name, _ in facts.rows}
    return {"rows": [{"name": names[name], "text": text} for name, text in facts.rows if text]}


def removed_model_value(error: PlaygroundError) -> dict[str, Any]:
    """The facts view for a model that was removed from the menus while it was chosen."""
    return {"rows": [{"name": say("shared.model"), "text": str(error)}]}


def _visible(visible: bool) -> bool | Literal["hidden"]:
    """True or "hidden", never False: in a tab that opens later Gradio draws nothing after a component left out."""
    return True if visible else "hidden"


def _menu(names: Sequence[str]) -> list[tuple[str, str]]:
    return [(image_model_facts(name).title, name) for name in names]


def build_controls(first_panel: str, usable: Mapping[str, Callable[[str], bool]]) -> ImageControls:
    """Builds the settings column, set to the first model of the page.

    first_panel: the one in front.  usable: panel -> whether it can use a model; all, for others. The menu lists those.
    """
    names = model_names()
    first = page_request()
    facts = image_model_facts(first.model)
    model = gr.Dropdown(_menu(names), value=first.model, label=say("shared.model"), elem_id="images-model")
    lesson = notice_view(lesson_value(first.model), elem_id="images-lesson")
    fetched = build_data_fetch(model, is_missing, fetch_dataset, "images-fetch")
    with gr.Row(elem_classes="pg-of-a-batch"):
        count = setting_control(COUNT, "images")
        seed = gr.Number(
            first.seed, label=say("shared.seed"), precision=0, minimum=0, elem_id="images-seed",
            info=say("images.controls.seed_info"),
        )  # fmt: skip
    families, settings = _build_families(facts.kind)
    with gr.Accordion(say("shared.what_to_draw"), open=True, elem_id="images-condition", elem_classes="pg-of-a-batch"):
        attributes = []
        choices = [*facts.attributes.items(), *[("", ())] * (MAX_ATTRIBUTES - len(facts.attributes))]
        for index, (attribute, values) in enumerate(choices):
            attributes.append(
                gr.Dropdown(
                    [ANY, *values], value=ANY, label=attribute or "attribute", visible=bool(attribute),
                    elem_id=f"images-attribute-{index}",
                )
            )  # fmt: skip
    with gr.Accordion(say("shared.model_facts.about"), open=False):
        about = facts_view(facts_value(facts), elem_id="images-about")
    menu = menu_by_panel(model, lambda panel: _menu(list(filter(usable.get(panel), model_names()))), first_panel)
    return ImageControls(model, count, seed, tuple(attributes), settings, families, about, lesson, fetched, menu)


def _build_families(kind: str) -> tuple[dict[str, gr.Group], dict[str, Any]]:
    families: dict[str, gr.Group] = {}
    controls: dict[str, Any] = {}
    for family, settings in FAMILY_SETTINGS.items():
        with gr.Group(visible=_visible(kind == family), elem_classes="pg-of-a-batch") as families[family]:
            controls |= {name: _setting_control(name, item) for name, item in settings.items()}
    return families, controls


def _setting_control(name: str, item: Setting) -> Any:
    return setting_control(item, "images", **({"value": FIRST_PRIOR} if name == "prior" else {}))
