"""The components of the panel Words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.language.word_embeddings import GLOVE, MINILM, default_sentences, neighbours
from playground.latent.interpolation import METHODS
from playground.latent.word_analogy import MAX_ANSWERS
from playground.latent.word_interpolation import MAX_STEPS, MIN_STEPS
from playground.panels.latent.words.data import EXAMPLES, STOPS, space_card
from playground.panels.latent.words.view import word_map_view, word_sum_view, word_walk_view
from playground.ui.notice import facts_view, notice_view
from playground.ui.panel_intro import introduction

_SPACES = [("Words (GloVe)", GLOVE), ("Sentences (MiniLM)", MINILM)]
_METHOD_TITLES = {"slerp": "Great circle", "lerp": "Straight line"}


#: The boxes of text whose content depends on the kind of space, as they are in a link.
TEXTS = ("plus", "minus", "stops", "extra")
PARTS = ("sum", "walk", "map")


@dataclass(frozen=True)
class WordsComponents:
    """kind: of the space.  part: gr.State of the name of the part in front.  parts: its tabs; items: one of each part.

    texts_of_kind: gr.State of {kind: {box: what a visitor wrote}}.  runs: a button of each part.
    """

    kind: gr.Radio
    parts: gr.Tabs
    part: gr.State
    plus: gr.Textbox
    minus: gr.Textbox
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


def near(asked: Any) -> dict[str, Any]:
    """The nearest of a word on the map, for the view: outside the queue, so that it follows the pointer."""
    try:
        found = neighbours(asked.get("label") if isinstance(asked, dict) else asked)
        return {"near": [[label, round(cosine, 4)] for label, cosine in found]}
    except PlaygroundError as error:
        return {"error": str(error)}


def build_components() -> WordsComponents:
    """Builds them."""
    introduction(
        "Words as points: a model gave each word, or sentence, a list of numbers; the nearer, the more alike its use.",
        "Add and subtract words, walk from one to another, and look at the map around them.",
        "Directions carry meaning, but less neatly than is told: see what comes out when nothing is left out.",
    )
    kind = gr.Radio(_SPACES, value=GLOVE, label="Whose space", elem_id="words-kind")
    note = notice_view(elem_id="words-notice")
    with gr.Tabs(elem_id="words-parts") as parts:
        with gr.Tab("Arithmetic", id="sum", elem_id="words-part-sum") as sum_item:
            plus, minus, count, examples, sum_run, stop = _build_sum()
            sum_shown = word_sum_view(elem_id="words-sum")
        with gr.Tab("Walk", id="walk", elem_id="words-part-walk") as walk_item:
            stops, steps, method, walk_run = _build_walk()
            walk_shown = word_walk_view(elem_id="words-walk")
        with gr.Tab("Map", id="map", elem_id="words-part-map") as map_item:
            extra, map_run = _build_map()
            map_shown = word_map_view(near, elem_id="words-map")
    candidates = gr.Textbox(
        "\n".join(default_sentences()), label="Sentences to choose from", lines=8, max_lines=12, visible="hidden",
        elem_id="words-candidates", info="One a line, 2 to 100. Answers come from here: write your own.",
    )  # fmt: skip
    with gr.Accordion("About this model", open=False):
        about = facts_view(space_card(GLOVE), elem_id="words-about")
    return WordsComponents(
        kind, parts, gr.State("sum"), plus, minus, count, stops, steps, method, extra, candidates, gr.State({}), note,
        sum_shown, walk_shown, map_shown, about, examples, (sum_run, walk_run, map_run), stop,
        (sum_item, walk_item, map_item), gr.Textbox(visible="hidden"),
    )  # fmt: skip


def _build_sum() -> tuple[Any, ...]:
    with gr.Row():
        plus = gr.Textbox(
            EXAMPLES[GLOVE][0].plus,
            label="Plus",
            info="Commas or spaces between.",
            max_lines=1,
            elem_id="words-plus",
            scale=3,
        )
        minus = gr.Textbox(
            EXAMPLES[GLOVE][0].minus,
            label="Minus",
            info="Commas or spaces between.",
            max_lines=1,
            elem_id="words-minus",
            scale=3,
        )
        count = gr.Slider(1, MAX_ANSWERS, value=10, step=1, label="Answers", elem_id="words-count", scale=2)
    with gr.Row(elem_classes="pg-actions"):
        run = gr.Button("Add up", variant="primary", elem_id="words-add")
        stop = gr.Button("Stop", elem_id="words-stop")
    gr.Markdown("Or try one of these. Words are read in lower case, as the model knows them.", elem_classes="pg-hint")
    with gr.Row(elem_classes="pg-actions"):
        examples = tuple(
            gr.Button(one.title, size="sm", elem_id=f"words-example-{number}")
            for number, one in enumerate(EXAMPLES[GLOVE], 1)
        )
    return plus, minus, count, examples, run, stop


def _build_walk() -> tuple[Any, ...]:
    with gr.Row():
        stops = gr.Textbox(
            STOPS[GLOVE],
            label="From, over, to",
            info="Commas or spaces between.",
            max_lines=1,
            elem_id="words-stops",
            scale=3,
        )
        steps = gr.Slider(MIN_STEPS, MAX_STEPS, value=11, step=1, label="Steps", elem_id="words-steps", scale=2)
        method = gr.Radio(
            [(_METHOD_TITLES[name], name) for name in METHODS],
            value=METHODS[0],
            label="Way",
            elem_id="words-method",
            scale=2,
        )
    with gr.Row(elem_classes="pg-actions"):
        run = gr.Button("Walk", variant="primary", elem_id="words-go")
    return stops, steps, method, run


def _build_map() -> tuple[Any, ...]:
    gr.Markdown(
        "The words of Arithmetic, and those around them. Point at one to see what is nearest to it; click it, or press "
        "Enter, and it joins the sum under Plus.",
        elem_classes="pg-hint",
    )
    with gr.Row(elem_classes="pg-map-row"):
        extra = gr.Textbox(
            "", label="Also on the map", info="Commas or spaces between.", max_lines=1, elem_id="words-extra", scale=3
        )
        run = gr.Button("Draw the map", variant="primary", elem_id="words-draw", scale=0, min_width=160)
    return extra, run
