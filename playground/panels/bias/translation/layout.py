"""The components of the Translation panel."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from playground.language.translation import translator_facts
from playground.panels.bias.translation.data import PRESETS
from playground.panels.bias.translation.view import gender_table_view, translation_view
from playground.ui.fine_print import fine_print_view
from playground.ui.interval_chart import intervals_view
from playground.ui.notice import facts_view, notice_view
from playground.ui.panel_intro import introduction

_DIRECTIONS = [("English to Portuguese", "en-pt"), ("Portuguese to English", "pt-en")]
DECODING = [("Greedy", 1), ("4 beams", 4)]


@dataclass(frozen=True)
class TranslationComponents:
    """The panel's components. beams: 1 is greedy.  table_…, accuracies: of the forty occupations."""

    text: gr.Textbox
    direction: gr.Radio
    beams: gr.Radio
    run: gr.Button
    stop: gr.Button
    presets: tuple[gr.Button, ...]
    query: gr.Textbox
    notice: gr.HTML
    translation: gr.HTML
    fine_print: gr.HTML
    table_run: gr.Button
    table_stop: gr.Button
    table_notice: gr.HTML
    accuracies: gr.HTML
    table_fine_print: gr.HTML
    table: gr.HTML


def build_components() -> TranslationComponents:
    """The components, inside the panel's gr.Tab."""
    introduction(
        "A small translator between English and Portuguese. In Portuguese a nurse is an enfermeiro or an enfermeira: "
        "who translates must choose.",
        "Translate a sentence and see what else could have been written; then measure forty occupations.",
        'A sentence may say "he" and get a feminine noun, or say nothing and get a gender all the same.',
    )
    with gr.Row():
        text = gr.Textbox(
            PRESETS[2][0], label="Sentence", max_lines=3, elem_id="translation-text", scale=4, min_width=320,
            info="One sentence, up to 300 characters.",
        )  # fmt: skip
        direction = gr.Radio(
            _DIRECTIONS, value="en-pt", label="From and into", elem_id="translation-direction", scale=2
        )
        beams = gr.Radio(
            DECODING, value=1, label="Decoding", elem_id="translation-beams", scale=1, min_width=180,
            info="Greedy: the most probable piece, each time.",
        )  # fmt: skip
    with gr.Row(elem_classes="pg-actions"):
        run = gr.Button("Translate", variant="primary", elem_id="translation-run")
        stop = gr.Button("Stop", elem_id="translation-stop")
    gr.Markdown("Or one of these:", elem_classes="pg-hint")
    with gr.Row(elem_classes="pg-actions"):
        presets = tuple(
            gr.Button(words, size="sm", elem_id=f"translation-preset-{number}")
            for number, (words, _) in enumerate(PRESETS, 1)
        )
    note = notice_view(elem_id="translation-notice")
    translation = translation_view(
        {"empty": "Translate a sentence, and it appears here, piece by piece."}, elem_id="translation-view"
    )
    fine = fine_print_view(elem_id="translation-fine")
    gr.Markdown(
        "### Forty occupations\nEvery occupation in up to nine sentences: three wordings, in which the sentence says "
        "he, or she, or nothing. Both forms are forced upon the translator, and their probabilities "
        "compared.\n\nKeep in mind: Portuguese uses the masculine also of anybody, so it is no mistake where nothing "
        "is said; and the sentence's he or she might be somebody else.",
    )
    with gr.Row(elem_classes="pg-actions"):
        table_run = gr.Button("Measure all occupations", variant="primary", elem_id="translation-measure")
        table_stop = gr.Button("Stop", elem_id="translation-measure-stop")
    table_note = notice_view(elem_id="translation-table-notice")
    accuracies = intervals_view({"rows": []}, elem_id="translation-intervals")
    table_fine = fine_print_view(elem_id="translation-table-fine")
    empty = "In the direction chosen above; it takes about half a minute, and fills as it goes."
    table = gender_table_view({"empty": empty}, elem_id="translation-table")
    with gr.Accordion("About this model", open=False):
        facts_view({"rows": [{"name": name, "text": words} for name, words in translator_facts()]})
    query = gr.Textbox(visible="hidden")
    return TranslationComponents(
        text, direction, beams, run, stop, presets, query, note, translation, fine, table_run, table_stop, table_note,
        accuracies, table_fine, table,
    )  # fmt: skip
