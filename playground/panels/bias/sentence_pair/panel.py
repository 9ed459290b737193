"""Sentence pair: guess which words move, then see the probability of every word in both blanks."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.bias.sentence_pair import (
    NAME,
    SentencePairComparison,
    compare_sentences,
    describe_difference,
    read_pair,
)
from playground.bias.session_log import SessionLog, log_measurement
from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.core.validation import parse_choice
from playground.core.verification import verify
from playground.panels.bias.model_choice import build_model_choice, restored_model
from playground.panels.bias.presets import SENTENCE_PAIRS
from playground.panels.bias.sentence_pair.data import answer_value, comparison_value, guess_value
from playground.panels.bias.sentence_pair.view import guess_view, sentence_pair_view
from playground.panels.bias.shared import (
    BiasShared,
    fine_print_value,
    outcome_notice,
    preset_buttons,
    query_of,
    running_query,
)
from playground.ui.event_data import event_values
from playground.ui.events import Update, call
from playground.ui.fine_print import fine_print_view
from playground.ui.messages import Notice
from playground.ui.newest_run import connect_runs
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_protocol import Example, Panel
from playground.ui.result_settings import result_settings
from playground.ui.view import new_run

__all__ = ["FORMER_NAMES", "NAME", "build"]
FORMER_NAMES = ("sentences",)
SETTINGS = ("a", "b", "words", "model")
#: The sentences that the panel opens on.
FIRST = next(preset for preset in SENTENCE_PAIRS if preset.name == "work")
#: Outputs of a comparison.
RESULTS = ("comparison", "guess", "view", "fine_print", "query", "notice", "log")
#: Seconds between two progress notices.
_BEAT = 0.5


@dataclass(frozen=True)
class SentencePairComponents:
    """The panel's components. comparison: gr.State of a SentencePairComparison, set before it is revealed."""

    a: gr.Textbox
    b: gr.Textbox
    words: gr.Textbox
    model: gr.Dropdown
    presets: tuple[gr.Button, ...]
    ask: gr.Button
    show: gr.Button
    stop: gr.Button
    notice: gr.HTML
    guess: gr.HTML
    view: gr.HTML
    fine_print: gr.HTML
    query: gr.Textbox
    comparison: gr.State


def build(item: gr.Tab, shared: BiasShared) -> Panel:
    """The panel, its handlers and its endpoint."""
    panel = _build_components()
    components = (panel, shared)
    settings = {name: getattr(panel, name) for name in SETTINGS}
    came_from = result_settings(settings, [panel.view, panel.guess, panel.fine_print])
    asking = came_from.carry(call(on_ask, components, SETTINGS, RESULTS))
    show = came_from.carry(call(on_show, components, [*SETTINGS, "log"], RESULTS))
    fills = [
        (button.click, call(_preset(number), panel, [], ["a", "b", "words"]), asking)
        for number, button in enumerate(panel.presets)
    ]
    parts = {**vars(panel), "carried": came_from.carried, "log": shared.log}
    revealing = call(on_reveal, parts, ["comparison", "carried", "log"], RESULTS)
    runs: list[Any] = [
        ([panel.ask.click, panel.a.submit, panel.b.submit], asking),
        ([panel.show.click], show),
        ([panel.guess.reveal], revealing),
    ]
    connect_runs(NAME, panel.stop, panel.notice, runs, fills)
    return Panel(
        NAME, item, components, on_restore, SETTINGS,
        replay=on_replay, replay_inputs=["log"], replayed=RESULTS, stops=[panel.stop], result=came_from,
        example=Example(asking, varies=True),
    )  # fmt: skip


def _build_components() -> SentencePairComponents:
    introduction("bias.sentence_pair")
    with gr.Column(elem_classes="pg-asks"):
        gr.Markdown(say("bias.sentence_pair.try"), elem_classes="pg-hint")
        presets = preset_buttons("sentence-pair", [preset.title for preset in SENTENCE_PAIRS])
        with gr.Row():
            a = gr.Textbox(
                FIRST.a, label=say("bias.sentence_pair.a"), max_lines=2, elem_id="sentence-pair-a",
                elem_classes="pg-sentence-a",
            )  # fmt: skip
            b = gr.Textbox(
                FIRST.b, label=say("bias.sentence_pair.b"), max_lines=2, elem_id="sentence-pair-b",
                elem_classes="pg-sentence-b",
            )  # fmt: skip
        with gr.Accordion(say("bias.sentence_pair.settings"), open=False):
            words = gr.Textbox(
                "",
                label=say("bias.sentence_pair.words"),
                placeholder=say("bias.sentence_pair.words_placeholder"),
                lines=2,
                max_lines=6,
                elem_id="sentence-pair-words",
                info=say("bias.sentence_pair.words_info"),
            )
            model = build_model_choice("sentence-pair")
        with gr.Row(elem_classes="pg-actions"):
            ask = gr.Button(say("bias.sentence_pair.ask"), variant="primary", elem_id="sentence-pair-ask")
            show = gr.Button(say("bias.sentence_pair.show"), elem_id="sentence-pair-show")
            stop = gr.Button(say("shared.stop"), elem_id="sentence-pair-stop")
    note = notice_view(elem_id="sentence-pair-notice")
    guess = guess_view(elem_id="sentence-pair-guess")
    chart = sentence_pair_view({"empty": say("bias.nothing_measured")}, elem_id="sentence-pair-view")
    with gr.Column(elem_classes="pg-rest"):
        fine = fine_print_view(elem_id="sentence-pair-fine")
    query = gr.Textbox(visible="hidden", elem_id="sentence-pair-query")
    return SentencePairComponents(
        a, b, words, model, presets, ask, show, stop, note, guess, chart, fine, query, gr.State(None)
    )


