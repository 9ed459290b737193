"""The components of the WEAT panel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.bias.embedding_debias import PAIRS
from playground.bias.target_embedding import DEFAULT, embedding_names
from playground.bias.weat_catalogue import FIRST, weat_choices, weat_facts, weat_list_texts, weat_question
from playground.core.catalogue import say
from playground.ui.fine_print import fine_print_view
from playground.ui.interval_chart import intervals_view
from playground.ui.notice import facts_view, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_protocol import panel_tabs

#: In the order of the page.
PARTS = ("ten", "test", "debias")
#: Alternatives of the test, and their keys in the catalogue.
ALTERNATIVES = {"greater": "greater", "two-sided": "two_sided", "less": "less"}


@dataclass(frozen=True)
class WeatComponents:
    """The panel's components.

    parts: gr.Tabs of PARTS.  choice: of a test.  lists: boxes of X, Y, A, B.  side: the alternative.
    run, stop, notes, fine_print: of each part, by its name in PARTS.
    words: chart of one test.  battery: chart of all ten.  pairs: of words that give the direction.
    effects, shares, leaning: what its removal changed, the last in a
    fold with a content note.  about: facts about the embedding.
    """

    query: gr.Textbox
    embedding: gr.Dropdown
    notice: gr.HTML
    notes: dict[str, gr.HTML]
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
    leaning_fold: gr.Accordion
    leaning: gr.HTML
    about: gr.HTML
    run: dict[str, gr.Button]
    stop: dict[str, gr.Button]
    fine_print: dict[str, gr.HTML]


def build_components() -> WeatComponents:
    """The components, inside the panel's gr.Tab."""
    introduction("bias.weat")
    query = gr.Textbox(visible="hidden", elem_id="weat-query")
    note = notice_view(elem_id="weat-notice")
    with gr.Row(equal_height=False, elem_classes="pg-asks"):
        embedding = gr.Dropdown(embedding_names(), value=DEFAULT, label=say("bias.weat.embedding"),
                                elem_id="weat-embedding", info=say("bias.weat.embedding_info"))  # fmt: skip
        sides = [(say(f"bias.weat.one.{key}"), alternative) for alternative, key in ALTERNATIVES.items()]
        side = gr.Radio(
            sides, value="greater", label=say("bias.weat.one.side"), info=say("bias.weat.one.side_info"),
            elem_id="weat-side",
        )  # fmt: skip
    buttons: dict[str, tuple[gr.Button, gr.Button]] = {}
    fine_print: dict[str, gr.HTML] = {}
    notes: dict[str, gr.HTML] = {}
    with panel_tabs("weat-parts") as parts:
        with gr.Tab(say("bias.weat.ten.tab"), id="ten"):
            buttons["ten"], notes["ten"], battery, fine_print["ten"] = _build_battery()
        with gr.Tab(say("bias.weat.one.tab"), id="test"):
            choice, question, lists, buttons["test"], notes["test"], fine_print["test"], words = _build_test()
        with gr.Tab(say("bias.weat.debias.tab"), id="debias"):
            pairs, buttons["debias"], notes["debias"], fine_print["debias"], charts, fold, leaning = _build_debias()
    with gr.Column(elem_classes="pg-rest"), gr.Accordion(say("bias.weat.about.title"), open=False):
        about = facts_view({"rows": weat_facts(DEFAULT)}, elem_id="weat-about")
    run, stop = ({name: pair[index] for name, pair in buttons.items()} for index in (0, 1))
    return WeatComponents(
        query, embedding, note, notes, parts, choice, question, lists, side, words, battery, pairs, charts[0],
        charts[1], fold, leaning, about, run, stop, fine_print,
    )  # fmt: skip


def _build_test() -> tuple[Any, ...]:
    with gr.Column(elem_classes="pg-asks"):
        choice = gr.Dropdown(
            weat_choices(), value=FIRST, label=say("bias.weat.one.choice"), elem_id="weat-test",
            info=say("bias.weat.one.choice_info"),
        )  # fmt: skip
        question = gr.Markdown(weat_question(FIRST), elem_classes="pg-hint", elem_id="weat-asks")
        first = weat_list_texts(FIRST)
        boxes = []
        for letters in ("xy", "ab"):
            with gr.Row():
                for letter in letters:
                    boxes.append(gr.Textbox(
                        first["xyab".index(letter)], label=say(f"bias.weat.one.{letter}"),
                        info=say(f"bias.weat.one.{letter}_info"), lines=3, max_lines=6, elem_id=f"weat-{letter}",
                        elem_classes=f"pg-list-{letter}",
                    ))  # fmt: skip
        buttons = _buttons(say("bias.weat.one.run"), "test")
    note = notice_view(elem_id="weat-test-notice")
    with gr.Row():
        with gr.Column(scale=3, min_width=320):
            words = intervals_view({"rows": [], "empty": say("bias.weat.one.empty")}, elem_id="weat-words")
        with gr.Column(scale=2, min_width=320):
            fine = fine_print_view(elem_id="weat-fine")
    return choice, question, tuple(boxes), buttons, note, fine, words


def _build_battery() -> tuple[Any, ...]:
    with gr.Column(elem_classes="pg-asks"):
        gr.Markdown(say("bias.weat.ten.hint"), elem_classes="pg-hint")
        buttons = _buttons(say("bias.weat.ten.run"), "ten")
    note = notice_view(elem_id="weat-ten-notice")
    battery = intervals_view(elem_id="weat-ten")
    return buttons, note, battery, _rest(fine_print_view, elem_id="weat-ten-fine")


def _build_debias() -> tuple[Any, ...]:
    with gr.Column(elem_classes="pg-asks"):
        gr.Markdown(say("bias.weat.debias.hint"), elem_classes="pg-hint")
        pairs = gr.Textbox(
            PAIRS, label=say("bias.weat.debias.pairs"), info=say("bias.weat.debias.pairs_info"),
            lines=2, max_lines=5, elem_id="weat-pairs",
        )  # fmt: skip
        buttons = _buttons(say("bias.weat.debias.run"), "debias")
    note = notice_view(elem_id="weat-debias-notice")
    effects = intervals_view(elem_id="weat-effects")
    with gr.Column(elem_classes="pg-rest"):
        shares = intervals_view(elem_id="weat-shares")
        fine = fine_print_view(elem_id="weat-debias-fine")
        with gr.Accordion(say("bias.weat.debias.leaning"), open=False) as fold:
            leaning = facts_view(elem_id="weat-leaning")
    return pairs, buttons, note, fine, (effects, shares), fold, leaning


def _rest(build: Callable[..., gr.HTML], **options: Any) -> gr.HTML:
    """A view among what a narrow screen shows below the controls."""
    with gr.Column(elem_classes="pg-rest"):
        return build(**options)


def _buttons(title: str, name: str) -> tuple[gr.Button, gr.Button]:
    with gr.Row(elem_classes="pg-actions"):
        run = gr.Button(title, variant="primary", elem_id=f"weat-run-{name}")
        stop = gr.Button(say("shared.stop"), elem_id=f"weat-stop-{name}")
    return run, stop
