"""The choice of a language model: a menu, and a fold that fetches another model from the Hub."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.language.model_menu import fetch_from_hub, model_choices, model_facts
from playground.language.text_request import DEFAULT_MODEL
from playground.ui.hub_fetch import connect_hub_fetch
from playground.ui.model_dropdown import refresh_on_focus
from playground.ui.notice import notice_view


def build_model_choice(panel: str) -> gr.Dropdown:
    """The menu and its fold. panel: prefix of the element ids."""
    model = gr.Dropdown(
        model_choices(), value=DEFAULT_MODEL, label=say("shared.model"), elem_id=f"{panel}-model",
        info=say("bias.model.info"),
    )  # fmt: skip
    with gr.Accordion(say("bias.model.another"), open=False):
        gr.Markdown(say("shared.hub_fetch.help"))
        repo_id = gr.Textbox(
            label=say("shared.model_id"),
            placeholder="HuggingFaceTB/SmolLM2-360M",
            max_lines=1,
            elem_id=f"{panel}-hub-id",
        )
        fetch = gr.Button(say("shared.fetch"), elem_id=f"{panel}-hub-fetch")
        note = notice_view()
    refresh_on_focus(model, model_choices)
    connect_hub_fetch(fetch, repo_id, model, note, fetch_from_hub, model_choices)
    return model


def restored_model(name: str) -> Any:
    """The menu with a link's model selected. Raises PlaygroundError if there is no model of that name."""
    model_facts(name)
    return gr.Dropdown(choices=model_choices(name), value=name)
