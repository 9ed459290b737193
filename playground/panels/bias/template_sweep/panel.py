"""Template sweep: one contrast in many templates, compared with arbitrary control pairs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.bias.control_pairs import CONTROLS, format_controls, pair_lines, read_controls
from playground.bias.session_log import SessionLog, log_measurement, measurement_id, verdict_in
from playground.bias.template_sweep import (
    NAME,
    TemplateSweep,
    describe_difference,
    sweep_templates,
)
from playground.bias.template_sweep_request import read_template_sweep
from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.core.verification import verify
from playground.panels.bias.model_choice import build_model_choice, restored_model
from playground.panels.bias.presets import TEMPLATE_SWEEPS
from playground.panels.bias.shared import BiasShared, fine_print_value, outcome_notice, preset_buttons, running_query
from playground.panels.bias.template_sweep.data import controls_value, templates_value
from playground.ui.events import QUIET, Update, call
from playground.ui.fine_print import fine_print_view
from playground.ui.interval_chart import intervals_view
from playground.ui.newest_run import connect_runs
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_protocol import Example, Panel
from playground.ui.result_settings import result_settings

__all__ = ["FORMER_NAMES", "NAME", "build"]
FORMER_NAMES = ("wording",)
#: The family name of a visitor's own control pairs.
OWN = "own"
SETTINGS = ("a", "b", "words_1", "words_2", "templates", "controls", "model")
RESULTS = ("templates_chart", "fine_print", "controls_chart", "query", "notice", "log")
#: Seconds between two progress notices.
_BEAT = 0.5


@dataclass(frozen=True)
class TemplateSweepComponents:
    """The panel's components. family: of the control pairs, OWN if the visitor edited them."""

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
    settings = {name: getattr(panel, name) for name in SETTINGS}
    came_from = result_settings(settings, [panel.templates_chart, panel.fine_print, panel.controls_chart])
    runs = came_from.carry(call(on_run, components, [*SETTINGS, "log"], RESULTS))
    starts = [panel.run.click, *(box.submit for box in (panel.a, panel.b, panel.words_1, panel.words_2))]
    preset_settings = [name for name in (*SETTINGS, "family") if name != "model"]
    fills = [
        (button.click, call(_preset(number), panel, [], preset_settings), runs)
        for number, button in enumerate(panel.presets)
    ]
    connect_runs(NAME, panel.stop, panel.notice, [(starts, runs)], fills)
    panel.family.input(**call(on_family, panel, ["family"], ["controls"]), **at_once)
    panel.controls.blur(**call(on_controls, panel, ["controls"], ["family"]), **at_once)
    return Panel(
        NAME, item, components, on_restore, [*SETTINGS, "family"],
        replay=on_replay, replay_inputs=["log"], replayed=RESULTS, stops=[panel.stop], result=came_from,
        example=Example(runs, varies=True),
    )  # fmt: skip


def _build_components() -> TemplateSweepComponents:
    introduction("bias.template_sweep")
    first = TEMPLATE_SWEEPS[0]
    with gr.Column(elem_classes="pg-asks"):
        presets = preset_buttons("template-sweep", [preset.title for preset in TEMPLATE_SWEEPS])
        with gr.Row():
            a = gr.Textbox(
                first.a, label=say("bias.sentence_pair.a"), max_lines=1, elem_id="template-sweep-a",
                elem_classes="pg-sentence-a",
            )  # fmt: skip
            b = gr.Textbox(
                first.b, label=say("bias.sentence_pair.b"), max_lines=1, elem_id="template-sweep-b",
                elem_classes="pg-sentence-b",
            )  # fmt: skip
            words_1 = gr.Textbox(
                first.words_1, label=say("bias.template_sweep.words_1"), max_lines=1, elem_id="template-sweep-words-1"
            )
            words_2 = gr.Textbox(
                first.words_2, label=say("bias.template_sweep.words_2"), max_lines=1, elem_id="template-sweep-words-2"
            )
        templates = gr.Textbox(
            first.templates, label=say("bias.template_sweep.templates"), lines=8, max_lines=16,
            elem_id="template-sweep-templates", info=say("bias.template_sweep.templates_info"),
        )  # fmt: skip
        with gr.Accordion(say("bias.template_sweep.settings"), open=False):
            family = gr.Dropdown(
                [(say(f"bias.template_sweep.families.{name}"), name) for name in (*CONTROLS, OWN)],
                value=first.controls,
                label=say("bias.template_sweep.family"),
                elem_id="template-sweep-family",
                info=say("bias.template_sweep.family_info"),
            )
            controls = gr.Textbox(
                pair_lines(CONTROLS[first.controls]), label=say("bias.template_sweep.controls"), lines=6, max_lines=12,
                elem_id="template-sweep-controls", info=say("bias.template_sweep.controls_info"),
            )  # fmt: skip
            model = build_model_choice("template-sweep")
        with gr.Row(elem_classes="pg-actions"):
            run = gr.Button(say("bias.template_sweep.run"), variant="primary", elem_id="template-sweep-run")
            stop = gr.Button(say("shared.stop"), elem_id="template-sweep-stop")
    note = notice_view(elem_id="template-sweep-notice")
    empty = {"rows": [], "empty": say("bias.nothing_measured")}
    chart = intervals_view(empty, elem_id="template-sweep-templates-chart")
    with gr.Column(elem_classes="pg-rest"):
        fine = fine_print_view(elem_id="template-sweep-fine")
        with gr.Accordion(say("bias.template_sweep.control_chart"), open=False):
            control_chart = intervals_view(empty, elem_id="template-sweep-controls-chart")
    query = gr.Textbox(visible="hidden", elem_id="template-sweep-query")
    return TemplateSweepComponents(
        a, b, words_1, words_2, templates, family, controls, model, presets, run, stop, note, chart, fine,
        control_chart, query,
    )  # fmt: skip


