"""Group generation: texts that a model writes about several groups, and how certain their differences are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.bias.group_differences import (
    TEXT_MEASURES,
    GroupDifference,
    compare_groups,
    describe_holding,
    group_measurement,
    most_significant,
)
from playground.bias.group_generation import NAME, GroupTexts, generate_group_texts, read_group_generation
from playground.bias.session_log import SessionLog, log_measurement
from playground.core.catalogue import say
from playground.core.recipe import Recipe
from playground.core.verification import verify
from playground.panels.bias.group_generation.data import chart_value, texts_value, words_value
from playground.panels.bias.group_generation.view import group_texts_view, group_words_view
from playground.panels.bias.model_choice import build_model_choice, restored_model
from playground.panels.bias.presets import GROUPS
from playground.panels.bias.shared import (
    BiasShared,
    fine_print_value,
    has_settings,
    outcome_notice,
    preset_buttons,
    query_of,
    running_query,
)
from playground.ui.events import QUIET, Update, call
from playground.ui.fine_print import fine_print_view
from playground.ui.interval_chart import intervals_view
from playground.ui.newest_run import connect_runs
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_protocol import Example, Panel
from playground.ui.result_settings import result_settings

__all__ = ["FORMER_NAMES", "NAME", "build"]
FORMER_NAMES = ("generation",)
SETTINGS = ("templates", "groups", "each", "tokens", "seed", "model", "prefix")
RESULTS = ("comparison", "measure", "chart", "words", "texts", "texts_fold", "fine_print", "query", "notice", "log")
#: The texts, and the groups' differences by every measure.
Comparison = tuple[GroupTexts, tuple[GroupDifference, ...]]


@dataclass(frozen=True)
class GroupGenerationComponents:
    """measure: key of the measure in the chart.  comparison: gr.State of a Comparison, or None.

    texts_fold: the texts behind their content note, which each run shuts, because its texts are others.
    """

    templates: gr.Textbox
    groups: gr.Textbox
    each: gr.Slider
    tokens: gr.Slider
    seed: gr.Number
    model: gr.Dropdown
    prefix: gr.Textbox
    presets: tuple[gr.Button, ...]
    run: gr.Button
    stop: gr.Button
    measure: gr.Radio
    notice: gr.HTML
    chart: gr.HTML
    words: gr.HTML
    texts: gr.HTML
    fine_print: gr.HTML
    comparison: gr.State
    query: gr.Textbox
    texts_fold: gr.Accordion


def build(item: gr.Tab, shared: BiasShared) -> Panel:
    """Builds the components and connects their events."""
    panel = _build_components()
    components = (panel, shared)
    settings = {name: getattr(panel, name) for name in SETTINGS}
    came_from = result_settings(settings, [panel.chart, panel.words, panel.texts, panel.fine_print])
    runs = came_from.carry(call(on_run, components, [*SETTINGS, "measure", "log"], RESULTS))
    fills = [
        (button.click, call(_preset(number), panel, [], ["templates", "groups"]), runs)
        for number, button in enumerate(panel.presets)
    ]
    connect_runs(NAME, panel.stop, panel.notice, [([panel.run.click], runs)], fills)
    measures = call(on_measure, components, ["comparison", "measure", "log"], ["chart", "fine_print", "notice"])
    panel.measure.input(**measures, queue=False, **QUIET)
    return Panel(
        NAME, item, components, on_restore, SETTINGS,
        replay=on_replay, replay_inputs=["measure", "log"], replayed=RESULTS, stops=[panel.stop],
        result=came_from, example=Example(runs, varies=True),
        link_defaults={name: getattr(panel, name).value for name in ("templates", "groups")},
    )  # fmt: skip


def _build_components() -> GroupGenerationComponents:
    introduction("bias.group_generation")
    with gr.Column(elem_classes="pg-asks"):
        presets = preset_buttons("group-generation", [preset.title for preset in GROUPS])
        with gr.Row():
            templates = gr.Textbox(
                GROUPS[0].templates, label=say("bias_texts.group_generation.templates"), lines=4, max_lines=12, scale=3,
                info=say("bias_texts.group_generation.templates_info"), elem_id="group-generation-templates",
            )  # fmt: skip
            groups = gr.Textbox(
                GROUPS[0].groups, label=say("bias_texts.group_generation.groups"), lines=4, max_lines=6, scale=2,
                info=say("bias_texts.group_generation.groups_info"), elem_id="group-generation-groups",
            )  # fmt: skip
        with gr.Accordion(say("bias_texts.group_generation.settings"), open=False):
            model = build_model_choice("group-generation")
            each = gr.Slider(
                2, 100, value=8, step=1, label=say("bias_texts.group_generation.each"), elem_id="group-generation-each"
            )
            tokens = gr.Slider(
                5,
                60,
                value=20,
                step=1,
                label=say("bias_texts.group_generation.tokens"),
                elem_id="group-generation-tokens",
            )
            seed = gr.Number(0, label=say("shared.first_seed"), precision=0, minimum=0, elem_id="group-generation-seed")
            prefix = gr.Textbox(
                "", label=say("bias_texts.group_generation.prefix"), max_lines=3, elem_id="group-generation-prefix",
                info=say("bias_texts.group_generation.prefix_info"),
            )  # fmt: skip
        with gr.Row(elem_classes="pg-actions"):
            run = gr.Button(say("bias_texts.group_generation.run"), variant="primary", elem_id="group-generation-run")
            stop = gr.Button(say("shared.stop"), elem_id="group-generation-stop")
    note = notice_view(elem_id="group-generation-notice")
    measure = gr.Radio(
        [(one.title, one.key) for one in TEXT_MEASURES], value=TEXT_MEASURES[0].key,
        label=say("bias_texts.group_generation.measure"), elem_id="group-generation-measure", elem_classes="pg-chooses",
    )  # fmt: skip
    chart = intervals_view(elem_id="group-generation-chart")
    with gr.Column(elem_classes="pg-rest"):
        fine = fine_print_view(elem_id="group-generation-fine")
        with gr.Accordion(say("bias_texts.group_generation.words_title"), open=True):
            words = group_words_view(elem_id="group-generation-words")
        with gr.Accordion(
            say("bias_texts.group_generation.texts_title"), open=False,
            elem_id="group-generation-texts-fold",
        ) as texts_fold:  # fmt: skip
            texts = group_texts_view(elem_id="group-generation-texts")
    query = gr.Textbox(visible="hidden", elem_id="group-generation-query")
    return GroupGenerationComponents(
        templates, groups, each, tokens, seed, model, prefix, presets, run, stop, measure, note, chart, words, texts,
        fine, gr.State(None), query, texts_fold,
    )  # fmt: skip


def _preset(number: int) -> Callable[[], Update]:
    preset = GROUPS[number]
    return lambda: {"templates": preset.templates, "groups": preset.groups}


def on_restore(recipe: Recipe) -> Update:
    """The settings of a link."""
    if not has_settings(recipe):
        return {}
    request = read_group_generation(_settings_of(recipe))
    return {
        "templates": "\n".join(request.templates), "groups": "\n".join(request.groups), "each": request.each,
        "tokens": request.tokens, "seed": request.seed, "model": restored_model(request.model),
        "prefix": request.prefix, "notice": notice(say("bias_texts.group_generation.restored")),
    }  # fmt: skip


def on_replay(recipe: Recipe, measure: str, log: SessionLog) -> Iterator[Update]:
    """Writes a link's texts again and verifies them."""
    if has_settings(recipe):
        yield from _generate(_settings_of(recipe), measure, log, recipe)


