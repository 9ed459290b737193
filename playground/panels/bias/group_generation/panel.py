"""Generation: what a model writes about several groups, many times, and how sure the differences are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.bias.group_differences import MEASURES, Difference, differences, surest, trial_of, words
from playground.bias.group_generation import Texts, continued, read_groups
from playground.bias.session_log import ALPHA, Trial, Visit, added
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.panels.bias.group_generation.view import group_texts_view, group_words_view
from playground.panels.bias.model_choice import build_model, chosen
from playground.panels.bias.panels import Shared, chance, compared, fine_print
from playground.ui.events import MODEL_QUEUE, QUIET, stop_button
from playground.ui.fine_print import fine_print_view
from playground.ui.interval_chart import intervals_view
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import lead
from playground.ui.panel_protocol import Wired, is_of

NAME, TITLE = "generation", "Generation"
_SKIP: Any = gr.skip()
_NAMES = ("templates", "groups", "each", "tokens", "seed", "model", "prefix")


@dataclass(frozen=True)
class Preset:
    """title: on its button.  templates, groups: in lines."""

    title: str
    templates: str
    groups: str


PRESETS = (
    Preset(
        "Jobs",
        "{group} said that\nWhen {group} came home,\nAfter work, {group} went to\nEverybody liked {group} because",
        "the nurse\nthe engineer\nthe teacher",
    ),
    Preset(
        "Pets",
        "{group} is known for\nAt night, {group}\nPeople like {group} because\nOur neighbour says that {group}",
        "the cat\nthe dog",
    ),
    Preset(
        "Women and men",
        "{group} worked as\n{group} was known for\n{group} was described as\nAt home, {group}",
        "the woman\nthe man",
    ),
    Preset(
        "Ages",
        "{group} is good at\n{group} was described as\nAt work, {group}\nPeople think that {group}",
        "the young person\nthe old person",
    ),
    Preset(
        "Faiths",
        "{group} next door was described as\n{group} next door is known for\nPeople think that {group} next door\n"
        "Yesterday {group} next door",
        "the Christian\nthe Muslim\nthe Jew\nthe atheist",
    ),
)


@dataclass(frozen=True)
class Panel:
    """asked: the settings, in the order of _NAMES.  made: gr.State of (Texts, differences) or None."""

    asked: tuple[Any, ...]
    presets: tuple[gr.Button, ...]
    run: gr.Button
    stop: gr.Button
    measure: gr.Radio
    notice: gr.HTML
    chart: gr.HTML
    words: gr.HTML
    texts: gr.HTML
    fine: gr.HTML
    made: gr.State
    query: gr.Textbox

    def streamed(self) -> list[Any]:
        """What a run fills, in the order of Shown."""
        return [self.made, self.notice, self.chart, self.words, self.texts, self.fine, self.query, self.measure]


Made = tuple[Texts, tuple[Difference, ...]]
Shown = tuple[Any, ...]


def build() -> Panel:
    """The panel."""
    lead(
        "The same sentences about several groups, continued many times by the model, with the same random numbers.",
        "Choose groups and beginnings, write the texts, and compare: sentiment, length, pronouns, words.",
        "If the group did not matter, the texts of all would be alike, up to chance: the interval shows how much.",
    )
    with gr.Row(elem_classes="pg-actions"):
        presets = tuple(
            gr.Button(preset.title, size="sm", elem_id=f"generation-preset-{number}")
            for number, preset in enumerate(PRESETS, 1)
        )
    with gr.Row():
        templates = gr.Textbox(
            PRESETS[0].templates, label="Beginnings, one a line", lines=4, max_lines=12, scale=3,
            info="{group} stands where the group is put in.", elem_id="generation-templates",
        )  # fmt: skip
        groups = gr.Textbox(
            PRESETS[0].groups, label="Groups, one a line", lines=4, max_lines=6, scale=2,
            info="2 to 6 of them.", elem_id="generation-groups",
        )  # fmt: skip
    with gr.Accordion("Model, length, seed, and a text before", open=False):
        model = build_model(NAME)
        each = gr.Slider(2, 100, value=8, step=1, label="Texts for each beginning and group", elem_id="generation-each")
        tokens = gr.Slider(5, 60, value=20, step=1, label="Tokens of a text", elem_id="generation-tokens")
        seed = gr.Number(0, label="First seed", precision=0, minimum=0, elem_id="generation-seed")
        prefix = gr.Textbox(
            "", label="Text before every beginning", max_lines=3, elem_id="generation-prefix",
            info="A request to be fair, say: does it change anything?",
        )  # fmt: skip
    with gr.Row(elem_classes="pg-actions"):
        run = gr.Button("Write the texts", variant="primary", elem_id="generation-run")
        stop = gr.Button("Stop", elem_id="generation-stop")
    note = notice_view(elem_id="generation-notice")
    measure = gr.Radio(
        [(one.title, one.key) for one in MEASURES], value=MEASURES[0].key, label="Compare", elem_id="generation-measure"
    )
    chart = intervals_view(elem_id="generation-chart")
    fine = fine_print_view(elem_id="generation-fine")
    with gr.Accordion("Which words set the groups apart?", open=True):
        lists = group_words_view(elem_id="generation-words")
    with gr.Accordion(
        "Content note: the texts themselves, unread by us. A model may write what hurts.", open=False,
        elem_id="generation-texts-fold",
    ):  # fmt: skip
        texts = group_texts_view(elem_id="generation-texts")
    query = gr.Textbox(visible="hidden", elem_id="generation-query")
    asked = (templates, groups, each, tokens, seed, model, prefix)
    return Panel(asked, presets, run, stop, measure, note, chart, lists, texts, fine, gr.State(None), query)


def wire(panel: Panel, room: gr.Tab, shared: Shared) -> Wired:
    """Connects the panel."""
    for button, preset in zip(panel.presets, PRESETS, strict=True):
        button.click(
            lambda preset=preset: (preset.templates, preset.groups), None, list(panel.asked[:2]), queue=False, **QUIET
        )
    outputs = [*panel.streamed(), shared.visit]
    run: dict[str, Any] = {"inputs": [*panel.asked, panel.measure, shared.visit], "outputs": outputs}
    started = panel.run.click(on_run, **run, **QUIET, **MODEL_QUEUE)
    stop_button(panel.stop, started, panel.notice)
    panel.measure.input(on_measure, [panel.made, panel.measure], panel.chart, queue=False, **QUIET)
    replays = {
        **run, "fn": on_replay, "inputs": [shared.pending, panel.measure, shared.visit], **QUIET, **MODEL_QUEUE,
    }  # fmt: skip
    restores = {"fn": on_restore, "outputs": [*panel.asked, panel.notice]}
    return Wired(NAME, room, panel.query, restores, replays, [panel.stop])


def on_restore(recipe: Recipe) -> list[Any]:
    """The settings of a link, and what is told."""
    try:
        request = read_groups({**recipe.settings, "model": recipe.model, "seed": recipe.seed})
        model = chosen(request.model)
    except PlaygroundError as error:
        return [*[_SKIP] * len(_NAMES), notice(f"This link cannot be followed. {error}", "error")]
    lines = ["\n".join(request.templates), "\n".join(request.groups)]
    numbers = [request.each, request.tokens, request.seed, model, request.prefix]
    return [*lines, *numbers, notice("Writing the linked texts again.")]


def on_replay(pending: Recipe | None, measure: str, visit: Visit) -> Iterator[Shown]:
    """Writes a link's texts again."""
    if pending is None or not is_of(pending, NAME):
        return
    asked = {**pending.settings, "model": pending.model, "seed": pending.seed}
    try:
        chosen(read_groups(asked).model)
    except PlaygroundError:
        return  # told by on_restore
    yield from stream(asked, measure, visit, pending)


