"""Which model writes: the menu's card, the machine, and "From the Hub…"."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.language.model_menu import fetch_from_hub, machine_sentence, model_facts, model_names
from playground.ui.events import QUIET
from playground.ui.hub_fetch import connect_hub_fetch
from playground.ui.notice import facts_view, notice_view


def card(name: str) -> dict[str, Any]:
    """A model's facts for the facts view, with the machine that it runs on."""
    try:
        facts = model_facts(name)
    except PlaygroundError as error:
        return {"rows": [{"name": "Model", "text": str(error)}]}
    decoders = {"open": "open (torch)", "fast": "fast (onnxruntime, int8)"}
    rows = [
        {"name": "Model", "text": facts.title},
        {"name": "Licence", "text": facts.licence, "link": facts.licence_url},
        {
            "name": "Size",
            "text": f"{facts.parameters / 1e6:,.0f} million parameters, a download of {facts.size_bytes / 1e6:,.0f} MB",
        },
        {"name": "Source", "text": facts.source},
        {"name": "Trained on", "text": facts.trained_on},
        {"name": "Good to know", "text": facts.notes},
        {"name": "Decoders here", "text": ", ".join(decoders[name] for name in facts.decoders) or "not fetched yet"},
        {"name": "Weights", "text": f"sha256 {facts.weights_sha256[:16]}…" if facts.weights_sha256 else ""},
        {"name": "This machine", "text": machine_sentence()},
    ]
    return {"rows": [row for row in rows if row["text"]]}


def build_model_card(model: gr.Dropdown) -> gr.HTML:
    """What is under the menu of models: its card, which is returned, and a way to fetch another from the Hub."""
    with gr.Accordion("About this model", open=False):
        about = facts_view()
    with gr.Accordion("From the Hub…", open=False):
        gr.Markdown("Any causal language model by its id. Needs a network; a model's own code is never run.")
        repo_id = gr.Textbox(
            label="Model id", placeholder="HuggingFaceTB/SmolLM2-360M-Instruct", max_lines=1, elem_id="hub-id"
        )
        fetch = gr.Button("Fetch", elem_id="hub-fetch")
        note = notice_view()
    model.change(card, model, about, **QUIET)
    connect_hub_fetch(fetch, repo_id, model, note, fetch_from_hub, model_names)
    return about
