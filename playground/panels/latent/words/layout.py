"""The components of the panel Words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.language.word_embeddings import GLOVE, MINILM, default_sentences, neighbours
from playground.latent.interpolation import METHODS
from playground.latent.word_analogy import MAX_ANSWERS
from playground.latent.word_interpolation import MAX_STEPS, MIN_STEPS
from playground.panels.latent.words.data import EXAMPLES, STOPS, space_card
from playground.panels.latent.words.view import word_map_view, word_sum_view, word_walk_view
from playground.ui.notice import facts_view, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_protocol import panel_tabs

#: The boxes of text whose content depends on the kind of space, by their names in a link.
TEXTS = ("plus", "minus", "stops", "extra")
PARTS = ("sum", "walk", "map")


@dataclass(frozen=True)
class WordsComponents:
    """kind: of the space.  part: gr.State of the name of the part in front.  parts: its tabs; items: one for each part.

    find: the beginning of a word.  found: words that begin so; one that is chosen is added under Plus.
    texts_of_kind: gr.State of {kind: {box: a visitor's text}}.  runs: a button for each part.
    """

    kind: gr.Radio
    parts: gr.Tabs
    part: gr.State
    plus: gr.Textbox
    minus: gr.Textbox
    find: gr.Textbox
    found: gr.Radio
    count: gr.Slider
    stops: gr.Textbox
    steps: gr.Slider
    method: gr.Radio
    extra: gr.Textbox
    candidates: gr.Textbox
    texts_of_kind: gr.State
    notice: gr.HTML
    sum: gr.HTML
    walk: gr.HTML
    map: gr.HTML
    about: gr.HTML
    examples: tuple[gr.Button, ...]
    runs: tuple[gr.Button, ...]
    stop: gr.Button
    items: tuple[gr.Tab, ...]
    query: gr.Textbox


def near(request: Any) -> dict[str, Any]:
    """The neighbours of a word, or {"error"}. A server function: outside the queue, to follow the pointer."""
    try:
        nearest = neighbours(request.get("label") if isinstance(request, dict) else request)
        return {"near": [[label, round(cosine, 4)] for label, cosine in nearest]}
    except PlaygroundError as error:
        return {"error": str(error)}


def build_components() -> WordsComponents:
    """Lays out the panel: its introduction, the choice of space, and a tab for each part."""
    introduction("latent.words")
    kinds = [(say("latent.words.glove"), GLOVE), (say("latent.words.minilm"), MINILM)]
    kind = gr.Radio(kinds, value=GLOVE, label=say("latent.words.kind"), elem_id="words-kind", elem_classes="pg-chooses")
    note = notice_view(elem_id="words-notice")
    with panel_tabs("words-parts") as parts:
        with gr.Tab(say("latent.arithmetic.title"), id="sum", elem_id="words-part-sum") as sum_item:
            with gr.Column(elem_classes="pg-asks"):
                plus, minus, count, examples, sum_run, stop = _build_sum()
            sum_view = word_sum_view(elem_id="words-sum")
            with gr.Column(elem_classes="pg-asks"):
                find, found = _build_find()
        with gr.Tab(say("latent.walk.title"), id="walk", elem_id="words-part-walk") as walk_item:
            with gr.Column(elem_classes="pg-asks"):
                stops, steps, method, walk_run = _build_walk()
            walk_view = word_walk_view(elem_id="words-walk")
        with gr.Tab(say("latent.map.title"), id="map", elem_id="words-part-map") as map_item:
            extra, map_run = _build_map()
            map_view = word_map_view(near, elem_id="words-map")
    candidates = gr.Textbox(
        "\n".join(default_sentences()), label=say("latent.words.candidates"), lines=8, max_lines=12,
        visible="hidden", elem_id="words-candidates", info=say("latent.words.candidates_info"),
    )  # fmt: skip
    with gr.Column(elem_classes="pg-rest"), gr.Accordion(say("shared.model_facts.about"), open=False):
        about = facts_view(space_card(GLOVE), elem_id="words-about")
    return WordsComponents(
        kind, parts, gr.State("sum"), plus, minus, find, found, count, stops, steps, method, extra, candidates,
        gr.State({}), note,
        sum_view, walk_view, map_view, about, examples, (sum_run, walk_run, map_run), stop,
        (sum_item, walk_item, map_item), gr.Textbox(visible="hidden"),
    )  # fmt: skip


def _build_sum() -> tuple[Any, ...]:
    with gr.Row():
        plus = gr.Textbox(
            EXAMPLES[GLOVE][0].plus,
            label=say("latent.words.plus"),
            info=say("shared.commas_or_spaces"),
            max_lines=1,
            elem_id="words-plus",
            scale=3,
        )
        minus = gr.Textbox(
            EXAMPLES[GLOVE][0].minus,
            label=say("latent.words.minus"),
            info=say("shared.commas_or_spaces"),
            max_lines=1,
            elem_id="words-minus",
            scale=3,
        )
        count = gr.Slider(
            1, MAX_ANSWERS, value=10, step=1, label=say("latent.words.answers"), elem_id="words-count", scale=2
        )
    with gr.Row(elem_classes="pg-actions"):
        run = gr.Button(say("latent.words.add"), variant="primary", elem_id="words-add")
        stop = gr.Button(say("shared.stop"), elem_id="words-stop")
    gr.Markdown(say("latent.words.try_one"), elem_classes="pg-hint")
    with gr.Row(elem_classes="pg-actions"):
        examples = tuple(
            gr.Button(example.title, size="sm", elem_id=f"words-example-{number}")
            for number, example in enumerate(EXAMPLES[GLOVE], 1)
        )
    return plus, minus, count, examples, run, stop


def _build_find() -> tuple[gr.Textbox, gr.Radio]:
    """The search for a word by its beginning, and what it finds."""
    with gr.Row():
        find = gr.Textbox(
            "", label=say("latent.words.find"), info=say("latent.words.find_info"), max_lines=1, elem_id="words-find",
            scale=2,
        )  # fmt: skip
        found = gr.Radio([], label=say("latent.words.found"), visible="hidden", elem_id="words-found", scale=5)
    return find, found


def _build_walk() -> tuple[Any, ...]:
    with gr.Row():
        stops = gr.Textbox(
            STOPS[GLOVE],
            label=say("latent.words.stops"),
            info=say("shared.commas_or_spaces"),
            max_lines=1,
            elem_id="words-stops",
            scale=3,
        )
        steps = gr.Slider(
            MIN_STEPS, MAX_STEPS, value=11, step=1, label=say("shared.steps"), elem_id="words-steps", scale=2
        )
        method = gr.Radio(
            [(say("latent.walk.slerp"), "slerp"), (say("latent.walk.lerp"), "lerp")],
            value=METHODS[0],
            label=say("latent.walk.path"),
            elem_id="words-method",
            scale=2,
        )
    with gr.Row(elem_classes="pg-actions"):
        run = gr.Button(say("latent.walk.run"), variant="primary", elem_id="words-go")
    return stops, steps, method, run


def _build_map() -> tuple[Any, ...]:
    gr.Markdown(say("latent.words.map_hint"), elem_classes="pg-hint")
    with gr.Row(elem_classes="pg-map-row"):
        extra = gr.Textbox(
            "",
            label=say("latent.words.extra"),
            info=say("shared.commas_or_spaces"),
            max_lines=1,
            elem_id="words-extra",
            scale=3,
        )
        run = gr.Button(say("latent.words.draw"), variant="primary", elem_id="words-draw", scale=0, min_width=160)
    return extra, run
