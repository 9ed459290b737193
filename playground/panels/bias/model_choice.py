"""The language model of a panel: a menu, and a fold that fetches another from the Hub."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.language.model_menu import fetch_from_hub, model_facts, model_names
from playground.language.text_request import DEFAULT_MODEL
from playground.ui.hub_fetch import connect_hub_fetch
from playground.ui.model_dropdown import refresh_on_focus
from playground.ui.notice import notice_view


def build_model_choice(panel: str) -> gr.Dropdown:
    """The menu, with the fold that fetches another. panel: its name, before the elements' ids."""
    model = gr.Dropdown(
        model_names(), value=DEFAULT_MODEL, label="Model", elem_id=f"{panel}-model",
        info="It was trained on text from the web; what it prefers, it has from there.",
    )  # fmt: skip
    with gr.Accordion("Another model, from the Hub…", open=False):
        gr.Markdown("Any causal language model by its id. Needs a network; a model's own code is never run.")
        repo_id = gr.Textbox(
            label="Model id", placeholder="HuggingFaceTB/SmolLM2-360M", max_lines=1, elem_id=f"{panel}-hub-id"
        )
        fetch = gr.Button("Fetch", elem_id=f"{panel}-hub-fetch")
        note = notice_view()
    refresh_on_focus(model, model_names)
    connect_hub_fetch(fetch, repo_id, model, note, fetch_from_hub, model_names)
    return model


def restored_model(name: str) -> Any:
    """The menu with the model of a link chosen. Raises PlaygroundError for a name that is not a model's."""
    model_facts(name)
    names = model_names()
    return gr.Dropdown(choices=names if name in names else [*names, name], value=name)
