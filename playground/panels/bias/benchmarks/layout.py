"""The components of the Benchmarks panel."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from playground.bias.benchmark import ALL, DECODERS, benchmark_titles, categories_of
from playground.core.catalogue import say
from playground.language.model_menu import model_choices
from playground.language.text_request import DEFAULT_MODEL
from playground.ui.fine_print import fine_print_view
from playground.ui.interval_chart import intervals_view
from playground.ui.model_dropdown import refresh_on_focus
from playground.ui.notice import facts_view, notice_view
from playground.ui.panel_intro import introduction

#: Rows read by default: a few seconds.
FIRST_LOOK = 200


@dataclass(frozen=True)
class BenchmarkComponents:
    """The panel's components. disagreement: the rows on which the rules disagree, in its fold with a
    content note."""

    benchmark: gr.Radio
    model: gr.Dropdown
    rule: gr.Radio
    category: gr.Dropdown
    first: gr.Number
    decoder: gr.Dropdown
    run: gr.Button
    stop: gr.Button
    notice: gr.HTML
    shares: gr.HTML
    rules: gr.HTML
    disagreement_fold: gr.Accordion
    disagreement: gr.HTML
    fine_print: gr.HTML
    query: gr.Textbox


def build_components() -> BenchmarkComponents:
    """The panel's components, inside its tab."""
    introduction("bias.benchmarks")
    with gr.Column(elem_classes="pg-asks"):
        with gr.Row(equal_height=False):
            benchmark = gr.Radio(
                benchmark_titles(),
                value="crows_pairs",
                label=say("bias.benchmarks.benchmark"),
                elem_id="benchmarks-set",
            )
            rule = gr.Radio(["sum", "mean", "shared"], value="sum", label=say("bias.benchmarks.rule"),
                            elem_id="benchmarks-rule", info=say("bias.benchmarks.rule_info"))  # fmt: skip
        with gr.Row(equal_height=False):
            model = gr.Dropdown(
                model_choices(), value=DEFAULT_MODEL, label=say("shared.model"), allow_custom_value=True,
                info=say("bias.benchmarks.model_info"), elem_id="benchmarks-model",
            )  # fmt: skip
            refresh_on_focus(model, model_choices)
            category = gr.Dropdown(categories_of("crows_pairs"), value=ALL, label=say("bias.benchmarks.category"),
                                   elem_id="benchmarks-category")  # fmt: skip
            first = gr.Number(FIRST_LOOK, precision=0, minimum=0, label=say("bias.benchmarks.first"),
                              elem_id="benchmarks-first", info=say("bias.benchmarks.first_info"))  # fmt: skip
            decoder = gr.Dropdown(
                list(DECODERS),
                value="auto",
                label=say("shared.decoder"),
                elem_id="benchmarks-decoder",
                info=say("bias.benchmarks.decoder_info"),
            )
        with gr.Row(elem_classes="pg-actions"):
            run = gr.Button(say("bias.benchmarks.run"), variant="primary", elem_id="benchmarks-run")
            stop = gr.Button(say("shared.stop"), elem_id="benchmarks-stop")
    note = notice_view(elem_id="benchmarks-notice")
    shares = intervals_view(elem_id="benchmarks-shares")
    with gr.Column(elem_classes="pg-rest"):
        rules = intervals_view(elem_id="benchmarks-rules")
        fine = fine_print_view(elem_id="benchmarks-fine")
        with gr.Accordion(
            say("bias.benchmarks.disagreement"), open=False, elem_id="benchmarks-disagreement-fold"
        ) as fold:
            disagreement = facts_view(elem_id="benchmarks-disagreement")
        with gr.Accordion(say("bias.benchmarks.fifty_title"), open=True, elem_id="benchmarks-fifty"):
            gr.Markdown(say("bias.benchmarks.fifty"))
        with gr.Accordion(say("bias.benchmarks.rules_title"), open=False):
            gr.Markdown(say("bias.benchmarks.rules"))
    query = gr.Textbox(visible="hidden")
    return BenchmarkComponents(
        benchmark,
        model,
        rule,
        category,
        first,
        decoder,
        run,
        stop,
        note,
        shares,
        rules,
        fold,
        disagreement,
        fine,
        query,
    )
