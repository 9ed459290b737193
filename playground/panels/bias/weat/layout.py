"""The components of the WEAT panel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.bias.embedding_debias import PAIRS
from playground.bias.target_embedding import DEFAULT, embedding_names
from playground.bias.weat_catalogue import FIRST, weat_choices, weat_facts, weat_list_texts, weat_question
from playground.ui.fine_print import fine_print_view
from playground.ui.interval_chart import intervals_view
from playground.ui.notice import facts_view, notice_view
from playground.ui.panel_intro import introduction

PARTS = ("test", "ten", "debias")
SIDES = (("X leans to A, as published", "greater"), ("Either way", "two-sided"), ("X leans to B", "less"))
#: (label with the list's mark, info) of the four boxes.
_BOXES = (
    ("● List X", "Words compared with those of Y."), ("■ List Y", "Words compared with those of X."),
    ("+ List A", "What X may lean to."), ("− List B", "What Y may lean to."),
)  # fmt: skip


@dataclass(frozen=True)
class WeatComponents:
    """The panel's components.

    parts: gr.Tabs of the parts.  choice: of a test.  lists: boxes of X, Y, A, B.  side: the alternative.
    run, stop, fine_print: of each part, by its name in PARTS.
    words: chart of one test.  battery: chart of all ten.  pairs: of words that give a direction.
    effects, shares, leaning: what taking it out changed.  about: facts of the embedding.
    """

    query: gr.Textbox
    embedding: gr.Dropdown
    notice: gr.HTML
    parts: gr.Tabs
    choice: gr.Dropdown
    question: gr.Markdown
    lists: tuple[gr.Textbox, ...]
    side: gr.Radio
    words: gr.HTML
    battery: gr.HTML
    pairs: gr.Textbox
    effects: gr.HTML
    shares: gr.HTML
    leaning: gr.HTML
    about: gr.HTML
    run: dict[str, gr.Button]
    stop: dict[str, gr.Button]
    fine_print: dict[str, gr.HTML]


def build_components() -> WeatComponents:
    """The components, inside the panel's gr.Tab."""
    introduction("bias.weat")
    query = gr.Textbox(visible="hidden", elem_id="associations-query")
    embedding = gr.Dropdown(embedding_names(), value=DEFAULT, label="Embedding", elem_id="associations-embedding",
                            info="Sentence models read each word in six short sentences.")  # fmt: skip
    note = notice_view(elem_id="associations-notice")
    buttons: dict[str, tuple[gr.Button, gr.Button]] = {}
    fine_print: dict[str, gr.HTML] = {}
    with gr.Tabs(elem_id="associations-parts") as parts:
        with gr.Tab("One test", id="test"):
            choice, question, lists, side, buttons["test"], fine_print["test"], words = _build_test()
        with gr.Tab("All ten", id="ten"):
            buttons["ten"], battery, fine_print["ten"] = _build_battery()
        with gr.Tab("Debias", id="debias"):
            pairs, buttons["debias"], fine_print["debias"], effects, shares, leaning = _build_debias()
    with gr.Accordion("About this embedding and these word lists", open=False):
        about = facts_view({"rows": weat_facts(DEFAULT)}, elem_id="associations-about")
    run, stop = ({name: pair[index] for name, pair in buttons.items()} for index in (0, 1))
    return WeatComponents(
        query, embedding, note, parts, choice, question, lists, side, words, battery, pairs, effects, shares, leaning,
        about, run, stop, fine_print,
    )  # fmt: skip


def _build_test() -> tuple[Any, ...]:
    choice = gr.Dropdown(
        weat_choices(), value=FIRST, label="Test", elem_id="associations-test",
        info="From harmless to serious. Or change the lists below: then they are yours.",
    )  # fmt: skip
    question = gr.Markdown(weat_question(FIRST), elem_classes="pg-hint", elem_id="associations-asks")
    first = weat_list_texts(FIRST)
    boxes = []
    for row in (0, 2):
        with gr.Row():
            for number in (row, row + 1):
                label, info = _BOXES[number]
                boxes.append(gr.Textbox(
                    first[number], label=label, info=info, lines=3, max_lines=6,
                    elem_id=f"associations-{'xyab'[number]}", elem_classes=f"pg-list-{'xyab'[number]}",
                ))  # fmt: skip
    side = gr.Radio(list(SIDES), value="greater", label="What is tested", elem_id="associations-side")
    buttons = _buttons("Run the test", "test")
    with gr.Row():
        # The number and how sure it is come first, also where the columns stand one below the other.
        with gr.Column(scale=2, min_width=320):
            fine = fine_print_view(elem_id="associations-fine")
        with gr.Column(scale=3, min_width=320):
            words = intervals_view(
                {"rows": [], "empty": "Run the test: every word then stands on one line, nearer to A or nearer to B."},
                elem_id="associations-words",
            )
    return choice, question, tuple(boxes), side, buttons, fine, words


def _build_battery() -> tuple[Any, ...]:
    gr.Markdown(
        "All ten published tests in this embedding. Who runs ten tests finds something by chance more easily, so each "
        "p is corrected for being one of ten. The d in the last column was published for another embedding (GloVe, "
        "840 billion words, 300 numbers a word): ours differ, and need not agree.",
        elem_classes="pg-hint",
    )
    buttons = _buttons("Run all ten", "ten")
    battery = intervals_view(elem_id="associations-ten")
    return buttons, battery, fine_print_view(elem_id="associations-ten-fine")


def _build_debias() -> tuple[Any, ...]:
    gr.Markdown(
        "**Debias, then look again.** Each pair points from one side to the other; together they give a direction. It "
        "is taken out of every word's vector. A measure made of the same words must then fall. Whether anything else "
        "falls is the question.",
        elem_classes="pg-hint",
    )
    pairs = gr.Textbox(
        PAIRS, label="Pairs that give the direction", info="Two words with a hyphen between; commas between pairs.",
        lines=2, max_lines=5, elem_id="associations-pairs",
    )  # fmt: skip
    buttons = _buttons("Take it out and measure again", "debias")
    effects = intervals_view(elem_id="associations-effects")
    shares = intervals_view(elem_id="associations-shares")
    fine = fine_print_view(elem_id="associations-debias-fine")
    with gr.Accordion("Words that leaned most (content note: body parts, nationalities, sexuality)", open=False):
        leaning = facts_view(elem_id="associations-leaning")
    return pairs, buttons, fine, effects, shares, leaning


def _buttons(title: str, name: str) -> tuple[gr.Button, gr.Button]:
    with gr.Row(elem_classes="pg-actions"):
        run = gr.Button(title, variant="primary", elem_id=f"associations-run-{name}")
        stop = gr.Button("Stop", elem_id=f"associations-stop-{name}")
    return run, stop
