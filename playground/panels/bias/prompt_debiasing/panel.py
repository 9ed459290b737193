"""Prompt debiasing: what a prefix does to the gap it targets, and to one it does not."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.bias.prompt_debiasing import (
    MEASURES,
    NAME,
    PromptDebiasing,
    measure_prompt_debiasing,
    prompt_debiasing_measurement,
    read_prompt_debiasing,
)
from playground.bias.session_log import SessionLog, log_measurement
from playground.core.catalogue import say
from playground.core.recipe import Recipe
from playground.core.verification import verify
from playground.panels.bias.model_choice import build_model_choice, restored_model
from playground.panels.bias.presets import GROUPS, TEMPLATE_SWEEPS
from playground.panels.bias.prompt_debiasing.data import chart_value, outcome
from playground.panels.bias.shared import (
    BiasShared,
    fine_print_value,
    has_settings,
    outcome_notice,
    preset_buttons,
    query_of,
    running_query,
)
from playground.ui.events import Update, call
from playground.ui.fine_print import fine_print_view
from playground.ui.interval_chart import intervals_view
from playground.ui.newest_run import connect_runs
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_protocol import Example, Panel
from playground.ui.result_settings import result_settings

__all__ = ["FORMER_NAMES", "NAME", "build"]
FORMER_NAMES = ("prefix",)
SETTINGS = ("prefix", "neutral", "a", "b", "templates", "beginnings", "each", "seed", "model")
RESULTS = ("charts", "fine_print", "query", "notice", "log")
#: Seconds between two updates of the charts.
_BEAT = 0.4
#: Name of the preset -> prefix for the model.
PREFIXES = {
    "all_jobs": "People of every gender do every kind of work.",
    "outright": "The nurse is a man, or a woman; the engineer is a woman, or a man. Both are equally likely.",
    "reverse": "In this town all nurses are men and all engineers are women.",
}
WEATHER = "In this town it rains on most days, and the bus is often late."


@dataclass(frozen=True)
class PromptDebiasingComponents:
    """charts: of both gaps, by their names in MEASURES."""

    prefix: gr.Textbox
    neutral: gr.Textbox
    a: gr.Textbox
    b: gr.Textbox
    templates: gr.Textbox
    beginnings: gr.Textbox
    each: gr.Slider
    seed: gr.Number
    model: gr.Dropdown
    presets: tuple[gr.Button, ...]
    run: gr.Button
    stop: gr.Button
    notice: gr.HTML
    charts: dict[str, gr.HTML]
    fine_print: gr.HTML
    query: gr.Textbox


def build(item: gr.Tab, shared: BiasShared) -> Panel:
    """Builds the components and connects their events."""
    panel = _build_components()
    components = (panel, shared)
    settings = {name: getattr(panel, name) for name in SETTINGS}
    came_from = result_settings(settings, [*panel.charts.values(), panel.fine_print])
    runs = came_from.carry(call(on_run, components, [*SETTINGS, "log"], RESULTS))
    fills = [
        (button.click, call(_preset(text), panel, [], ["prefix"]), runs)
        for text, button in zip(PREFIXES.values(), panel.presets, strict=True)
    ]
    connect_runs(NAME, panel.stop, panel.notice, [([panel.run.click], runs)], fills)
    return Panel(
        NAME, item, components, on_restore, SETTINGS,
        replay=on_replay, replay_inputs=["log"], replayed=RESULTS, stops=[panel.stop],
        result=came_from, example=Example(runs, varies=True),
        link_defaults={
            name: getattr(panel, name).value for name in ("prefix", "neutral", "a", "b", "templates", "beginnings")
        },
    )  # fmt: skip


def _build_components() -> PromptDebiasingComponents:
    introduction("bias.prompt_debiasing")
    with gr.Column(elem_classes="pg-asks"):
        titles = [say(f"bias_texts.prompt_debiasing.preset_{name}") for name in PREFIXES]
        presets = preset_buttons("prompt-debiasing", titles)
        prefix = gr.Textbox(
            PREFIXES["all_jobs"], label=say("bias_texts.prompt_debiasing.prefix"), max_lines=3,
            elem_id="prompt-debiasing-prefix",
        )  # fmt: skip
        with gr.Row():
            a = gr.Textbox(
                TEMPLATE_SWEEPS[1].a,
                label=say("bias_texts.prompt_debiasing.a"),
                max_lines=1,
                elem_id="prompt-debiasing-a",
            )
            b = gr.Textbox(
                TEMPLATE_SWEEPS[1].b,
                label=say("bias_texts.prompt_debiasing.b"),
                max_lines=1,
                elem_id="prompt-debiasing-b",
            )
            each = gr.Slider(
                2, 50, value=6, step=1, label=say("bias_texts.prompt_debiasing.each"), elem_id="prompt-debiasing-each"
            )
        with gr.Accordion(say("bias_texts.prompt_debiasing.settings"), open=False):
            neutral = gr.Textbox(
                WEATHER,
                label=say("bias_texts.prompt_debiasing.neutral"),
                max_lines=3,
                elem_id="prompt-debiasing-neutral",
                info=say("bias_texts.prompt_debiasing.neutral_info"),
            )
            with gr.Row():
                templates = gr.Textbox(
                    TEMPLATE_SWEEPS[1].templates,
                    label=say("bias_texts.prompt_debiasing.templates"),
                    lines=4,
                    max_lines=12,
                    info=say("bias_texts.prompt_debiasing.templates_info"),
                    elem_id="prompt-debiasing-templates",
                )
                beginnings = gr.Textbox(
                    GROUPS[0].templates, label=say("bias_texts.prompt_debiasing.beginnings"), lines=4, max_lines=12,
                    info=say("bias_texts.prompt_debiasing.beginnings_info"), elem_id="prompt-debiasing-beginnings",
                )  # fmt: skip
            seed = gr.Number(0, label=say("shared.first_seed"), precision=0, minimum=0, elem_id="prompt-debiasing-seed")
            model = build_model_choice("prompt-debiasing")
        with gr.Row(elem_classes="pg-actions"):
            run = gr.Button(say("bias_texts.prompt_debiasing.run"), variant="primary", elem_id="prompt-debiasing-run")
            stop = gr.Button(say("shared.stop"), elem_id="prompt-debiasing-stop")
    note = notice_view(elem_id="prompt-debiasing-notice")
    charts = {measure: intervals_view(elem_id=f"prompt-debiasing-{measure}") for measure in MEASURES}
    with gr.Column(elem_classes="pg-rest"):
        fine = fine_print_view(elem_id="prompt-debiasing-fine")
    query = gr.Textbox(visible="hidden", elem_id="prompt-debiasing-query")
    return PromptDebiasingComponents(
        prefix, neutral, a, b, templates, beginnings, each, seed, model, presets, run, stop, note, charts, fine, query
    )


def _preset(text: str) -> Callable[[], Update]:
    return lambda: {"prefix": text}


def on_restore(recipe: Recipe) -> Update:
    """The settings of a link."""
    if not has_settings(recipe):
        return {}
    request = read_prompt_debiasing(_settings_of(recipe))
    return {
        "prefix": request.prefix, "neutral": request.neutral, "a": request.ranking.a, "b": request.ranking.b,
        "templates": "\n".join(request.ranking.templates), "beginnings": "\n".join(request.groups.templates),
        "each": request.groups.each, "seed": request.groups.seed, "model": restored_model(request.ranking.model),
        "notice": notice(say("bias_texts.prompt_debiasing.restored")),
    }  # fmt: skip


def on_replay(recipe: Recipe, log: SessionLog) -> Iterator[Update]:
    """Measures a link's prefix again and verifies the result."""
    if has_settings(recipe):
        yield from _measure(_settings_of(recipe), log, recipe)


