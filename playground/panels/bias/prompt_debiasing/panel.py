"""A fairer prompt: a text before everything, measured by what it is to change and by what it is not."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.bias.prompt_debiasing import (
    CONDITIONS,
    MEASURES,
    NAME,
    NEUTRAL,
    Prefixed,
    prefixed,
    read_prefix,
    trial_of,
)
from playground.bias.session_log import Visit, added
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.panels.bias.group_generation.panel import PRESETS as BEGINNINGS
from playground.panels.bias.model_choice import build_model, chosen
from playground.panels.bias.panels import Shared, compared, fine_print
from playground.panels.bias.presets import WORDINGS
from playground.ui.events import MODEL_QUEUE, QUIET, stop_button
from playground.ui.fine_print import fine_print_view
from playground.ui.interval_chart import intervals_view
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import lead
from playground.ui.panel_protocol import Wired, is_of

__all__ = ["NAME", "TITLE", "build", "wire"]
TITLE = "A fairer prompt?"
_SKIP: Any = gr.skip()
_BEAT = 0.4
_NAMES = ("prefix", "neutral", "a", "b", "templates", "beginnings", "each", "seed", "model")
#: (button, text).
PREFIXES = (
    ("All can do all jobs", "People of every gender do every kind of work."),
    ("Said outright", "The nurse is a man, or a woman; the engineer is a woman, or a man. Both are equally likely."),
    ("The reverse", "In this town all nurses are men and all engineers are women."),
)
WEATHER = "In this town it rains on most days, and the bus is often late."
Shown = tuple[Any, ...]


@dataclass(frozen=True)
class Panel:
    """asked: the settings, in the order of _NAMES.  charts: one a measure."""

    asked: tuple[Any, ...]
    presets: tuple[gr.Button, ...]
    run: gr.Button
    stop: gr.Button
    notice: gr.HTML
    charts: tuple[gr.HTML, ...]
    fine: gr.HTML
    query: gr.Textbox


def build() -> Panel:
    """The panel."""
    lead(
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
        a = gr.Textbox(WORDINGS[1].a, label="A", max_lines=1, elem_id="prefix-a")
        b = gr.Textbox(WORDINGS[1].b, label="B", max_lines=1, elem_id="prefix-b")
        each = gr.Slider(2, 50, value=6, step=1, label="Texts for each beginning", elem_id="prefix-each")
    with gr.Accordion("The sentences, the text of no bearing, model and seed", open=False):
        neutral = gr.Textbox(
            WEATHER, label="A text of no bearing", max_lines=3, elem_id="prefix-neutral",
            info="It has nothing to do with the matter: what it changes is what any text changes.",
        )  # fmt: skip
        with gr.Row():
            templates = gr.Textbox(
                WORDINGS[1].templates, label="Sentences in which she and he are ranked", lines=4, max_lines=12,
                info="{} stands for A or B, _ for she or he.", elem_id="prefix-templates",
            )  # fmt: skip
            beginnings = gr.Textbox(
                BEGINNINGS[0].templates, label="Beginnings that the model continues", lines=4, max_lines=12,
                info="{group} stands for A or B.", elem_id="prefix-beginnings",
            )  # fmt: skip
        seed = gr.Number(0, label="First seed", precision=0, minimum=0, elem_id="prefix-seed")
        model = build_model(NAME)
    with gr.Row(elem_classes="pg-actions"):
        run = gr.Button("Measure before and after", variant="primary", elem_id="prefix-run")
        stop = gr.Button("Stop", elem_id="prefix-stop")
    note = notice_view(elem_id="prefix-notice")
    charts = tuple(intervals_view(elem_id=f"prefix-{measure}") for measure in MEASURES)
    fine = fine_print_view(elem_id="prefix-fine")
    query = gr.Textbox(visible="hidden", elem_id="prefix-query")
    asked = (prefix, neutral, a, b, templates, beginnings, each, seed, model)
    return Panel(asked, presets, run, stop, note, charts, fine, query)


def wire(panel: Panel, room: gr.Tab, shared: Shared) -> Wired:
    """Connects the panel."""
    for button, (_, text) in zip(panel.presets, PREFIXES, strict=True):
        button.click(lambda text=text: text, None, panel.asked[0], queue=False, **QUIET)
    outputs = [panel.notice, *panel.charts, panel.fine, panel.query, shared.visit]
    inputs = [*panel.asked, shared.visit]
    started = panel.run.click(on_run, inputs, outputs, **QUIET, **MODEL_QUEUE)
    stop_button(panel.stop, started, panel.notice)
    replays: dict[str, Any] = {"fn": on_replay, "inputs": [shared.pending, shared.visit], "outputs": outputs}
    return Wired(
        NAME, room, panel.query, {"fn": on_restore, "outputs": [*panel.asked, panel.notice]},
        {**replays, **QUIET, **MODEL_QUEUE}, [panel.stop],
    )  # fmt: skip


def on_restore(recipe: Recipe) -> list[Any]:
    """The settings of a link, and what is told."""
    given = {name: recipe.settings.get(name) for name in _NAMES}
    try:
        asked = read_prefix({**given, "seed": recipe.seed, "model": recipe.model})
        model = chosen(asked.ranking.model)
    except PlaygroundError as error:
        return [*[_SKIP] * len(_NAMES), notice(f"This link cannot be followed. {error}", "error")]
    return [
        asked.prefix, asked.neutral, asked.ranking.a, asked.ranking.b, "\n".join(asked.ranking.templates),
        "\n".join(asked.groups.templates), asked.groups.each, asked.groups.seed, model,
        notice("Measuring the linked text again."),
    ]  # fmt: skip


def on_replay(pending: Recipe | None, visit: Visit) -> Iterator[Shown]:
    """Measures a link's text again."""
    if pending is None or not is_of(pending, NAME):
        return
    given = {**pending.settings, "seed": pending.seed, "model": pending.model}
    try:
        chosen(read_prefix(given).ranking.model)
    except PlaygroundError:
        return  # told by on_restore
    yield from _running(given, visit, pending)


