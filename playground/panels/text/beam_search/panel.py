"""Beam search: the tree of texts that the model weighs against each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.language.beam_search import beam_search
from playground.panels.text.beam_search.view import beam_view
from playground.panels.text.controls import Controls, request_of
from playground.ui.events import MODEL_QUEUE, QUIET, stop_button
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import lead

_SKIP: Any = gr.skip()


def on_beams(width: Any, steps: Any, length_penalty: Any, *values: Any) -> Iterator[tuple[Any, Any]]:
    """Grows the tree, step by step."""
    try:
        request = replace(request_of(values), max_new_tokens=int(steps), forced=())
        search = None
        for search in beam_search(request, width, length_penalty):
            yield search.to_json(), notice(f"Step {len(search.steps)} of at most {int(steps)}.")
        if search is not None:
            found = (
                f"{len(search.results)} texts, best first. Beam search draws nothing: the seed and the cuts "
                "play no part."
            )
            yield search.to_json(), notice(found)
    except PlaygroundError as error:
        yield _SKIP, notice(str(error), "error")


def build_beams(controls: Controls) -> dict[str, Any]:
    """The panel; returns its own settings by their names in a link."""
    lead(
        "Beam search draws no token: it keeps the few best texts so far, extends each, and keeps the best again.",
        "Change the number of beams; point at a token to see its sum.",
        "A score is the text's log-probability divided by its length. The likeliest text is often a dull one.",
    )
    with gr.Row():
        width = gr.Slider(2, 8, value=4, step=1, label="Beams", elem_id="beam-width")
        steps = gr.Slider(1, 60, value=12, step=1, label="Most steps", elem_id="beam-steps")
        penalty = gr.Slider(
            0, 2, value=1, step=0.1, label="Length penalty", elem_id="beam-penalty",
            info="The power of the length that a score is divided by. 0 favours short texts.",
        )  # fmt: skip
    with gr.Row(elem_classes="pg-actions"):
        run = gr.Button("Search", variant="primary", elem_id="beam")
        stop = gr.Button("Stop", elem_id="beam-stop")
    note, view = notice_view(), beam_view(elem_id="beam-view")
    started = run.click(on_beams, [width, steps, penalty, *controls.inputs()], [view, note], **QUIET, **MODEL_QUEUE)
    stop_button(stop, started, note)
    return {"beams": width, "beam_steps": steps, "length_penalty": penalty}
