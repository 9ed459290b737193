"""The facts of the chosen model, and the form that downloads another from the Hugging Face Hub."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.language.model_menu import fetch_from_hub, machine_sentence, model_choices, model_facts
from playground.ui.events import QUIET
from playground.ui.hub_fetch import connect_hub_fetch
from playground.ui.notice import facts_view, notice_view


def card(name: str) -> dict[str, Any]:
    """A value for facts_view: the facts of a model, and of this machine."""
    try:
        facts = model_facts(name)
    except PlaygroundError as error:
        return {"rows": [{"name": say("shared.model"), "text": str(error)}]}
    size = {"parameters": facts.parameters / 1e6, "bytes": facts.size_bytes}
    decoders = ", ".join(say(f"text.model_facts.decoder_{decoder}") for decoder in facts.decoders)
    sha256 = facts.weights_sha256[:16]
    texts = {
        "licence": facts.licence,
        "size": say("text.model_facts.size_text", **size),
        "source": facts.source,
        "trained_on": facts.trained_on,
        "notes": facts.notes,
        "decoders": decoders or say("text.model_facts.not_fetched"),
        "weights": say("text.model_facts.weights_text", sha256=sha256) if sha256 else "",
        "machine": machine_sentence(),
    }
    rows = [{"name": say(f"shared.model_facts.{name}"), "text": text} for name, text in texts.items() if text]
    if facts.licence:
        rows[0]["link"] = facts.licence_url
    return {"rows": [{"name": say("shared.model"), "text": facts.title}, *rows]}


def build_model_card(model: gr.Dropdown) -> gr.HTML:
    """The folds under the menu of models: the facts of the chosen one, returned, and a download from the Hub."""
    with gr.Accordion(say("shared.model_facts.about"), open=False):
        about = facts_view()
    with gr.Accordion(say("text.hub.title"), open=False):
        gr.Markdown(say("shared.hub_fetch.help"))
        repo_id = gr.Textbox(
            label=say("shared.model_id"),
            placeholder="HuggingFaceTB/SmolLM2-360M-Instruct",
            max_lines=1,
            elem_id="hub-id",
        )
        fetch = gr.Button(say("shared.fetch"), elem_id="hub-fetch")
        note = notice_view()
    model.change(card, model, about, **QUIET)
    connect_hub_fetch(fetch, repo_id, model, note, fetch_from_hub, model_choices)
    return about