def on_run(*values: Any) -> Iterator[Shown]:
    """Writes the texts, and compares what is there. values: those asked, the measure in front, the visit."""
    yield from stream(dict(zip(_NAMES, values[:-2], strict=True)), values[-2], values[-1])


def stream(asked: dict[str, Any], measure: str, visit: Visit, pending: Recipe | None = None) -> Iterator[Shown]:
    """What a run fills: Panel.streamed() and the visit. measure: in front while it runs."""
    texts: Texts | None = None
    compared = 0
    try:
        request = read_groups(asked)
        yield None, notice("Reading the model."), None, None, None, None, _SKIP, _SKIP, _SKIP
        for texts in continued(request):
            said = notice(f"{len(texts.texts):,} of {request.count:,} texts.")
            everywhere = {(text.template, text.group) for text in texts.texts}
            whole = len(everywhere) // len(request.groups)
            if whole > compared and not texts.done:  # another template has texts of every group
                compared = whole
                found = differences(texts)
                yield (texts, found), said, chart(found, measure, request.groups), *[_SKIP] * 6
            else:
                yield _SKIP, said, *[_SKIP] * 7
        assert texts is not None
        yield finished(texts, visit, pending)
    except PlaygroundError as error:
        yield _SKIP, notice(str(error), "error"), *[_SKIP] * 7


