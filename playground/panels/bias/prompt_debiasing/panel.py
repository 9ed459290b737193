"""Prompt debiasing: a text before everything, measured by the gap that it is to close and by one that it is not."""

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
from playground.core.recipe import Recipe
from playground.core.verification import verify
from playground.panels.bias.model_choice import build_model_choice, restored_model
from playground.panels.bias.presets import GROUPS, TEMPLATE_SWEEPS
from playground.panels.bias.prompt_debiasing.data import chart_value, outcome
from playground.panels.bias.shared import BiasShared, fine_print_value, outcome_notice, query_of
from playground.ui.events import MODEL_QUEUE, QUIET, Update, call, connect_stop
from playground.ui.fine_print import fine_print_view
from playground.ui.interval_chart import intervals_view
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_protocol import Panel

__all__ = ["FORMER_NAMES", "NAME", "TITLE", "build"]
TITLE = "A fairer prompt?"
FORMER_NAMES = ("prefix",)
SETTINGS = ("prefix", "neutral", "a", "b", "templates", "beginnings", "each", "seed", "model")
RESULTS = ("charts", "fine_print", "query", "notice", "log")
#: Seconds between two drawings.
_BEAT = 0.4
#: (button, text).
PREFIXES = (
    ("All can do all jobs", "People of every gender do every kind of work."),
    ("Said outright", "The nurse is a man, or a woman; the engineer is a woman, or a man. Both are equally likely."),
    ("The reverse", "In this town all nurses are men and all engineers are women."),
)
WEATHER = "In this town it rains on most days, and the bus is often late."


@dataclass(frozen=True)
class PromptDebiasingComponents:
    """charts: one of each gap, by its name in MEASURES."""

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
    """The panel and its handlers."""
    panel = _build_components()
    components = (panel, shared)
    for number, button in enumerate(panel.presets):
        button.click(**call(_preset(number), panel, [], ["prefix"]), queue=False, **QUIET)
    run = panel.run.click(**call(on_run, components, [*SETTINGS, "log"], RESULTS), **QUIET, **MODEL_QUEUE)
    connect_stop(panel.stop, run, panel.notice)
    return Panel(
        NAME, item, components, on_restore, SETTINGS,
        replay=on_replay, replay_inputs=["log"], replayed=RESULTS, stops=[panel.stop],
    )  # fmt: skip


def _build_components() -> PromptDebiasingComponents:
    introduction(
        "Debias, then look again: a sentence before everything asks the model to be fair, and two gaps are measured.",
        "Write the sentence, and run. One gap is what you work on; the other is what the model does by itself.",
        "If only the first gap closes, the leaning was hidden, not removed. And any text before changes something.",
    )
    with gr.Row(elem_classes="pg-actions"):
        presets = tuple(
            gr.Button(title, size="sm", elem_id=f"prefix-preset-{number}")
            for number, (title, _) in enumerate(PREFIXES, 1)
        )
    prefix = gr.Textbox(PREFIXES[0][1], label="Your text before every sentence", max_lines=3, elem_id="prefix-text")
    with gr.Row():
        a = gr.Textbox(TEMPLATE_SWEEPS[1].a, label="A", max_lines=1, elem_id="prefix-a")
        b = gr.Textbox(TEMPLATE_SWEEPS[1].b, label="B", max_lines=1, elem_id="prefix-b")
        each = gr.Slider(2, 50, value=6, step=1, label="Texts for each beginning", elem_id="prefix-each")
    with gr.Accordion("The sentences, the text of no bearing, model and seed", open=False):
        neutral = gr.Textbox(
            WEATHER, label="A text of no bearing", max_lines=3, elem_id="prefix-neutral",
            info="It has nothing to do with the matter: what it changes is what any text changes.",
        )  # fmt: skip
        with gr.Row():
            templates = gr.Textbox(
                TEMPLATE_SWEEPS[1].templates, label="Sentences in which she and he are ranked", lines=4, max_lines=12,
                info="{} stands for A or B, _ for she or he.", elem_id="prefix-templates",
            )  # fmt: skip
            beginnings = gr.Textbox(
                GROUPS[0].templates, label="Beginnings that the model continues", lines=4, max_lines=12,
                info="{group} stands for A or B.", elem_id="prefix-beginnings",
            )  # fmt: skip
        seed = gr.Number(0, label="First seed", precision=0, minimum=0, elem_id="prefix-seed")
        model = build_model_choice("prefix")
    with gr.Row(elem_classes="pg-actions"):
        run = gr.Button("Measure before and after", variant="primary", elem_id="prefix-run")
        stop = gr.Button("Stop", elem_id="prefix-stop")
    note = notice_view(elem_id="prefix-notice")
    charts = {measure: intervals_view(elem_id=f"prefix-{measure}") for measure in MEASURES}
    fine = fine_print_view(elem_id="prefix-fine")
    query = gr.Textbox(visible="hidden", elem_id="prefix-query")
    return PromptDebiasingComponents(
        prefix, neutral, a, b, templates, beginnings, each, seed, model, presets, run, stop, note, charts, fine, query
    )


def _preset(number: int) -> Callable[[], Update]:
    return lambda: {"prefix": PREFIXES[number][1]}


def on_restore(recipe: Recipe) -> Update:
    """The settings of a link."""
    if not _asks(recipe):
        return {}
    request = read_prompt_debiasing(_settings_of(recipe))
    return {
        "prefix": request.prefix, "neutral": request.neutral, "a": request.ranking.a, "b": request.ranking.b,
        "templates": "\n".join(request.ranking.templates), "beginnings": "\n".join(request.groups.templates),
        "each": request.groups.each, "seed": request.groups.seed, "model": restored_model(request.ranking.model),
        "notice": notice("Measuring the linked text again."),
    }  # fmt: skip


def on_replay(recipe: Recipe, log: SessionLog) -> Iterator[Update]:
    """Measures a link's text again, and verifies it."""
    if _asks(recipe):
        yield from _measure(_settings_of(recipe), log, recipe)


def _asks(recipe: Recipe) -> bool:
    """Whether a link says more than which panel: one to the panel alone measures nothing."""
    return bool(recipe.model or set(recipe.settings) - {"panel"})


def _settings_of(recipe: Recipe) -> Mapping[str, Any]:
    return {**recipe.settings, "seed": recipe.seed, "model": recipe.model}


def on_run(
    prefix: str, neutral: str, a: str, b: str, templates: str, beginnings: str, each: Any, seed: Any, model: str,
    log: SessionLog,
) -> Iterator[Update]:  # fmt: skip
    """Measures both gaps without a text, with the visitor's and with one of no bearing."""
    values = (prefix, neutral, a, b, templates, beginnings, each, seed, model)
    yield from _measure(dict(zip(SETTINGS, values, strict=True)), log, None)


def _measure(settings: Mapping[str, Any], log: SessionLog, recipe: Recipe | None) -> Iterator[Update]:
    request = read_prompt_debiasing(settings)
    yield {"charts": dict.fromkeys(MEASURES), "fine_print": None, "notice": notice("The model is reading.")}
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
        "notice": outcome_notice(verification, "both gaps are the same", notice(outcome(result), "ok")),
    }  # fmt: skip


def _charts(result: PromptDebiasing) -> dict[str, Any]:
    return {measure: chart_value(result, measure) for measure in MEASURES}