def _preset(number: int) -> Callable[[], Update]:
    preset = SENTENCE_PAIRS[number]
    return lambda: {"a": preset.a, "b": preset.b, "words": preset.words}


def on_ask(a: str, b: str, words: str, model: str) -> Iterator[Update]:
    """Compares, and asks for a guess; the comparison stays hidden."""
    comparison, settings = None, {"a": a, "b": b, "words": words, "model": model}
    for comparison, progress in _compare(settings):
        if comparison is None:
            yield {"notice": progress, "query": running_query(NAME, {**settings, "guess": "first"})}
    assert comparison is not None
    if not comparison.guess_words():
        few = notice(say("bias.sentence_pair.too_few"), "ok")
        no_question = {"run": new_run(), "words": [], "most": 0}
        yield {"comparison": comparison, "guess": no_question, "view": None, "fine_print": None, "notice": few}
        return
    yield {
        "comparison": comparison, "guess": guess_value(comparison), "view": {"empty": say("bias.sentence_pair.hidden")},
        "fine_print": None, "notice": notice(say("bias.sentence_pair.answered"), "ok"),
    }  # fmt: skip


def _compare(settings: Mapping[str, Any]) -> Iterator[tuple[SentencePairComparison | None, Notice]]:
    """Yields (None, progress), and last (the comparison, an empty notice)."""
    pair = read_pair(settings)
    yield None, notice(say("bias.sentence_pair.reading"))
    last = time.perf_counter()
    for share, comparison in compare_sentences(pair):
        if comparison is not None:
            yield comparison, notice("")
        elif time.perf_counter() - last > _BEAT:
            last = time.perf_counter()
            yield None, notice(say("bias.sentence_pair.filling", share=share))


def _read_carried(carried: str) -> Mapping[str, Any]:
    try:
        settings = json.loads(carried)
    except (ValueError, RecursionError):
        settings = None
    if not isinstance(settings, dict):
        raise PlaygroundError(say("bias.sentence_pair.ask_first"))
    return settings


def on_reveal(
    comparison: SentencePairComparison | None, carried: str, log: SessionLog, event: gr.EventData
) -> Iterator[Update]:
    """Shows the comparison with the guess's score, and logs it.

    comparison: None for a question that this visit has not computed: the stored one, or one from before a restart.
    carried: the question's settings, as JSON, which are then compared now.
    """
    if comparison is None and not carried:
        yield {"notice": notice(say("bias.sentence_pair.ask_first"), "warning")}
        return
    if comparison is None:
        for comparison, progress in _compare(_read_carried(carried)):
            if comparison is None:
                yield {"notice": progress}
    assert comparison is not None
    picks = event_values(event).get("picks")
    answer = answer_value(comparison, guess_value(comparison), picks if isinstance(picks, list) else [])
    yield {"comparison": comparison, "guess": answer, **_result(comparison, log)}


def _result(comparison: SentencePairComparison, log: SessionLog) -> dict[str, Any]:
    measurement = comparison.measurement()
    log = log_measurement(log, measurement)
    query = query_of(comparison.recipe())
    return {
        "view": comparison_value(comparison), "fine_print": fine_print_value(measurement, log), "query": query,
        "notice": _result_notice(measurement.summary, query), "log": log,
    }  # fmt: skip


def _result_notice(summary: str, query: str) -> Notice:
    return notice(summary, "ok") if query else notice(f"{summary} {say('bias.sentence_pair.no_link')}", "warning")


def on_show(a: str, b: str, words: str, model: str, log: SessionLog) -> Iterator[Update]:
    """Compares and shows the comparison at once, without a guess."""
    yield from _show({"a": a, "b": b, "words": words, "model": model}, log)


def _show(settings: Mapping[str, Any], log: SessionLog, recipe: Recipe | None = None) -> Iterator[dict[str, Any]]:
    comparison = None
    for comparison, progress in _compare(settings):
        if comparison is None:
            yield {"notice": progress, "query": running_query(NAME, settings, recipe)}
    assert comparison is not None
    yield {"comparison": comparison, "guess": None, **_result(comparison, log)}


def on_replay(recipe: Recipe, log: SessionLog) -> Iterator[Update]:
    """Compares the sentences of a link, and verifies the result. A question that was asked is asked again."""
    settings = _settings_of(recipe)
    if not settings:
        return
    if settings.get("guess"):
        yield from on_ask(*(str(settings.get(name, "")) for name in SETTINGS))
        return
    for update in _show(settings, log, recipe):
        comparison = update.get("comparison")
        if comparison is not None:
            verification = verify(recipe, comparison.recipe(), describe_difference(recipe, comparison))
            update["notice"] = outcome_notice(verification, say("bias.sentence_pair.same"), update["notice"])
        yield update


def _settings_of(recipe: Recipe) -> Mapping[str, Any]:
    """The settings of a link, with the panel's first sentences if it has none; {} if it only opens the panel.

    Raises PlaygroundError for a guess that is none.
    """
    if not recipe.settings.keys() & {"a", "b", "words", "count", "guess"}:
        return {}
    parse_choice(recipe.settings.get("guess", ""), ("", "first"), "guess")
    sentences = {} if recipe.settings.keys() & {"a", "b"} else {"a": FIRST.a, "b": FIRST.b}
    return {**sentences, **recipe.settings, "model": recipe.model}


def on_restore(recipe: Recipe) -> Update:
    """The sentences, the words and the model of a link."""
    settings = _settings_of(recipe)
    if not settings:
        return {"model": restored_model(recipe.model)} if recipe.model else {}
    pair = read_pair(settings)
    words = str(settings.get("words") or "")
    return {"a": pair.a, "b": pair.b, "words": words, "model": restored_model(pair.model)}
