"""The controls of a training of pictures: its settings by family, and where a visitor's own pictures are uploaded."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.data import registry
from playground.experiments import image_model, user_images
from playground.ui.events import Update
from playground.ui.notice import notice
from playground.ui.setting_controls import setting_control


def build_settings() -> tuple[dict[str, gr.Group], dict[str, dict[str, Any]]]:
    """(group of each family's controls, the controls by family and setting); the first family's group is visible."""
    groups: dict[str, gr.Group] = {}
    controls: dict[str, dict[str, Any]] = {}
    for family, settings in image_model.HOT_SETTINGS.items():
        with gr.Group(visible=not groups, elem_id=f"image_model-settings-{family}") as groups[family], gr.Row():
            controls[family] = {
                name: setting_control(item, f"image_model-{family}", min_width=230) for name, item in settings.items()
            }
    return groups, controls


def build_own_pictures() -> tuple[gr.Group, gr.File, gr.Radio, gr.Checkbox]:
    """(group, files, side, consent): where the visitor's own pictures are uploaded."""
    with gr.Group(visible=False, elem_id="image_model-own_pictures") as group:
        files = gr.File(
            label=say("train.image_model.files"), file_count="multiple", file_types=["image"], type="filepath",
            height=140, elem_id="image_model-files",
        )  # fmt: skip
        with gr.Row():
            sides = [(say(f"train.image_model.side_{pixels}"), pixels) for pixels in user_images.SIDES]
            side = gr.Radio(sides, value=16, label=say("train.image_model.side"))
            consent = gr.Checkbox(
                False, label=say("train.image_model.consent"), info=say("train.image_model.consent_info"),
                elem_id="image_model-consent",
            )  # fmt: skip
    return group, files, side, consent


def on_family(family: str) -> Update:
    """Show the settings of this family."""
    return {"groups": {name: gr.Group(visible=name == family) for name in image_model.HOT_SETTINGS}}


def on_chosen(data: str) -> Update:
    """Missing pictures get a sentence."""
    missing = registry.missing(data)
    return {"notice": notice(missing, "warning")} if missing else {}


def on_reset() -> Update:
    """Set the settings to their defaults; a run on the page keeps its own until they are applied."""
    settings = {
        family: {name: item.default for name, item in fields.items()}
        for family, fields in image_model.HOT_SETTINGS.items()
    }
    remark = notice(say("train.tab.at_defaults"), "ok")
    return {"notice": remark, "settings": settings, "steps": image_model.STEPS_AT_FIRST, "seed": 0}


def on_data(data: str) -> Update:
    """Show the upload of own pictures if they are chosen; without the pictures, nothing can start."""
    missing = registry.missing(data)
    return {
        "own_pictures": gr.Group(visible=data == "folder"),
        "start": gr.Button(interactive=not missing),
    }
