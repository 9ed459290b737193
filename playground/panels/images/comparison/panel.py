"""Which is better?: the model families on one data set, in samples, a table of metrics and a plot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import gradio as gr

from playground.core.catalogue import say
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
from playground.ui.panel_protocol import Example, Panel
from playground.ui.result_settings import result_settings

NAME = "comparison"
FORMER_NAMES = ("better",)
OUTPUTS = ("table", "notice", "current", "query")
#: Notes on the rows of the table: names in the catalogue, in the order of the page.
NOTES = ("star", "real", "distances", "precision", "match", "copies", "energy", "bits")
#: Data set and seed of a comparison.
ComparisonChoice = tuple[str, int]


@dataclass(frozen=True)
class ComparisonComponents:
    """current: gr.State of ComparisonChoice | None, the comparison on the page."""

    dataset: gr.Radio
    sample_seed: gr.Number
    image_count: gr.Slider
    table: gr.HTML
    notice: gr.HTML
    query: gr.Textbox
    current: gr.State


def on_show(dataset: str, seed: float, current: ComparisonChoice | None) -> Iterator[Update]:
    """Shows the stored metrics, then draws samples; does nothing if this comparison is on the page already."""
    choice = dataset, int(seed or 0)
    if current == choice:
        yield {}
        return
    comparison, samples = load_comparison(dataset), []
    progress = notice(say("images.comparison.sampling"))
    yield {"table": comparison_value(comparison, []), "notice": progress, "query": comparison_query(*choice)}
    for sample in sample_variants(*choice):
        samples.append(sample)
        yield {"table": comparison_value(comparison, samples)}
    yield {"notice": None, "current": choice}


def on_measure(dataset: str, count: float, seed: float) -> Iterator[Update]:
    """Measures all metrics here, and shows each when it is ready."""
    choice = dataset, int(seed or 0)
    yield {"current": choice, "query": comparison_query(*choice)}
    for comparison in throttle(measure_comparison(dataset, int(count), choice[1]), 0.5):
        done = not comparison.activity
        key = "images.comparison.done" if done else "images.comparison.progress"
        text = say(key, fraction=comparison.progress, activity=comparison.activity)
        yield {"table": comparison_value(comparison), "notice": notice(text, "ok" if done else "quiet")}


def comparison_query(dataset: str, seed: int) -> str:
    """The query of a link to the stored metrics and the samples of a seed."""
    return query_of(Recipe("images", "", "", seed, {"panel": NAME, "dataset": dataset}))


def restore(recipe: Recipe) -> Update:
    """Sets the data set and the seed to those of a link."""
    dataset = parse_choice(recipe.settings.get("dataset", DATASETS[0]), DATASETS, "dataset")
    return {"dataset": dataset, "sample_seed": recipe.seed}


def build(item: gr.Tab, shared: ImagesShared) -> Panel:
    """Builds and connects the panel."""
    introduction("images.comparison")
    with gr.Row():
        dataset = gr.Radio(
            list(DATASETS), value=DATASETS[0], label=say("images.comparison.data"), elem_id="comparison-data"
        )
        seed = gr.Number(0, label=say("shared.seed"), precision=0, minimum=0, elem_id="comparison-seed")
    note = notice_view(elem_id="comparison-notice")
    table = comparison_view(elem_id="comparison")
    with gr.Accordion(say("images.comparison.again"), open=False):
        gr.Markdown(say("images.comparison.again_hint"))
        count = gr.Slider(
            50, 2000, value=100, step=50, label=say("images.comparison.count"), elem_id="comparison-count"
        )
        with gr.Row(elem_classes="pg-actions"):
            run = gr.Button(say("images.comparison.run"), variant="primary", elem_id="comparison-run")
            stop = gr.Button(say("shared.stop"), elem_id="comparison-stop")
    with gr.Accordion(say("images.comparison.notes.title"), open=False):
        gr.Markdown("\n".join(f"- {say(f'images.comparison.notes.{name}')}" for name in NOTES))
    components = ComparisonComponents(
        dataset=dataset, sample_seed=seed, image_count=count, table=table, notice=note, current=gr.State(None),
        query=gr.Textbox(visible="hidden", elem_id="images-comparison-query"),
    )  # fmt: skip
    came_from = result_settings({"dataset": dataset, "seed": seed}, [table], follows=True)
    measuring = came_from.carry(call(on_measure, components, ["dataset", "image_count", "sample_seed"], OUTPUTS))
    connect_stop(stop, run.click(**measuring, **QUIET, **MODEL_QUEUE), note)
    return Panel(
        NAME, item, components, restore=restore, restored=("dataset", "sample_seed"), example=Example(),
        draw=on_show, draw_inputs=("dataset", "sample_seed", "current"), drawn=OUTPUTS,
        redraw_on=(dataset.input, seed.submit), result=came_from,
    )  # fmt: skip