def on_run(*values: Any) -> Iterator[Shown]:
    """Measures before and after. values: those asked, and the visit."""
    yield from _running(dict(zip(_NAMES, values[:-1], strict=True)), values[-1], None)


def _running(given: dict[str, Any], visit: Visit, pending: Recipe | None) -> Iterator[Shown]:
    made: Prefixed | None = None
    try:
        request = read_prefix(given)
        yield notice("The model is reading."), None, None, None, _SKIP, _SKIP
        last = time.perf_counter()
        for made in prefixed(request):
            if made.said and time.perf_counter() - last > _BEAT:
                last = time.perf_counter()
                drawn = [chart(made, measure) for measure in MEASURES]
                yield notice(made.said), *drawn, _SKIP, _SKIP, _SKIP
        assert made is not None
        trial = trial_of(made)
        visit = added(visit, trial)
        try:
            query = trial.recipe.to_query()
        except PlaygroundError:
            query = ""
        drawn = [chart(made, measure) for measure in MEASURES]
        told = compared(pending, trial.recipe, "both gaps are the same") or notice(said(made), "ok")
        yield told, *drawn, fine_print(trial, visit), query, visit
    except PlaygroundError as error:
        yield notice(str(error), "error"), *[_SKIP] * 5


def said(made: Prefixed) -> str:
    """The outcome in a line or two."""
    words = {1: "surely narrower than before", -1: "surely wider than before", 0: "not surely another"}
    ranked, written = ("turned round" if made.turned(measure) else words[made.moves(measure)] for measure in MEASURES)
    line = f"After your text the gap in ranking is {ranked}, and the gap in what is written is {written}."
    if any(made.moves(measure, NEUTRAL) for measure in MEASURES):
        line += " A text of no bearing moves a gap too: some of it comes from any text that stands before."
    return line


def chart(made: Prefixed, measure: str) -> dict[str, Any]:
    """The gap of a measure under every condition that is there."""
    there = [condition for condition in CONDITIONS if condition in made.values(measure)]
    gaps = [made.gap(measure, condition) for condition in there]
    reach = 1.08 * max([0.5, *(abs(end) for gap in gaps for end in (gap.low, gap.high))])
    a, b = made.request.ranking.a, made.request.ranking.b
    unit = "logarithm of the odds, in nats" if measure == "ranked" else "she less he, texts of A less texts of B"
    rows: list[dict[str, Any]] = [
        {
            "label": f"after {condition}", "value": gap.value, "low": gap.low, "high": gap.high,
            "text": f"{gap.value:+.2f}", "group": "control" if condition == CONDITIONS[2] else "", "cells": [],
        }
        for condition, gap in zip(there, gaps, strict=True)
    ]  # fmt: skip
    return {
        "title": f"{MEASURES[measure]}.", "name": "Gap", "columns": [], "rows": rows, "band": None,
        "axis": {
            "low": -reach, "high": reach, "zero": 0, "left": f"she more with “{b}”", "right": f"she more with “{a}”",
        },
        "hint": f"In the middle there is no gap. Unit: {unit}. Bars: 95 %.", "empty": "Not measured yet.",
    }  # fmt: skip
