"""From words: a sentence drawn by any text-to-image pipeline of the Hub, step by step, with its recipe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.images.text_to_image_request import TextToImageRequest, suggested_pipeline
from playground.panels.images.text_to_image.handlers import (
    about,
    menu,
    on_download,
    on_draw,
    on_fetch,
    on_model,
    on_opened,
    on_stop,
)
from playground.panels.images.text_to_image.view import painting_view
from playground.ui.events import AFTER_CANCEL, MODEL_QUEUE, QUIET
from playground.ui.notice import notice_view
from playground.ui.panel_intro import lead
from playground.ui.view import SHOW_QUERY


@dataclass(frozen=True)
class Painter:
    """The components of the panel.

    settings: one for each field of WordsRequest.  ready: gr.State of a request whose pipeline is here, or None.
    expected: gr.State of the recipe that was opened.  made: gr.State of Painted.
    """

    settings: dict[str, Any]
    about: gr.HTML
    stop: gr.Button
    ready: gr.State
    expected: gr.State
    made: gr.State
    picture: gr.HTML
    notice: gr.HTML
    query: gr.Textbox
    file: gr.Textbox

    def streamed(self) -> list[Any]:
        """What a run fills."""
        return [self.made, self.picture, self.notice, self.query]


def wire_opened(event: Any, pending: gr.State, tabs: gr.Tabs, painter: Painter) -> None:
    """After a recipe has come (pending holds it): if it is a picture from words, this panel shows and draws it."""
    outputs = [tabs, painter.ready, painter.expected, painter.about, painter.notice, *painter.settings.values()]
    drawn = event.then(on_opened, pending, outputs, queue=False, **QUIET).then(
        on_draw, [painter.ready, painter.expected], painter.streamed(), **QUIET, **MODEL_QUEUE
    )
    painter.stop.click(None, None, None, cancels=[drawn], api_visibility="private")


def build_words() -> Painter:
    """The panel, wired but for what a link or a file brings (wire_opened)."""
    lead(
        "A picture drawn from a sentence by a large diffusion model, such as Stable Diffusion.",
        "Write what it should show, press Draw, and go back through the steps from noise to picture.",
        "The seed makes the first noise, and the words steer every step: same words and seed, same picture.",
    )
    with gr.Row():
        with gr.Column(scale=2, min_width=320):
            settings, told = _build_settings()
        with gr.Column(scale=3, min_width=320):
            with gr.Row(elem_classes="pg-actions"):
                run = gr.Button("Draw", variant="primary", elem_id="words-draw")
                stop = gr.Button("Stop", elem_id="words-stop")
                save = gr.Button("Download PNG", elem_id="words-png")
            note = notice_view(elem_id="words-notice")
            picture = painting_view(elem_id="words-picture")
            link = gr.Textbox(
                label="Link to exactly this picture", interactive=False, buttons=["copy"], max_lines=2,
                elem_id="words-link", placeholder="Draw, and the link appears here",
                info="Or open the downloaded PNG in the panel Draw: it is drawn again, and compared.",
            )  # fmt: skip
    painter = Painter(
        settings=settings, about=told, stop=stop, ready=gr.State(None), expected=gr.State(None), made=gr.State(None),
        picture=picture, notice=note, query=gr.Textbox(visible="hidden", elem_id="words-query"),
        file=gr.Textbox(visible="hidden", elem_id="words-file"),
    )  # fmt: skip
    _wire(painter, run, save, link)
    return painter


def _build_settings() -> tuple[dict[str, Any], gr.HTML]:
    """A component for each field of WordsRequest, in its order; and the line about the model."""
    names = menu()
    known = suggested_pipeline(names[0])
    start = TextToImageRequest(
        names[0], "", steps=known.steps if known else 20, guidance=known.guidance if known else 7.5
    )
    made: dict[str, Any] = {}
    made["model"] = gr.Dropdown(
        names, value=start.model, allow_custom_value=True, label="Model: one of these, or any Hub id",
        elem_id="words-model",
        info="These draw in few steps. Any text-to-image pipeline of diffusers works; a model's own code is never run.",
    )  # fmt: skip
    told = notice_view(about(start.model), elem_id="words-about")
    made["prompt"] = gr.Textbox(
        "A red lighthouse on a cliff, watercolour", label="What the picture should show", lines=2, max_lines=6,
        elem_id="words-prompt",
    )  # fmt: skip
    made["negative_prompt"] = gr.Textbox(
        label="What it should not show", max_lines=3, elem_id="words-negative",
        info="Only counts where the model takes it, and with guidance above 1.",
    )  # fmt: skip
    with gr.Row():
        # No limits on the boxes: the page would answer with a sentence of its own, in another place.
        made["steps"] = gr.Number(start.steps, label="Steps", elem_id="words-steps", min_width=110)
        made["guidance"] = gr.Number(start.guidance, label="Guidance", elem_id="words-guidance", min_width=110)
        made["seed"] = gr.Number(0, label="Seed", precision=0, elem_id="words-seed", min_width=110)
    with gr.Row():
        # Boxes of text: an empty box of a number says 0.
        for side in ("width", "height"):
            made[side] = gr.Textbox(
                label=side.capitalize(), placeholder="its own", max_lines=1, min_width=110, elem_id=f"words-{side}"
            )
    gr.Markdown(
        "Choosing a suggested model sets the steps and the guidance that it was made for. Width and height are in "
        "pixels; empty means the model's own.",
        elem_classes="pg-hint",
    )
    return made, told


def _wire(painter: Painter, run: gr.Button, save: gr.Button, link: gr.Textbox) -> None:
    model, settings = painter.settings["model"], list(painter.settings.values())
    model.input(
        on_model, model, [painter.about, painter.settings["steps"], painter.settings["guidance"]], queue=False, **QUIET
    )
    # Fetching takes minutes and no processor: it does not hold up those who run models.
    fetched = gr.on(
        [run.click, painter.settings["prompt"].submit], on_fetch, settings,
        [painter.ready, model, painter.about, painter.notice], **QUIET,
    )  # fmt: skip
    drawn = fetched.then(on_draw, [painter.ready, painter.expected], painter.streamed(), **QUIET, **MODEL_QUEUE)
    painter.stop.click(None, None, None, cancels=[fetched, drawn], api_visibility="private")
    painter.stop.click(on_stop, model, painter.notice, queue=False, js=AFTER_CANCEL, **QUIET)
    saved = save.click(on_download, painter.made, [painter.file, painter.notice], **QUIET)
    saved.then(None, painter.file, None, js="message => window.playground.save(message)", api_visibility="private")
    painter.query.change(None, painter.query, link, js=SHOW_QUERY, api_visibility="private")