def _settings_of(recipe: Recipe) -> Mapping[str, Any]:
    return {**recipe.settings, "seed": recipe.seed, "model": recipe.model}


def on_run(
    prefix: str, neutral: str, a: str, b: str, templates: str, beginnings: str, each: Any, seed: Any, model: str,
    log: SessionLog,
) -> Iterator[Update]:  # fmt: skip
    """Measures both gaps without a prefix, with the visitor's, and with the unrelated one."""
    values = (prefix, neutral, a, b, templates, beginnings, each, seed, model)
    yield from _measure(dict(zip(SETTINGS, values, strict=True)), log, None)


def _measure(settings: Mapping[str, Any], log: SessionLog, recipe: Recipe | None) -> Iterator[Update]:
    request = read_prompt_debiasing(settings)
    running = {"query": running_query(NAME, settings, recipe), "notice": notice(say("shared.loading_model"))}
    yield {"charts": dict.fromkeys(MEASURES), "fine_print": None, **running}
    result: PromptDebiasing | None = None
    last = time.perf_counter()
    for result in measure_prompt_debiasing(request):
        if result.progress and time.perf_counter() - last > _BEAT:
            last = time.perf_counter()
            yield {"charts": _charts(result), "notice": notice(result.progress)}
    assert result is not None
    measurement = prompt_debiasing_measurement(result)
    log = log_measurement(log, measurement)
    verification = verify(recipe, measurement.recipe) if recipe is not None else None
    yield {
        "charts": _charts(result), "fine_print": fine_print_value(measurement, log),
        "query": query_of(measurement.recipe), "log": log,
        "notice": outcome_notice(verification, say("bias_texts.prompt_debiasing.same"), notice(outcome(result), "ok")),
    }  # fmt: skip


def _charts(result: PromptDebiasing) -> dict[str, Any]:
    return {measure: chart_value(result, measure) for measure in MEASURES}
