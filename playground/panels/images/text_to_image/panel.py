"""From words: a sentence drawn by any text-to-image pipeline of the Hub, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.images.text_to_image_request import TextToImageRequest, suggested_pipeline
from playground.panels.images.picture_file import save_after
from playground.panels.images.shared import ImagesShared
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
from playground.ui.panel_protocol import Panel

NAME, TITLE = "text_to_image", "From words"
FORMER_NAMES = ("words",)


@dataclass(frozen=True)
class TextToImageComponents:
    """The components of the panel.

    settings: by the fields of TextToImageRequest.  request: gr.State of a request whose pipeline is here, or None.
    expected: gr.State of the recipe that was opened.  result: gr.State of TextToImageResult.
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


def build(item: gr.Tab, shared: ImagesShared) -> Panel:
    """Builds and connects the panel. It has settings of its own."""
    introduction(
        "A picture drawn from a sentence by a large diffusion model, such as Stable Diffusion.",
        "Write what it should show, press Draw, and go back through the steps from noise to picture.",
        "The seed makes the first noise, and the words steer every step: same words and seed, same picture.",
    )
    with gr.Row():
        with gr.Column(scale=2, min_width=320):
            settings, about = _build_settings()
        with gr.Column(scale=3, min_width=320):
            with gr.Row(elem_classes="pg-actions"):
                run = gr.Button("Draw", variant="primary", elem_id="words-draw")
                stop = gr.Button("Stop", elem_id="words-stop")
                save = gr.Button("Download PNG", elem_id="words-png")
            note = notice_view(elem_id="words-notice")
            picture = text_to_image_view(elem_id="words-picture")
    components = TextToImageComponents(
        settings=settings, about=about, request=gr.State(None), expected=gr.State(None), result=gr.State(None),
        picture=picture, notice=note, query=gr.Textbox(visible="hidden", elem_id="words-query"),
        file=gr.Textbox(visible="hidden", elem_id="words-file"),
    )  # fmt: skip
    _connect(components, run, stop, save)
    return Panel(
        NAME, item, components,
        restore=restore, restored=("settings", "expected", "about", "notice"),
        replay=replay, replayed=RUN_OUTPUTS, stops=[stop],
    )  # fmt: skip


def _build_settings() -> tuple[dict[str, Any], gr.HTML]:
    """A component for each field of TextToImageRequest, in its order; and the notice about the model."""
    names = menu()
    known = suggested_pipeline(names[0])
    steps, guidance = (known.steps, known.guidance) if known else (20, 7.5)
    start = TextToImageRequest(names[0], "", steps=steps, guidance=guidance)
    settings: dict[str, Any] = {}
    settings["model"] = gr.Dropdown(
        names, value=start.model, allow_custom_value=True, label="Model: one of these, or any Hub id",
        elem_id="words-model",
        info="These draw in few steps. Any text-to-image pipeline of diffusers works; a model's own code is never run.",
    )  # fmt: skip
    about = notice_view(about_value(start.model), elem_id="words-about")
    settings["prompt"] = gr.Textbox(
        "A red lighthouse on a cliff, watercolour", label="What the picture should show", lines=2, max_lines=6,
        elem_id="words-prompt",
    )  # fmt: skip
    settings["negative_prompt"] = gr.Textbox(
        label="What it should not show", max_lines=3, elem_id="words-negative",
        info="Only counts where the model takes it, and with guidance above 1.",
    )  # fmt: skip
    with gr.Row():
        # No limits on the boxes: Gradio would answer with a sentence of its own, in another place.
        settings["steps"] = gr.Number(start.steps, label="Steps", elem_id="words-steps", min_width=110)
        settings["guidance"] = gr.Number(start.guidance, label="Guidance", elem_id="words-guidance", min_width=110)
        settings["seed"] = gr.Number(0, label="Seed", precision=0, elem_id="words-seed", min_width=110)
    with gr.Row():
        # Textboxes: an empty Number is 0.
        for side in ("width", "height"):
            settings[side] = gr.Textbox(
                label=side.capitalize(), placeholder="its own", max_lines=1, min_width=110, elem_id=f"words-{side}"
            )
    gr.Markdown(
        "Choosing a suggested model sets the steps and the guidance that it was made for. Width and height are in "
        "pixels; empty means the model's own. A downloaded PNG can be opened again in the panel Draw: it is drawn "
        "again, and compared.",
        elem_classes="pg-hint",
    )
    return settings, about


def _connect(components: TextToImageComponents, run: gr.Button, stop: gr.Button, save: gr.Button) -> None:
    settings = components.settings
    described = call(on_model, components, [settings["model"]], ["about", "settings"])
    settings["model"].input(**described, queue=False, **QUIET)
    # A download takes minutes and no processor: it does not hold up those who run models.
    fetching = call(on_fetch, components, ["settings"], ["request", "settings", "about", "notice"])
    fetched = gr.on([run.click, settings["prompt"].submit], **fetching, **QUIET)
    running = call(on_run, components, ["request", "expected"], RUN_OUTPUTS)
    generated = fetched.then(**running, **QUIET, **MODEL_QUEUE)
    stop.click(None, None, None, cancels=[fetched, generated], api_visibility="private")
    stop.click(**call(on_stop, components, ["settings"], ["notice"]), queue=False, js=AFTER_CANCEL, **QUIET)
    save_after(save.click(**call(on_download, components, ["result"], ["file", "notice"]), **QUIET), components.file)
