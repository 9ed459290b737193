"""From words: any text-to-image pipeline of the Hub draws a sentence, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.images.settings import TEXT_TO_IMAGE
from playground.images.text_to_image_request import TextToImageRequest, suggested_pipeline
from playground.panels.images.image_file import save_after
from playground.panels.images.shared import ImagesShared
from playground.panels.images.text_to_image.example import on_example
from playground.panels.images.text_to_image.handlers import (
    RUN_OUTPUTS,
    about_value,
    menu,
    on_download,
    on_fetch,
    on_model,
    on_run,
    on_stop,
    replay,
    restore,
)
from playground.panels.images.text_to_image.view import text_to_image_view
from playground.ui.events import AFTER_CANCEL, MODEL_QUEUE, QUIET, call
from playground.ui.notice import notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_protocol import Example, Panel
from playground.ui.result_settings import result_settings
from playground.ui.setting_controls import setting_control

NAME = "text_to_image"
FORMER_NAMES = ("words",)


@dataclass(frozen=True)
class TextToImageComponents:
    """The components of the panel.

    settings: by the fields of TextToImageRequest.  request: gr.State of a request whose pipeline is here, or None.
    expected: gr.State of the recipe that was opened.  result: gr.State of TextToImageResult.
    carried: the settings of the picture, see ui/result_settings.py: a run's, whatever was typed while it waited.
    """

    settings: Mapping[str, Any]
    about: gr.HTML
    request: gr.State
    expected: gr.State
    result: gr.State
    picture: gr.HTML
    notice: gr.HTML
    query: gr.Textbox
    file: gr.Textbox
    carried: gr.Textbox


def build(item: gr.Tab, shared: ImagesShared) -> Panel:
    """Builds and connects the panel, which has its own settings column."""
    introduction("images.text_to_image")
    with gr.Row(elem_classes="pg-words-row"):
        with gr.Column(scale=2, min_width=320):
            settings, about = _build_settings()
        with gr.Column(scale=3, min_width=320):
            with gr.Row(elem_classes="pg-actions"):
                run = gr.Button(say("images.draw.run"), variant="primary", elem_id="text-to-image-run")
                stop = gr.Button(say("shared.stop"), elem_id="text-to-image-stop")
                save = gr.Button(say("images.card.png"), elem_id="text-to-image-png")
            note = notice_view(elem_id="text-to-image-notice")
            picture = text_to_image_view(elem_id="text-to-image-picture")
    components = TextToImageComponents(
        settings=settings, about=about, request=gr.State(None), expected=gr.State(None), result=gr.State(None),
        picture=picture, notice=note, query=gr.Textbox(visible="hidden", elem_id="text-to-image-query"),
        file=gr.Textbox(visible="hidden", elem_id="text-to-image-file"),
        carried=result_settings(settings, [picture]).carried,
    )  # fmt: skip
    _connect(components, run, stop, save)
    example = Example(call(on_example, components, [], ["picture", "notice"]))
    return Panel(
        NAME, item, components, example=example,
        restore=restore, restored=("settings", "expected", "about", "notice"),
        replay=replay, replayed=RUN_OUTPUTS, stops=[stop],
        link_defaults={"prompt": settings["prompt"].value},
    )  # fmt: skip


def _build_settings() -> tuple[dict[str, Any], gr.HTML]:
    """A component for each field of TextToImageRequest, in its order; and the notice about the model."""
    names = menu()
    suggestion = suggested_pipeline(names[0])
    steps, guidance = (suggestion.steps, suggestion.guidance) if suggestion else (20, 7.5)
    start = TextToImageRequest(names[0], "", steps=steps, guidance=guidance)
    settings: dict[str, Any] = {}
    settings["model"] = gr.Dropdown(
        names, value=start.model, allow_custom_value=True, label=say("images.text_to_image.model"),
        elem_id="text-to-image-model",
        info=say("images.text_to_image.model_info"),
    )  # fmt: skip
    about = notice_view(about_value(start.model), elem_id="text-to-image-about")
    settings["prompt"] = gr.Textbox(
        "A red lighthouse on a cliff, watercolour", label=say("images.text_to_image.prompt"), lines=2, max_lines=6,
        elem_id="text-to-image-prompt",
    )  # fmt: skip
    settings["negative_prompt"] = gr.Textbox(
        label=say("images.text_to_image.negative_prompt"), max_lines=3, elem_id="text-to-image-negative",
        info=say("images.text_to_image.negative_prompt_info"),
    )  # fmt: skip
    with gr.Row():
        # No limits on the boxes: Gradio would show its own message, elsewhere.
        for name, item in TEXT_TO_IMAGE.items():
            settings[name] = setting_control(item, "text-to-image", value=getattr(start, name), min_width=110)
        settings["seed"] = gr.Number(
            0, label=say("shared.seed"), precision=0, elem_id="text-to-image-seed", min_width=110
        )
    with gr.Row():
        # Textboxes: an empty Number is 0.
        for side in ("width", "height"):
            settings[side] = gr.Textbox(
                label=say(f"images.text_to_image.{side}"),
                placeholder=say("images.text_to_image.size_placeholder"),
                max_lines=1,
                min_width=110,
                elem_id=f"text-to-image-{side}",
            )
    gr.Markdown(say("images.text_to_image.hint"), elem_classes="pg-hint")
    return settings, about


def _connect(components: TextToImageComponents, run: gr.Button, stop: gr.Button, save: gr.Button) -> None:
    settings = components.settings
    described = call(on_model, components, [settings["model"]], ["about", "settings"])
    settings["model"].input(**described, queue=False, **QUIET)
    # A download takes minutes but no processor time, so it does not join the queue for models.
    fetching = call(on_fetch, components, ["settings"], ["request", "settings", "about", "notice"])
    fetched = gr.on([run.click, settings["prompt"].submit], **fetching, **QUIET)
    running = call(on_run, components, ["request", "expected"], RUN_OUTPUTS)
    generated = fetched.then(**running, **QUIET, **MODEL_QUEUE)
    stop.click(None, None, None, cancels=[fetched, generated], api_visibility="private")
    stop.click(**call(on_stop, components, ["settings"], ["notice"]), queue=False, js=AFTER_CANCEL, **QUIET)
    save_after(save.click(**call(on_download, components, ["result"], ["file", "notice"]), **QUIET), components.file)
