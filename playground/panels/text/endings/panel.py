"""Many endings: several texts from one prompt, and how often each next word came beside its probability."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.core.recipe import Recipe
from playground.core.throttle import throttle
from playground.language.endings import LEAST, MOST, Endings, fan_tree, first_tokens, parse_count, write_endings
from playground.language.remarks import likeliest_start
from playground.panels.text import result_links
from playground.panels.text.controls import TextShared, request_of, running_query
from playground.panels.text.endings.view import endings_view
from playground.ui.events import Update, call
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_protocol import Panel
from playground.ui.result_settings import result_settings

NAME = "endings"
_UPDATE_SECONDS = 0.3


@dataclass(frozen=True)
class EndingsComponents:
    """The components of the panel. file: hidden, see result_links.connect_download."""

    count: gr.Slider
    run: gr.Button
    stop: gr.Button
    notice: gr.HTML
    fan: gr.HTML
    query: gr.Textbox
    file: gr.Textbox


def build(item: gr.Tab, shared: TextShared) -> Panel:
    """Builds the panel and its events."""
    introduction("text.endings")
    with gr.Row(elem_classes="pg-actions"):
        run = gr.Button(say("text.endings.run"), variant="primary", elem_id="endings")
        stop = gr.Button(say("shared.stop"), elem_id="endings-stop")
        file = result_links.connect_download(NAME, "endings")
    note, fan = notice_view(), endings_view(elem_id="endings-view")
    count = gr.Slider(
        LEAST, MOST, value=8, step=1, label=say("text.endings.count"), elem_id="endings-count",
        info=say("text.endings.count_info"),
    )  # fmt: skip
    query = gr.Textbox(visible="hidden", elem_id="endings-query")
    components = EndingsComponents(count, run, stop, note, fan, query, file)
    own = {"endings": count}
    result = result_settings({**shared.controls, **own}, [fan])
    outputs = ["fan", "notice", "query", "file"]
    writing = call(on_write, (components, shared), ["count", "controls"], outputs)
    running = result_links.Run(writing, outputs, result, own, lambda recipe: on_replay(recipe, own))
    return result_links.connect_panel(NAME, item, components, shared, running)


def on_write(count: Any, controls: Mapping[str, Any]) -> Iterator[Update]:
    """Writes the texts, and lets the tree grow."""
    request, count = request_of(controls), parse_count(count)
    query = running_query(request, NAME, {"endings": count})
    endings: Endings | None = None
    for endings in throttle(write_endings(request, count), _UPDATE_SECONDS):
        progress = notice(say("text.endings.progress", place=len(endings.texts), count=count))
        yield {"fan": fan_value(endings), "notice": progress, "query": query}
    assert endings is not None
    came = sum(row["count"] > 0 for row in first_tokens(endings.texts))
    done = notice(f"{say('text.endings.done', count=came, texts=count)} {likeliest_start(endings)}".strip())
    ids = [[token.id for token in text.tokens] for text in endings.texts]
    recipe = result_links.result_recipe(NAME, request, {"endings": count}, ids)
    yield {"fan": fan_value(endings), "notice": done, **result_links.finished(recipe, endings.to_json())}


def fan_value(endings: Endings) -> dict[str, Any]:
    """A value for endings_view."""
    started = [text for text in endings.texts if text.tokens]
    prompt = endings.texts[0].request.prompt
    return {"prompt": prompt, "count": endings.count, "texts": len(started), "tree": fan_tree(started)}


def on_replay(recipe: Recipe, components: Mapping[str, Any]) -> Iterator[Update]:
    """Writes the texts of a link again. components: the number of texts, by its name in links."""
    own = result_links.own_settings(recipe, components)
    yield from result_links.replayed(recipe, on_write(own["endings"], result_links.controls_of(recipe)))
