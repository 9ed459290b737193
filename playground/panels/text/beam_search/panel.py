"""Beam search: the tree of texts that the model weighs against each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from playground.language.beam_search import beam_search
from playground.panels.text.beam_search.view import beam_search_view
from playground.panels.text.controls import TextShared, request_of, restore_settings
from playground.ui.events import MODEL_QUEUE, QUIET, Update, call, connect_stop
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_protocol import Panel

NAME, TITLE = "beam_search", "Beam search"
FORMER_NAMES = ("beam",)


@dataclass(frozen=True)
class BeamSearchComponents:
    """The components of the panel."""

    width: gr.Slider
    steps: gr.Slider
    length_penalty: gr.Slider
    run: gr.Button
    stop: gr.Button
    notice: gr.HTML
    tree: gr.HTML
    query: gr.Textbox


def build(item: gr.Tab, shared: TextShared) -> Panel:
    """The panel and its events."""
    introduction(
        "Beam search draws no token: it keeps the few best texts so far, extends each, and keeps the best again.",
        "Change the number of beams; point at a token to see its sum.",
        "A score is the text's log-probability divided by its length. The likeliest text is often a dull one.",
    )
    with gr.Row():
        width = gr.Slider(2, 8, value=4, step=1, label="Beams", elem_id="beam-width")
        steps = gr.Slider(1, 60, value=12, step=1, label="Most steps", elem_id="beam-steps")
        length_penalty = gr.Slider(
            0, 2, value=1, step=0.1, label="Length penalty", elem_id="beam-penalty",
            info="The power of the length that a score is divided by. 0 favours short texts.",
        )  # fmt: skip
    with gr.Row(elem_classes="pg-actions"):
        run = gr.Button("Search", variant="primary", elem_id="beam")
        stop = gr.Button("Stop", elem_id="beam-stop")
    components = BeamSearchComponents(
        width, steps, length_penalty, run, stop, notice_view(), beam_search_view(elem_id="beam-view"),
        gr.Textbox(visible="hidden", elem_id="beam-query"),
    )  # fmt: skip
    inputs = ["width", "steps", "length_penalty", "controls"]
    search = call(on_search, (components, shared), inputs, ["tree", "notice"])
    connect_stop(stop, run.click(**search, **QUIET, **MODEL_QUEUE), components.notice)
    shared.linked.update(beams=width, beam_steps=steps, length_penalty=length_penalty)
    return Panel(
        NAME,
        item,
        (components, shared),
        restore=lambda recipe: restore_settings(recipe, shared.linked),
        restored=["controls", "linked", "about", "query"],
    )


def on_search(width: Any, steps: Any, length_penalty: Any, controls: Mapping[str, Any]) -> Iterator[Update]:
    """Grows the tree, step by step."""
    request = replace(request_of(controls), max_new_tokens=int(steps), forced=())
    search = None
    for search in beam_search(request, width, length_penalty):
        progress = notice(f"Step {len(search.steps)} of at most {int(steps)}.")
        yield {"tree": search.to_json(), "notice": progress}
    if search is not None:
        found = (
            f"{len(search.results)} texts, best first. Beam search draws nothing: the seed and the cuts play no part."
        )
        yield {"tree": search.to_json(), "notice": notice(found)}
