"""Template sweep: one contrast through many templates at once, beside control pairs that mean nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.bias.control_pairs import CONTROLS, format_controls, pair_lines, read_controls
from playground.bias.session_log import SessionLog, log_measurement
from playground.bias.template_sweep import (
    NAME,
    TemplateSweep,
    describe_difference,
    read_template_sweep,
    sweep_templates,
)
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.core.verification import verify
from playground.panels.bias.model_choice import build_model_choice, restored_model
from playground.panels.bias.presets import TEMPLATE_SWEEPS
from playground.panels.bias.shared import BiasShared, fine_print_value, outcome_notice
from playground.panels.bias.template_sweep.api import build_api
from playground.panels.bias.template_sweep.data import controls_value, templates_value
from playground.ui.events import MODEL_QUEUE, QUIET, Update, call, connect_stop
from playground.ui.fine_print import fine_print_view
from playground.ui.interval_chart import intervals_view
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_protocol import Panel

__all__ = ["FORMER_NAMES", "NAME", "build"]
FORMER_NAMES = ("wording",)
#: The family of control pairs that a visitor wrote.
OWN = "own"
SETTINGS = ("a", "b", "words_1", "words_2", "templates", "controls", "model")
RESULTS = ("templates_chart", "fine_print", "controls_chart", "query", "notice", "log")
#: Seconds between two lines of progress.
_BEAT = 0.5
_FAMILIES = [("People: the red guest, the blue guest", "people"), ("First names in A, in B", "names"),
             ("Animals: the red one, the blue one", "animals"), ("Towns", "places"), ("My own", OWN)]  # fmt: skip


@dataclass(frozen=True)
class TemplateSweepComponents:
    """family: of the control pairs, OWN if they are the visitor's."""

    a: gr.Textbox
    b: gr.Textbox
    words_1: gr.Textbox
    words_2: gr.Textbox
    templates: gr.Textbox
    family: gr.Dropdown
    controls: gr.Textbox
    model: gr.Dropdown
    presets: tuple[gr.Button, ...]
    run: gr.Button
    stop: gr.Button
    notice: gr.HTML
    templates_chart: gr.HTML
    fine_print: gr.HTML
    controls_chart: gr.HTML
    query: gr.Textbox


def build(item: gr.Tab, shared: BiasShared) -> Panel:
    """The panel, its handlers and its endpoint."""
    panel = _build_components()
    components = (panel, shared)
    at_once: dict[str, Any] = {"queue": False, **QUIET}
    runs = {**call(on_run, components, [*SETTINGS, "log"], RESULTS), **QUIET, **MODEL_QUEUE}
    boxes = (panel.a, panel.b, panel.words_1, panel.words_2)
    started = [gr.on([panel.run.click, *(box.submit for box in boxes)], **runs)]
    preset_settings = [name for name in (*SETTINGS, "family") if name != "model"]
    for number, button in enumerate(panel.presets):
        preset = button.click(**call(_preset(number), panel, [], preset_settings), **at_once)
        started.append(preset.then(**runs))
    connect_stop(panel.stop, started, panel.notice)
    panel.family.input(**call(on_family, panel, ["family"], ["controls"]), **at_once)
    panel.controls.blur(**call(on_controls, panel, ["controls"], ["family"]), **at_once)
    build_api()
    return Panel(
        NAME, item, components, on_restore, [*SETTINGS, "family"],
        replay=on_replay, replay_inputs=["log"], replayed=RESULTS, stops=[panel.stop],
    )  # fmt: skip


def _build_components() -> TemplateSweepComponents:
    introduction("bias.template_sweep")
    first = TEMPLATE_SWEEPS[1]
    with gr.Row(elem_classes="pg-actions"):
        presets = tuple(
            gr.Button(one.title, size="sm", elem_id=f"wording-preset-{number}")
            for number, one in enumerate(TEMPLATE_SWEEPS, 1)
        )
    with gr.Row():
        a = gr.Textbox(first.a, label="● A", max_lines=1, elem_id="wording-a", elem_classes="pg-sentence-a")
        b = gr.Textbox(first.b, label="■ B", max_lines=1, elem_id="wording-b", elem_classes="pg-sentence-b")
        words_1 = gr.Textbox(first.words_1, label="Is it these words…", max_lines=1, elem_id="wording-words-1")
        words_2 = gr.Textbox(first.words_2, label="…rather than these?", max_lines=1, elem_id="wording-words-2")
    templates = gr.Textbox(
        first.templates, label="Wordings, one a line", lines=8, max_lines=16, elem_id="wording-templates",
        info="{} is where A or B goes, _ where the words go. 8 or more, or nothing can be called consistent.",
    )  # fmt: skip
    with gr.Accordion("The control lane, and the model", open=False):
        family = gr.Dropdown(
            _FAMILIES, value=first.controls, label="Arbitrary pairs", elem_id="wording-family",
            info="They go through the same wordings. First names carry more than a letter: try them, and see the band.",
        )  # fmt: skip
        controls = gr.Textbox(
            pair_lines(CONTROLS[first.controls]), label="The pairs, one a line", lines=6, max_lines=12,
            elem_id="wording-controls", info="At least 20. Change one, and they are your own.",
        )  # fmt: skip
        model = build_model_choice("wording")
    with gr.Row(elem_classes="pg-actions"):
        run = gr.Button("Measure all wordings", variant="primary", elem_id="wording-run")
        stop = gr.Button("Stop", elem_id="wording-stop")
    note = notice_view(elem_id="wording-notice")
    chart = intervals_view({"rows": [], "empty": "Nothing is measured yet."}, elem_id="wording-templates-chart")
    fine = fine_print_view(elem_id="wording-fine")
    with gr.Accordion("The control lane, pair by pair", open=False):
        lane = intervals_view({"rows": [], "empty": "Nothing is measured yet."}, elem_id="wording-controls-chart")
    query = gr.Textbox(visible="hidden", elem_id="wording-query")
    return TemplateSweepComponents(
        a, b, words_1, words_2, templates, family, controls, model, presets, run, stop, note, chart, fine, lane, query
    )  # fmt: skip


