"""The controls of a training of pictures: its settings by family, and where a visitor's own pictures are uploaded."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.experiments import image_model, user_images
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
