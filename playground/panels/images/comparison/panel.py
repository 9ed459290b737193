"""Which is better?: the model families on one data set, in samples, one table of metrics and one plot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import gradio as gr

from playground.core.recipe import Recipe
from playground.core.throttle import throttle
from playground.core.validation import parse_choice
from playground.images.model_comparison import load_comparison, measure_comparison, sample_variants
from playground.images.model_menu import DATASETS
from playground.panels.images.comparison.view import comparison_value, comparison_view
from playground.panels.images.shared import ImagesShared, query_of
from playground.ui.events import MODEL_QUEUE, QUIET, Update, call, connect_stop
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_protocol import Panel

NAME, TITLE = "comparison", "Which is better?"
FORMER_NAMES = ("better",)
OUTPUTS = ("table", "notice", "shown", "query")
_MORE = """
- **★** stands where a figure is best and its interval overlaps no other's: everything else may be chance.
- **Real pictures** in the first column are *training* pictures judged as if they had been drawn: what a perfect model
  would score with as many pictures. No distance gets to 0, for two sets of real pictures differ too.
- **FD-EfficientNet** and **KD-EfficientNet** are the formulas of FID and KID over the features of another network, for
  no package carries theirs. Do not compare them with published FID. (Heusel et al. 2017; Bińkowski et al. 2018.)
- **Precision and recall** (Kynkäänniemi et al. 2019): a model that draws one perfect picture again and again has
  precision 1 and recall 0. Density and coverage (Naeem et al. 2020) forgive less to outliers.
- **Shows what was asked** is judged by a classifier that saw real pictures only; it errs too, and the first column says
  how often. A picture may please the classifier and still be ugly: read it together with the distances.
- **Near-copies** of unseen real pictures are 1 % by definition. More than that, for a model, hints at copying.
- **Energy** is an estimate, as in the Train tab: processor seconds of the training times 1.64 to 23.8 watts a busy
  core, with memory and cooling in the high value (Lannelongue et al. 2021). Nobody measured it.
- **Bits per dimension** only a VAE can tell; a GAN has no likelihood at all, and diffusion's is not computed here.
"""
#: The data set and the seed of a comparison.
Shown = tuple[str, int]


@dataclass(frozen=True)
class ComparisonComponents:
    """shown: gr.State of the data set and the seed of the comparison on the page, or None."""

    dataset: gr.Radio
    sample_seed: gr.Number
    image_count: gr.Slider
    table: gr.HTML
    notice: gr.HTML
    query: gr.Textbox
    shown: gr.State


def on_show(dataset: str, seed: float, shown: Shown | None) -> Iterator[Update]:
    """The stored metrics at once, then samples, unless this comparison is on the page."""
    now = dataset, int(seed or 0)
    if shown == now:
        yield {}
        return
    comparison, samples = load_comparison(dataset), []
    said = notice("Drawing for the same wishes with each …")
    yield {"table": comparison_value(comparison, []), "notice": said, "query": comparison_query(*now)}
    for sample in sample_variants(*now):
        samples.append(sample)
        yield {"table": comparison_value(comparison, samples)}
    yield {"notice": None, "shown": now}


def on_measure(dataset: str, count: float, seed: float) -> Iterator[Update]:
    """All metrics measured here, as they come."""
    now = dataset, int(seed or 0)
    yield {"shown": now, "query": comparison_query(*now)}
    for comparison in throttle(measure_comparison(dataset, int(count), now[1]), 0.5):
        done = not comparison.activity
        text = "Measured here, with this seed." if done else f"{comparison.progress:.0%}: {comparison.activity} …"
        yield {"table": comparison_value(comparison), "notice": notice(text, "ok" if done else "quiet")}


def comparison_query(dataset: str, seed: int) -> str:
    """The query of a link to the stored metrics and the samples of a seed."""
    return query_of(Recipe("images", "", "", seed, {"panel": NAME, "dataset": dataset}))


def restore(recipe: Recipe) -> Update:
    """The data set and the seed of a link."""
    dataset = parse_choice(recipe.settings.get("dataset", DATASETS[0]), DATASETS, "dataset")
    return {"dataset": dataset, "sample_seed": recipe.seed}


def build(item: gr.Tab, shared: ImagesShared) -> Panel:
    """Builds and connects the panel."""
    introduction(
        "GAN, VAE and diffusion, each asked for the same pictures, and what can be counted about the answers.",
        "Compare the rows by eye first; then read the table; then measure anew with a seed of your own.",
        "There is no best: one is fastest, one most faithful, one can say how likely a picture is. ★ surely leads.",
    )
    with gr.Row():
        dataset = gr.Radio(list(DATASETS), value=DATASETS[0], label="Data", elem_id="better-data")
        seed = gr.Number(0, label="Seed", precision=0, minimum=0, elem_id="better-seed")
    note = notice_view(elem_id="better-notice")
    table = comparison_view(elem_id="better")
    with gr.Accordion("Measure anew, here", open=False):
        gr.Markdown(
            "Draws that many pictures with each and judges them. The first time, a network of 19 MB is fetched and "
            "2,000 real pictures are looked at, which takes a minute or two; then about half a minute for 100 pictures."
        )
        count = gr.Slider(50, 2000, value=100, step=50, label="Pictures with each", elem_id="better-count")
        with gr.Row(elem_classes="pg-actions"):
            run = gr.Button("Measure", variant="primary", elem_id="measure")
            stop = gr.Button("Stop", elem_id="measure-stop")
    with gr.Accordion("What the rows mean, and what they hide", open=False):
        gr.Markdown(_MORE)
    components = ComparisonComponents(
        dataset=dataset, sample_seed=seed, image_count=count, table=table, notice=note, shown=gr.State(None),
        query=gr.Textbox(visible="hidden", elem_id="images-comparison-query"),
    )  # fmt: skip
    measuring = call(on_measure, components, ["dataset", "image_count", "sample_seed"], OUTPUTS)
    connect_stop(stop, run.click(**measuring, **QUIET, **MODEL_QUEUE), note)
    return Panel(
        NAME, item, components, restore=restore, restored=("dataset", "sample_seed"),
        draw=on_show, draw_inputs=("dataset", "sample_seed", "shown"), drawn=OUTPUTS,
        redraw_on=(dataset.input, seed.submit),
    )  # fmt: skip