def _settings_of(recipe: Recipe) -> Mapping[str, object]:
    return {**recipe.settings, "model": recipe.model, "seed": recipe.seed}


def on_run(
    templates: str, groups: str, each: Any, tokens: Any, seed: Any, model: str, prefix: str, measure: str,
    log: SessionLog,
) -> Iterator[Update]:  # fmt: skip
    """Writes the texts and compares them as they arrive. measure: key of the measure to draw meanwhile."""
    values = (templates, groups, each, tokens, seed, model, prefix)
    yield from _generate(dict(zip(SETTINGS, values, strict=True)), measure, log, None)


def _generate(settings: Mapping[str, object], measure: str, log: SessionLog, recipe: Recipe | None) -> Iterator[Update]:
    request = read_group_generation(settings)
    empty = dict.fromkeys(("comparison", "chart", "words", "texts", "fine_print"))
    running = {"query": running_query(NAME, settings, recipe), "notice": notice(say("shared.loading_model"))}
    yield {**empty, "texts_fold": gr.Accordion(open=False), **running}
    texts: GroupTexts | None = None
    compared = 0
    for texts in generate_group_texts(request):
        progress = say("bias_texts.group_generation.progress", written=len(texts.texts), total=request.count)
        update: Update = {"notice": notice(progress)}
        started = {(text.template, text.group) for text in texts.texts}
        complete = len(started) // len(request.groups)
        if complete > compared and not texts.done:  # another template has texts about every group
            compared = complete
            differences = compare_groups(texts)
            chart = chart_value(differences, measure, request.groups)
            yield {**update, "comparison": (texts, differences), "chart": chart}
        else:
            yield update
    assert texts is not None
    yield result_update(texts, log, recipe)


def result_update(texts: GroupTexts, log: SessionLog, recipe: Recipe | None = None) -> Update:
    """A finished run: drawn by its most significant measure, logged, and verified against a link's recipe."""
    differences = compare_groups(texts)
    measurement = group_measurement(texts, differences)
    log = log_measurement(log, measurement)
    query = query_of(measurement.recipe)
    sentences = [say("bias_texts.group_generation.done", count=len(texts.texts)), describe_holding(differences)]
    sentences += [] if query else [say("bias_texts.too_long")]
    done = notice(" ".join(sentences), "ok")
    verification = verify(recipe, measurement.recipe) if recipe is not None else None
    measure = most_significant(differences).measure.key
    return {
        "comparison": (texts, differences), "measure": measure,
        "chart": chart_value(differences, measure, texts.request.groups), "words": words_value(texts),
        "texts": texts_value(texts), "fine_print": fine_print_value(measurement, log), "query": query,
        "notice": outcome_notice(verification, say("bias_texts.group_generation.same"), done), "log": log,
    }  # fmt: skip


def on_measure(comparison: Comparison | None, measure: str, log: SessionLog) -> Update:
    """Draws another measure of the same texts, with its fine print; the session log keeps the most significant one."""
    if comparison is None:
        return {"notice": notice(say("bias.group_generation.write_first"), "warning")}
    texts, differences = comparison
    update: dict[str, Any] = {"chart": chart_value(differences, measure, texts.request.groups)}
    if texts.done:
        measurement = group_measurement(texts, differences, measure)
        update["fine_print"] = fine_print_value(measurement, log_measurement(log, measurement))
    return update