def on_run(
    a: str, b: str, words_1: str, words_2: str, templates: str, controls: str, model: str, log: SessionLog
) -> Iterator[Update]:
    """Measures, and draws each template once it is measured."""
    settings = {
        "a": a, "b": b, "words_1": words_1, "words_2": words_2, "templates": templates, "controls": controls,
        "model": model,
    }  # fmt: skip
    yield from _sweep(settings, log, None)


def on_replay(recipe: Recipe, log: SessionLog) -> Iterator[Update]:
    """Measures the templates of a link, and verifies the result."""
    if settings := _settings_of(recipe):
        yield from _sweep(settings, log, recipe)


def _settings_of(recipe: Recipe) -> Mapping[str, Any]:
    """The settings of a link, those that it lacks as the panel opens with them; {} if it only opens the panel."""
    first = TEMPLATE_SWEEPS[0]
    names = [name for name in SETTINGS if name != "model"]
    if not recipe.settings.keys() & names:
        return {}
    return {**{name: getattr(first, name) for name in names}, **recipe.settings, "model": recipe.model}


def _sweep(settings: Mapping[str, Any], log: SessionLog, recipe: Recipe | None) -> Iterator[Update]:
    request = read_template_sweep(settings)
    running = running_query(NAME, {**settings, "controls": format_controls(request.controls)}, recipe)
    empty = dict.fromkeys(("templates_chart", "fine_print", "controls_chart"))
    yield {**empty, "query": running, "notice": notice(say("bias.template_sweep.reading"))}
    sweep, drawn, last = None, 0, time.perf_counter()
    for sweep in sweep_templates(request):
        is_new = len(sweep.values) > drawn
        if is_new or time.perf_counter() - last > _BEAT:
            last, drawn = time.perf_counter(), len(sweep.values)
            stage = "measuring_templates" if drawn < len(request.templates) else "measuring_controls"
            progress = {"notice": notice(say(f"bias.template_sweep.{stage}", done=sweep.done))}
            yield {**progress, "templates_chart": templates_value(sweep)} if is_new else progress
    assert sweep is not None
    yield _result(sweep, log, recipe)


def _result(sweep: TemplateSweep, log: SessionLog, recipe: Recipe | None) -> Update:
    measurement = sweep.measurement()
    log = log_measurement(log, measurement)
    verdict = verdict_in(log, measurement)
    outcome = notice(say("bias.template_sweep.done", headline=sweep.headline()), "ok")
    if recipe is not None:
        verification = verify(recipe, sweep.recipe(), describe_difference(recipe, sweep))
        outcome = outcome_notice(verification, say("bias.template_sweep.same"), outcome)
    try:
        query = sweep.recipe().to_query()
    except PlaygroundError as error:
        query, outcome = (
            "",
            notice(say("bias.template_sweep.no_link", headline=sweep.headline(), error=error), "warning"),
        )
    return {
        "templates_chart": templates_value(sweep, verdict, measurement_id(measurement)),
        "fine_print": fine_print_value(measurement, log),
        "controls_chart": controls_value(sweep), "query": query, "notice": outcome, "log": log,
    }  # fmt: skip


def on_restore(recipe: Recipe) -> Update:
    """The settings of a link."""
    settings = _settings_of(recipe)
    if not settings:
        return {"model": restored_model(recipe.model)} if recipe.model else {}
    request = read_template_sweep(settings)
    controls = pair_lines(request.controls)
    return {
        "a": request.a, "b": request.b, "words_1": ", ".join(request.words_1), "words_2": ", ".join(request.words_2),
        "templates": "\n".join(request.templates), "controls": controls, "model": restored_model(request.model),
        **on_controls(controls),
    }  # fmt: skip


def on_family(family: str) -> Update:
    """The pairs of a family, for editing."""
    return {"controls": pair_lines(CONTROLS[family])} if family in CONTROLS else {}


def on_controls(lines: str) -> Update:
    """The family of the pairs in the box, or OWN."""
    try:
        family = format_controls(read_controls(lines))
    except PlaygroundError:
        family = OWN  # measuring reports the error
    return {"family": family if family in CONTROLS else OWN}


def _preset(number: int) -> Callable[[], Update]:
    preset = TEMPLATE_SWEEPS[number]
    return lambda: {
        "a": preset.a, "b": preset.b, "words_1": preset.words_1, "words_2": preset.words_2,
        "templates": preset.templates, "family": preset.controls, "controls": pair_lines(CONTROLS[preset.controls]),
    }  # fmt: skip
