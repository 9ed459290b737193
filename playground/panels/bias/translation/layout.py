"""The components of the Translation panel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.bias.translation_gender import direction_name
from playground.core.catalogue import say
from playground.language.translation import DIRECTIONS, translator_facts
from playground.panels.bias.translation.data import PRESETS
from playground.panels.bias.translation.view import gender_table_view, translation_view
from playground.ui.fine_print import fine_print_view
from playground.ui.interval_chart import intervals_view
from playground.ui.notice import facts_view, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_protocol import panel_tabs

#: Numbers of beams to choose from; 1 is greedy.
BEAMS = (1, 4)


@dataclass(frozen=True)
class TranslationComponents:
    """The panel's components. parts: gr.Tabs of "table" and "sentence".

    beams: one of BEAMS.  notes of the parts: sentence_notice, table_notice.
    """

    query: gr.Textbox
    notice: gr.HTML
    direction: gr.Radio
    parts: gr.Tabs
    text: gr.Textbox
    beams: gr.Radio
    run: gr.Button
    stop: gr.Button
    presets: tuple[gr.Button, ...]
    sentence_notice: gr.HTML
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
    introduction("bias.translation")
    query = gr.Textbox(visible="hidden", elem_id="translation-query")
    note = notice_view(elem_id="translation-notice")
    with gr.Column(elem_classes="pg-asks"):
        direction = gr.Radio(
            [(direction_name(key), key) for key in DIRECTIONS], value="en-pt",
            label=say("bias_texts.translation.direction"), elem_id="translation-direction",
        )  # fmt: skip
    with panel_tabs("translation-parts") as parts:
        with gr.Tab(say("bias_texts.translation.table_title"), id="table"):
            table = _build_table()
        with gr.Tab(say("bias_texts.translation.sentence_title"), id="sentence"):
            sentence = _build_sentence()
    with gr.Column(elem_classes="pg-rest"), gr.Accordion(say("shared.model_facts.about"), open=False):
        facts_view({"rows": [{"name": name, "text": words} for name, words in translator_facts()]})
    return TranslationComponents(query, note, direction, parts, *sentence, *table)


def _build_table() -> tuple[Any, ...]:
    with gr.Column(elem_classes="pg-asks"):
        gr.Markdown("\n\n".join(say(f"bias_texts.translation.table_{name}") for name in ("about", "caution")))
        with gr.Row(elem_classes="pg-actions"):
            run = gr.Button(say("bias_texts.translation.table_run"), variant="primary", elem_id="translation-measure")
            stop = gr.Button(say("shared.stop"), elem_id="translation-measure-stop")
    note = notice_view(elem_id="translation-table-notice")
    accuracies = intervals_view({"rows": []}, elem_id="translation-intervals")
    table = gender_table_view({"empty": say("bias_texts.translation.table_empty")}, elem_id="translation-table")
    with gr.Column(elem_classes="pg-rest"):
        fine = fine_print_view(elem_id="translation-table-fine")
    return run, stop, note, accuracies, fine, table


def _build_sentence() -> tuple[Any, ...]:
    with gr.Column(elem_classes="pg-asks"):
        with gr.Row():
            text = gr.Textbox(
                PRESETS[2][0], label=say("bias_texts.translation.text"), info=say("bias_texts.translation.text_info"),
                max_lines=3, elem_id="translation-text", scale=4, min_width=320,
            )  # fmt: skip
            beams = gr.Radio(
                _beam_choices(), value=BEAMS[0], label=say("bias_texts.translation.decoding"),
                info=say("bias_texts.translation.decoding_info"), elem_id="translation-beams", scale=2, min_width=180,
            )  # fmt: skip
        with gr.Row(elem_classes="pg-actions"):
            run = gr.Button(say("bias_texts.translation.run"), variant="primary", elem_id="translation-run")
            stop = gr.Button(say("shared.stop"), elem_id="translation-stop")
        gr.Markdown(say("bias_texts.translation.presets"), elem_classes="pg-hint")
        with gr.Row(elem_classes="pg-actions"):
            presets = tuple(
                gr.Button(words, size="sm", elem_id=f"translation-preset-{number}")
                for number, (words, _) in enumerate(PRESETS, 1)
            )
    note = notice_view(elem_id="translation-sentence-notice")
    translation = translation_view({"empty": say("bias_texts.translation.empty")}, elem_id="translation-view")
    with gr.Column(elem_classes="pg-rest"):
        fine = fine_print_view(elem_id="translation-fine")
    return text, beams, run, stop, presets, note, translation, fine


def _beam_choices() -> list[tuple[str, int]]:
    return [
        (say("bias_texts.translation.beams", beams=beams) if beams > 1 else say("bias_texts.translation.greedy"), beams)
        for beams in BEAMS
    ]
