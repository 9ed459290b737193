"""Benchmarks: published lists of stereotypes, scored by three rules at once, with intervals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import gradio as gr

from playground.bias.benchmark import (
    ALL,
    NAME,
    BenchmarkResult,
    categories_of,
    describe_difference,
    read_benchmark,
    run_benchmark,
)
from playground.bias.benchmark_report import benchmark_measurement
from playground.bias.benchmark_scores import rules_of
from playground.bias.session_log import SessionLog, log_measurement
from playground.core.catalogue import say
from playground.core.recipe import Recipe
from playground.core.verification import verify
from playground.language.model_menu import fetch_by_name, model_choices
from playground.language.text_request import DEFAULT_MODEL
from playground.panels.bias.benchmarks.data import disagreement_value, rules_value, shares_value
from playground.panels.bias.benchmarks.layout import build_components
from playground.panels.bias.shared import BiasShared, fine_print_value, has_settings, outcome_notice, running_query
from playground.ui.events import QUIET, Update, call
from playground.ui.messages import Notice
from playground.ui.newest_run import connect_runs
from playground.ui.notice import notice
from playground.ui.panel_protocol import Example, Panel
from playground.ui.result_settings import result_settings

__all__ = ["NAME", "build"]
SETTINGS = ("benchmark", "model", "rule", "category", "first", "decoder")
RESULTS = ("shares", "rules", "disagreement_fold", "disagreement", "fine_print", "query", "notice", "log")


def build(item: gr.Tab, shared: BiasShared) -> Panel:
    """The panel, its handlers and its endpoint."""
    panel = build_components()
    components = (panel, shared)
    inputs = [*SETTINGS, "log"]
    settings = {name: getattr(panel, name) for name in SETTINGS}
    came_from = result_settings(settings, [panel.shares, panel.rules, panel.disagreement, panel.fine_print])
    running = came_from.carry(call(on_run, components, inputs, RESULTS))
    rescoring = came_from.carry(call(on_rule, components, ["query", *inputs], RESULTS))
    connect_runs(NAME, panel.stop, panel.notice, [([panel.run.click], running), ([panel.rule.input], rescoring)])
    panel.benchmark.input(
        **call(on_benchmark, panel, ["benchmark", "rule"], ["rule", "category"]), queue=False, **QUIET
    )
    return Panel(
        NAME, item, components, on_restore, SETTINGS,
        replay=on_replay, replay_inputs=["log"], replayed=RESULTS, stops=[panel.stop], result=came_from,
        example=Example(running, varies=True),
    )  # fmt: skip


def on_run(
    benchmark: str, model: str, rule: str, category: str, first: Any, decoder: str, log: SessionLog
) -> Iterator[Update]:
    """Scores a benchmark; yields the charts while it reads."""
    settings = {
        "benchmark": benchmark, "model": model, "rule": rule, "category": category, "first": first, "decoder": decoder,
    }  # fmt: skip
    yield from _run(settings, log, None)


def on_rule(query: str, *values: Any) -> Iterator[Update]:
    """Applies another rule to the scores. query: of the last measurement; nothing happens without one."""
    if query:
        yield from on_run(*values)


def on_replay(recipe: Recipe, log: SessionLog) -> Iterator[Update]:
    """Measures the settings of a link, and verifies the result."""
    if has_settings(recipe):
        yield from _run(_settings_of(recipe), log, recipe)


def _settings_of(recipe: Recipe) -> Mapping[str, object]:
    return {**recipe.settings, "model": recipe.model or DEFAULT_MODEL}


def _run(settings: Mapping[str, object], log: SessionLog, recipe: Recipe | None) -> Iterator[Update]:
    request = read_benchmark(settings)
    yield {"query": running_query(NAME, settings, recipe)}
    for report in fetch_by_name(request.model):
        yield {"notice": notice(say("bias.fetching", what=report.what, share=report.fraction))}
    # The content note applies to each run's texts.
    yield {"notice": notice(say("shared.loading_model")), "disagreement_fold": gr.Accordion(open=False)}
    for result in run_benchmark(request):
        yield _result(result, log, recipe)


def _result(result: BenchmarkResult, log: SessionLog, recipe: Recipe | None) -> Update:
    charts = {"shares": shares_value(result), "rules": rules_value(result)}
    if result.done and result.table.overall is None:
        return {**charts, "notice": notice(say("bias.benchmarks.nothing_counted"), "warning")}
    if not result.done:
        progress = say("bias.benchmarks.progress", read=result.read, total=result.total, seconds=result.seconds)
        return {**charts, "notice": notice(progress)}
    measurement = benchmark_measurement(result)
    log = log_measurement(log, measurement)
    return {
        **charts, "disagreement": disagreement_value(result), "fine_print": fine_print_value(measurement, log),
        "query": result.recipe().to_query(), "notice": _outcome(result, measurement.summary, recipe), "log": log,
    }  # fmt: skip


def _outcome(result: BenchmarkResult, summary: str, recipe: Recipe | None) -> Notice:
    if result.texts_read:
        done = say("bias.benchmarks.done", total=result.total, texts=result.texts_read, seconds=result.seconds)
    else:
        done = say("bias.benchmarks.done_before", total=result.total)
    verification = verify(recipe, result.recipe(), describe_difference(recipe, result)) if recipe is not None else None
    return outcome_notice(verification, say("bias.benchmarks.same"), notice(f"{done} {summary}", "ok"))


def on_benchmark(benchmark: str, rule: str, category: str = ALL) -> Update:
    """The rules and categories of a benchmark; the rule stays selected if the benchmark has it."""
    rules = list(rules_of(benchmark))
    return {
        "rule": gr.Radio(rules, value=rule if rule in rules else rules[0]),
        "category": gr.Dropdown(categories_of(benchmark), value=category),
    }


def on_restore(recipe: Recipe) -> Update:
    """The settings of a link."""
    if not has_settings(recipe):
        return {}
    request = read_benchmark(_settings_of(recipe))
    model = gr.Dropdown(model_choices(request.model), value=request.model)
    return {
        "benchmark": request.benchmark, "model": model, "first": request.first,
        "decoder": request.decoder, **on_benchmark(request.benchmark, request.rule, request.category),
    }  # fmt: skip
