"""Beam search as a tree of competing texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.core.recipe import Recipe, Setting
from playground.language.beam_search import beam_search
from playground.language.remarks import shared_start
from playground.panels.text import result_links
from playground.panels.text.beam_search.view import beam_search_view
from playground.panels.text.controls import TextShared, request_of, running_query
from playground.ui.events import Update, call
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_protocol import Panel
from playground.ui.result_settings import result_settings

NAME = "beam_search"
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
    file: gr.Textbox


def build(item: gr.Tab, shared: TextShared) -> Panel:
    """Builds the panel and its events."""
    introduction("text.beam_search")
    with gr.Row(elem_classes="pg-own-settings"):
        width = gr.Slider(2, 8, value=4, step=1, label=say("text.beam_search.beams"), elem_id="beam-search-width")
        steps = gr.Slider(1, 60, value=12, step=1, label=say("text.beam_search.steps"), elem_id="beam-search-steps")
        length_penalty = gr.Slider(
            0, 2, value=1, step=0.1, label=say("text.beam_search.length_penalty"), elem_id="beam-search-penalty",
            info=say("text.beam_search.length_penalty_info"),
        )  # fmt: skip
    with gr.Row(elem_classes="pg-actions"):
        run = gr.Button(say("text.beam_search.run"), variant="primary", elem_id="beam-search")
        stop = gr.Button(say("shared.stop"), elem_id="beam-search-stop")
        file = result_links.connect_download(NAME, "beam-search")
    components = BeamSearchComponents(
        width, steps, length_penalty, run, stop, notice_view(), beam_search_view(elem_id="beam-search-view"),
        gr.Textbox(visible="hidden", elem_id="beam-search-query"), file,
    )  # fmt: skip
    inputs = ["width", "steps", "length_penalty", "controls"]
    names = ("mode", "prompt", "system", "model", "decoder", "repetition_penalty")
    settings = {name: shared.controls[name] for name in names}
    own = {"beams": width, "beam_steps": steps, "length_penalty": length_penalty}
    settings |= own
    result = result_settings(settings, [components.tree])
    outputs = ["tree", "notice", "query", "file"]
    search = call(on_search, (components, shared), inputs, outputs)
    running = result_links.Run(search, outputs, result, own, lambda recipe: on_replay(recipe, own))
    return result_links.connect_panel(NAME, item, components, shared, running)


def on_search(width: Any, steps: Any, length_penalty: Any, controls: Mapping[str, Any]) -> Iterator[Update]:
    """Grows the tree step by step."""
    request = replace(request_of(controls), max_new_tokens=int(steps), forced=())
    own: dict[str, Setting] = {"beams": int(width), "beam_steps": int(steps), "length_penalty": length_penalty}
    yield {"query": running_query(request_of(controls), NAME, own)}  # before the first step, which may take a second
    search = None
    for search in beam_search(request, width, length_penalty):
        progress = notice(say("text.beam_search.progress", step=len(search.steps), most=int(steps)))
        yield {"tree": search.to_json(), "notice": progress}
    if search is not None:
        done = say("text.beam_search.done", count=len(search.results))
        result = notice(f"{done} {shared_start(search)}".strip())
        texts = [[list(beam.ids), round(beam.score, 3)] for beam in search.results]
        recipe = result_links.result_recipe(NAME, request_of(controls), own, texts)
        yield {"tree": search.to_json(), "notice": result, **result_links.finished(recipe, search.to_json())}


def on_replay(recipe: Recipe, components: Mapping[str, Any]) -> Iterator[Update]:
    """Searches again with the settings of a link. components: by their names in links."""
    own = result_links.own_settings(recipe, components)
    search = on_search(own["beams"], own["beam_steps"], own["length_penalty"], result_links.controls_of(recipe))
    yield from result_links.replayed(recipe, search)