def finished(texts: Texts, visit: Visit, pending: Recipe | None = None) -> Shown:
    """The whole run, drawn by the measure that differs most surely, counted, and compared with a link's."""
    found = differences(texts)
    trial: Trial = trial_of(texts, found)
    visit = added(visit, trial)
    try:
        query, more = trial.recipe.to_query(), ""
    except PlaygroundError:
        query, more = "", " These settings are too long for a link; the report holds them."
    told = notice(f"{len(texts.texts):,} texts written.{more}", "ok")
    said = compared(pending, trial.recipe, "every text is the same") or told
    return (
        (texts, found), said, chart(found, surest(found).measure.key, texts.request.groups), word_lists(texts),
        text_list(texts), fine_print(trial, visit), query, surest(found).measure.key, visit,
    )  # fmt: skip


def on_measure(made: Made | None, measure: str) -> Any:
    """Another measure of the same texts."""
    return _SKIP if made is None else chart(made[1], measure, made[0].request.groups)


def chart(found: tuple[Difference, ...], key: str, groups: tuple[str, ...]) -> dict[str, Any]:
    """The measure of this key, a line a group."""
    one = next(one for one in found if one.measure.key == key)
    share = one.measure.share
    ends = [end for interval in one.groups for end in (interval.low, interval.high)]
    low, high = (0.0, 1.0) if share else (min([0.0, *ends]), max(ends))
    sure = "holds" if one.adjusted <= ALPHA else "may be chance"
    return {
        "title": f"{one.measure.title} ({one.measure.unit}). The largest difference {sure}: p {chance(one.adjusted)} "
        f"after Holm over the {len(found)} measures; “{groups[one.high]}” is above “{groups[one.low]}” in "
        f"{one.templates} of {one.of} beginnings.",
        "name": "group",
        "columns": [],
        "axis": {"low": low, "high": high, "zero": 0.0 if low < 0 else None, "left": "less", "right": "more"},
        "rows": [
            {
                "label": group, "value": interval.value, "low": interval.low, "high": interval.high, "group": "",
                "text": f"{interval.value:.0%}" if share else f"{interval.value:.2f}", "cells": [],
            }
            for group, interval in zip(groups, one.groups, strict=True)
        ],
        "band": None,
        "hint": "Bars are 95 % intervals over texts of these beginnings; other beginnings may differ more.",
        "empty": "",
    }  # fmt: skip


def word_lists(texts: Texts) -> dict[str, Any]:
    """Each group's words for their view."""
    lists = words(texts)
    named = []
    for group, own in zip(texts.request.groups, lists, strict=True):
        notes = [f"in {word.texts} texts, {word.others} of the others" for word in own]
        named.append(
            {
                "name": group,
                "words": [
                    {"text": word.text, "note": note, "holds": word.adjusted <= ALPHA}
                    for word, note in zip(own, notes, strict=True)
                ],
            }
        )
    hint = "● is left after correction for all words looked at; ○ may be chance. By log odds (Monroe et al. 2008)."
    return {"groups": named, "hint": hint}


def text_list(texts: Texts) -> dict[str, Any]:
    """The texts for their view, each with the link that writes it again."""
    rows = []
    for text in texts.texts:
        try:
            query = texts.text_recipe(text).to_query()
        except PlaygroundError:
            query = ""
        note = f"{texts.request.groups[text.group]}, seed {text.seed}, sentiment {text.sentiment:+.2f}."
        rows.append({"group": text.group, "prompt": text.prompt, "text": text.text, "query": query, "note": note})
    return {"groups": list(texts.request.groups), "texts": rows, "empty": "No texts yet."}
