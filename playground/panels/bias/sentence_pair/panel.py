"""Sentence pair: guess which words move, then see every word of one sentence's blank against the other's."""

from __future__ import annotations

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
from playground.core.recipe import Recipe
from playground.core.verification import verify
from playground.panels.bias.model_choice import build_model_choice, restored_model
from playground.panels.bias.presets import SENTENCE_PAIRS
from playground.panels.bias.sentence_pair.api import build_api
from playground.panels.bias.sentence_pair.data import answer_value, comparison_value, guess_value
from playground.panels.bias.sentence_pair.view import guess_view, sentence_pair_view
from playground.panels.bias.shared import BiasShared, fine_print_value, outcome_notice, query_of
from playground.ui.events import MODEL_QUEUE, QUIET, Update, call, connect_stop
from playground.ui.fine_print import fine_print_view
from playground.ui.messages import Notice
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_protocol import Panel
from playground.ui.view import new_run

__all__ = ["FORMER_NAMES", "NAME", "build"]
FORMER_NAMES = ("sentences",)
SETTINGS = ("a", "b", "words", "model")
#: What a comparison fills.
RESULTS = ("comparison", "guess", "view", "fine_print", "query", "notice", "log")
#: Seconds between two lines of progress.
_BEAT = 0.5


@dataclass(frozen=True)
class SentencePairComponents:
    """comparison: gr.State of the SentencePairComparison, which is there before it is shown."""

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
    asks = {**call(on_ask, components, SETTINGS, RESULTS), **QUIET, **MODEL_QUEUE}
    started = [
        gr.on([panel.ask.click, panel.a.submit, panel.b.submit], **asks),
        panel.show.click(**call(on_show, components, [*SETTINGS, "log"], RESULTS), **QUIET, **MODEL_QUEUE),
    ]
    for number, button in enumerate(panel.presets):
        preset = button.click(**call(_preset(number), panel, [], ["a", "b", "words"]), queue=False, **QUIET)
        started.append(preset.then(**asks))
    connect_stop(panel.stop, started, panel.notice)
    panel.guess.reveal(**call(on_reveal, components, ["comparison", "log"], RESULTS), **QUIET)
    build_api()
    return Panel(
        NAME, item, components, on_restore, SETTINGS,
        replay=on_replay, replay_inputs=["log"], replayed=RESULTS, stops=[panel.stop],
    )  # fmt: skip


def _build_components() -> SentencePairComponents:
    introduction("bias.sentence_pair")
    gr.Markdown("Try one of these, from harmless to serious, or write your own with an underscore for the blank.",
                elem_classes="pg-hint")  # fmt: skip
    with gr.Row(elem_classes="pg-actions"):
        presets = tuple(
            gr.Button(title, size="sm", elem_id=f"sentences-preset-{number}")
            for number, (title, *_) in enumerate(SENTENCE_PAIRS, 1)
        )
    _, first, second, _ = SENTENCE_PAIRS[0]
    with gr.Row():
        a = gr.Textbox(first, label="● A", max_lines=2, elem_id="sentences-a", elem_classes="pg-sentence-a")
        b = gr.Textbox(second, label="■ B", max_lines=2, elem_id="sentences-b", elem_classes="pg-sentence-b")
    with gr.Accordion("Words and model", open=False):
        words = gr.Textbox(
            "", label="Only these words", placeholder="she, he, they", lines=2, max_lines=6, elem_id="sentences-words",
            info="Commas between. Left empty, a blank at the end is compared over all words the model knows, a blank "
            "elsewhere over the 200 that it finds likeliest there.",
        )  # fmt: skip
        model = build_model_choice("sentences")
    with gr.Row(elem_classes="pg-actions"):
        ask = gr.Button("Ask the model, and guess", variant="primary", elem_id="sentences-ask")
        show = gr.Button("Show it", elem_id="sentences-show")
        stop = gr.Button("Stop", elem_id="sentences-stop")
    return SentencePairComponents(
        a, b, words, model, presets, ask, show, stop, notice_view(elem_id="sentences-notice"),
        guess_view(elem_id="sentences-guess"),
        sentence_pair_view({"empty": "Nothing is measured yet."}, elem_id="sentences-view"),
        fine_print_view(elem_id="sentences-fine"), gr.Textbox(visible="hidden", elem_id="sentences-query"),
        gr.State(None),
    )  # fmt: skip