def on_run(
    a: str, b: str, words_1: str, words_2: str, templates: str, controls: str, model: str, log: SessionLog
) -> Iterator[Update]:
    """Measures, and draws the templates as they come."""
    settings = {
        "a": a, "b": b, "words_1": words_1, "words_2": words_2, "templates": templates, "controls": controls,
        "model": model,
    }  # fmt: skip
    yield from _sweep(settings, log, None)


def on_replay(recipe: Recipe, log: SessionLog) -> Iterator[Update]:
    """Measures what a link asks for, and verifies it."""
    if _asks(recipe):
        yield from _sweep({**recipe.settings, "model": recipe.model}, log, recipe)


def _asks(recipe: Recipe) -> bool:
    """Whether a link has templates: one to the panel alone measures nothing."""
    return "templates" in recipe.settings


def _sweep(settings: Mapping[str, Any], log: SessionLog, recipe: Recipe | None) -> Iterator[Update]:
    request = read_template_sweep(settings)
    yield {
        "templates_chart": None,
        "fine_print": None,
        "controls_chart": None,
        "notice": notice("The model is reading."),
    }
    sweep, drawn, last = None, 0, time.perf_counter()
    for sweep in sweep_templates(request):
        fresh = len(sweep.values) > drawn
        if fresh or time.perf_counter() - last > _BEAT:
            last, drawn = time.perf_counter(), len(sweep.values)
            what = "your wordings" if drawn < len(request.templates) else "arbitrary pairs, for comparison"
            progress = {"notice": notice(f"Measuring {what}: {sweep.done:.0%} of all.")}
            yield {**progress, "templates_chart": templates_value(sweep)} if fresh else progress
    assert sweep is not None
    yield _result(sweep, log, recipe)


def _result(sweep: TemplateSweep, log: SessionLog, recipe: Recipe | None) -> Update:
    measurement = sweep.measurement()
    log = log_measurement(log, measurement)
    said = notice(f"{sweep.headline()}: {sweep.verdict}.", "ok")
    if recipe is not None:
        verification = verify(recipe, sweep.recipe(), describe_difference(recipe, sweep))
        said = outcome_notice(verification, "the mean is the same", said)
    try:
        query = sweep.recipe().to_query()
    except PlaygroundError as error:
        query, said = "", notice(f"{sweep.headline()}: {sweep.verdict}. {error}", "warning")
    return {
        "templates_chart": templates_value(sweep), "fine_print": fine_print_value(measurement, log),
        "controls_chart": controls_value(sweep), "query": query, "notice": said, "log": log,
    }  # fmt: skip


def on_restore(recipe: Recipe) -> Update:
    """The settings of a link."""
    if not _asks(recipe):
        return {}
    request = read_template_sweep({**recipe.settings, "model": recipe.model})
    controls = pair_lines(request.controls)
    return {
        "a": request.a, "b": request.b, "words_1": ", ".join(request.words_1), "words_2": ", ".join(request.words_2),
        "templates": "\n".join(request.templates), "controls": controls, "model": restored_model(request.model),
        **on_controls(controls),
    }  # fmt: skip


def on_family(family: str) -> Update:
    """The pairs of a family, to be seen and edited."""
    return {"controls": pair_lines(CONTROLS[family])} if family in CONTROLS else {}


def on_controls(lines: str) -> Update:
    """The family that the pairs in the box are, or that they are a visitor's own."""
    try:
        family = format_controls(read_controls(lines))
    except PlaygroundError:
        family = OWN  # what is wrong is said when it is measured
    return {"family": family if family in CONTROLS else OWN}


def _preset(number: int) -> Callable[[], Update]:
    preset = TEMPLATE_SWEEPS[number]
    return lambda: {
        "a": preset.a, "b": preset.b, "words_1": preset.words_1, "words_2": preset.words_2,
        "templates": preset.templates, "family": preset.controls, "controls": pair_lines(CONTROLS[preset.controls]),
    }  # fmt: skip