def _preset(number: int) -> Callable[[], Update]:
    _, a, b, words = SENTENCE_PAIRS[number]
    return lambda: {"a": a, "b": b, "words": words}


def on_ask(a: str, b: str, words: str, model: str) -> Iterator[Update]:
    """Compares, and asks for a guess: the comparison is not shown yet."""
    comparison = None
    for comparison, progress in _compare({"a": a, "b": b, "words": words, "model": model}):
        if comparison is None:
            yield {"notice": progress}
    assert comparison is not None
    if not comparison.guess_words():
        few = notice("These are too few words to guess from: press Show it.", "ok")
        no_question = {"run": new_run(), "words": [], "most": 0}
        yield {"comparison": comparison, "guess": no_question, "view": None, "fine_print": None, "notice": few}
        return
    yield {
        "comparison": comparison, "guess": guess_value(comparison), "view": {"empty": "Hidden until you reveal it."},
        "fine_print": None, "notice": notice("The model has answered. Guess first, or reveal at once.", "ok"),
    }  # fmt: skip


def _compare(settings: Mapping[str, Any]) -> Iterator[tuple[SentencePairComparison | None, Notice]]:
    """(the comparison at the end, a line of progress until then)."""
    pair = read_pair(settings)
    yield None, notice("The model is reading both sentences.")
    last = time.perf_counter()
    for share, comparison in compare_sentences(pair):
        if comparison is not None:
            yield comparison, notice("")
        elif time.perf_counter() - last > _BEAT:
            last = time.perf_counter()
            yield None, notice(f"Putting words into the blank: {share:.0%}.")


def on_reveal(comparison: SentencePairComparison | None, log: SessionLog, event: gr.EventData) -> Update:
    """What the model was asked before, shown with the guess's score, and logged."""
    if comparison is None:
        return {"notice": notice("Ask the model first.", "warning")}
    picks = event._data.get("picks") if isinstance(event._data, dict) else []
    answer = answer_value(comparison, guess_value(comparison), picks if isinstance(picks, list) else [])
    return {"guess": answer, **_result(comparison, log)}


def _result(comparison: SentencePairComparison, log: SessionLog) -> dict[str, Any]:
    measurement = comparison.measurement()
    log = log_measurement(log, measurement)
    query = query_of(comparison.recipe())
    return {
        "view": comparison_value(comparison), "fine_print": fine_print_value(measurement, log), "query": query,
        "notice": _result_notice(query), "log": log,
    }  # fmt: skip


def _result_notice(query: str) -> Notice:
    if not query:
        return notice("This list of words is too long for a link: what is shown cannot be linked.", "warning")
    return notice("Point at dots, or press Differences.", "ok")


def on_show(a: str, b: str, words: str, model: str, log: SessionLog) -> Iterator[Update]:
    """Compares and shows it at once, without a guess."""
    yield from _show({"a": a, "b": b, "words": words, "model": model}, log)


def _show(settings: Mapping[str, Any], log: SessionLog) -> Iterator[dict[str, Any]]:
    comparison = None
    for comparison, progress in _compare(settings):
        if comparison is None:
            yield {"notice": progress}
    assert comparison is not None
    yield {"comparison": comparison, "guess": None, **_result(comparison, log)}


def on_replay(recipe: Recipe, log: SessionLog) -> Iterator[Update]:
    """Compares what a link asks for, and verifies it."""
    if not _asks(recipe):
        return
    for update in _show({**recipe.settings, "model": recipe.model}, log):
        comparison = update.get("comparison")
        if comparison is not None:
            verification = verify(recipe, comparison.recipe(), describe_difference(recipe, comparison))
            update["notice"] = outcome_notice(verification, "the same probability moves", update["notice"])
        yield update


def _asks(recipe: Recipe) -> bool:
    """Whether a link has sentences: one to the panel alone measures nothing."""
    return "a" in recipe.settings or "b" in recipe.settings


def on_restore(recipe: Recipe) -> Update:
    """The sentences, the words and the model of a link."""
    if not _asks(recipe):
        return {}
    pair = read_pair({**recipe.settings, "model": recipe.model})
    words = str(recipe.settings.get("words", ""))
    return {"a": pair.a, "b": pair.b, "words": words, "model": restored_model(pair.model)}
