"""Translation: what gender a translator gives people whose sentence says it, or does not, and where it was chosen."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.errors import PlaygroundError
from playground.labs.bias.gendered import choices
from playground.labs.bias.translation import NAME, table, trial_of, trial_of_table
from playground.labs.bias.visit import Visit, added
from playground.labs.checking import one_of
from playground.labs.translating import (
    DIRECTIONS,
    Asked,
    getting,
    is_in_memory,
    load,
    read_asked,
    translated,
    translator_facts,
)
from playground.recipe import Recipe
from playground.tabs.bias.api_translation import build_api
from playground.tabs.bias.panels import Shared, Wired, fine_print, is_of
from playground.tabs.bias.translation_drawing import PRESETS, intervals_value, table_value, translation_value
from playground.views.base import new_run
from playground.views.fineprint import fine_print_view
from playground.views.intervals import intervals_view
from playground.views.lead import lead
from playground.views.notice import facts_view, notice, notice_view
from playground.views.running import MODEL_QUEUE, QUIET, stop_button
from playground.views.translation import gender_table_view, translation_view

_SKIP: Any = gr.skip()
__all__ = ["NAME", "TITLE", "build", "wire"]
TITLE = "Translation"
_DIRECTIONS = [("English to Portuguese", "en-pt"), ("Portuguese to English", "pt-en")]
_DECODING = [("Greedy", 1), ("4 beams", 4)]
#: (query, visit, notice, translation, fine print, table, intervals, the table's fine print)
Shown = tuple[Any, Any, Any, Any, Any, Any, Any, Any]


@dataclass(frozen=True)
class Panel:
    """The panel's components."""

    text: gr.Textbox
    direction: gr.Radio
    beams: gr.Radio
    run: gr.Button
    run_table: gr.Button
    stops: tuple[gr.Button, gr.Button]
    presets: tuple[gr.Button, ...]
    query: gr.Textbox
    notice: gr.HTML
    translation: gr.HTML
    fine: gr.HTML
    table: gr.HTML
    intervals: gr.HTML
    fine_table: gr.HTML

    def asked(self) -> list[Any]:
        """What makes a translation."""
        return [self.text, self.direction, self.beams]

    def shown(self, visit: gr.State) -> list[Any]:
        """What a run fills, in the order of Shown."""
        return [
            self.query, visit, self.notice, self.translation, self.fine, self.table, self.intervals, self.fine_table,
        ]  # fmt: skip


def build() -> Panel:
    """The panel."""
    lead(
        "A small translator between English and Portuguese. In Portuguese a nurse is an enfermeiro or an enfermeira: "
        "who translates must choose.",
        "Translate a sentence and see what else could have been written; then measure forty occupations.",
        'A sentence may say "he" and get a feminine noun, or say nothing and get a gender all the same.',
    )
    with gr.Row():
        text = gr.Textbox(
            PRESETS[2][0], label="Sentence", max_lines=3, elem_id="translation-text", scale=4,
            info="One sentence, up to 300 characters.",
        )  # fmt: skip
        direction = gr.Radio(
            _DIRECTIONS, value="en-pt", label="From and into", elem_id="translation-direction", scale=2
        )
        beams = gr.Radio(
            _DECODING, value=1, label="Decoding", elem_id="translation-beams", scale=1, min_width=180,
            info="Greedy: the most probable piece, each time.",
        )  # fmt: skip
    with gr.Row(elem_classes="pg-actions"):
        run = gr.Button("Translate", variant="primary", elem_id="translation-run")
        stop = gr.Button("Stop", elem_id="translation-stop")
    gr.Markdown("Or one of these:", elem_classes="pg-hint")
    with gr.Row(elem_classes="pg-actions"):
        presets = tuple(
            gr.Button(words, size="sm", elem_id=f"translation-preset-{number}")
            for number, (words, _) in enumerate(PRESETS, 1)
        )
    note = notice_view(elem_id="translation-notice")
    made = translation_view(
        {"empty": "Translate a sentence, and it appears here, piece by piece."}, elem_id="translated"
    )
    fine = fine_print_view(elem_id="translation-fine")
    gr.Markdown(
        "### Forty occupations\nEvery occupation in up to nine sentences: three wordings, in which the sentence says "
        "he, or she, or nothing. Both forms are forced upon the translator, and their probabilities compared.",
    )
    with gr.Row(elem_classes="pg-actions"):
        run_table = gr.Button("Measure all occupations", variant="primary", elem_id="translation-measure")
        stop_table = gr.Button("Stop", elem_id="translation-measure-stop")
    measured = intervals_view({"rows": []}, elem_id="translation-intervals")
    fine_table = fine_print_view(elem_id="translation-table-fine")
    empty = "In the direction chosen above; it takes about half a minute, and fills as it goes."
    rows = gender_table_view({"empty": empty}, elem_id="translation-table")
    with gr.Accordion("About this model", open=False):
        facts_view({"rows": [{"name": name, "text": words} for name, words in translator_facts()]})
    query = gr.Textbox(visible="hidden")
    return Panel(
        text, direction, beams, run, run_table, (stop, stop_table), presets, query, note, made, fine, rows, measured,
        fine_table,
    )  # fmt: skip


def on_translate(text: str, direction: str, beams: Any, visit: Visit, pending: Recipe | None) -> Iterator[Shown]:
    """The sentence as its translation grows; then what could have been otherwise; a sentence if it cannot be."""
    try:
        asked = read_asked(text, direction, beams)
        yield from _ready(asked.direction)
        start, run = time.perf_counter(), new_run()
        made = None
        for made in translated(asked):
            if not made.done:
                yield _SKIP, _SKIP, _SKIP, translation_value(made, (), run), _SKIP, _SKIP, _SKIP, _SKIP
        assert made is not None
        found = choices(made)
        trial = trial_of(made, found)
    except PlaygroundError as error:
        yield _told(str(error), "error")
        return
    visit = added(visit, trial)
    told = _compared(pending, trial.recipe) or notice(
        f"Translated in {time.perf_counter() - start:.1f} s: {len(made.pieces)} pieces, the end among them."
    )
    drawn = translation_value(made, found, run)
    yield trial.recipe.to_query(), visit, told, drawn, fine_print(trial, visit), _SKIP, _SKIP, _SKIP


def on_table(direction: str, visit: Visit, pending: Recipe | None) -> Iterator[Shown]:
    """The table as it fills, then what it says."""
    try:
        way = one_of(direction, DIRECTIONS, "direction")
        yield from _ready(way)
        run, made = new_run(), None
        for made in table(way):
            told = notice(f"{len(made.rows)} of {made.total} occupations.")
            yield _SKIP, _SKIP, told, _SKIP, _SKIP, table_value(made, run), _SKIP, _SKIP
        assert made is not None
        trial = trial_of_table(made)
    except PlaygroundError as error:
        yield _told(str(error), "error")
        return
    visit = added(visit, trial)
    told = _compared(pending, trial.recipe) or notice(f"{made.total} occupations measured.")
    yield (
        trial.recipe.to_query(), visit, told, _SKIP, _SKIP, table_value(made, run), intervals_value(made),
        fine_print(trial, visit),
    )  # fmt: skip


def _ready(direction: str) -> Iterator[Shown]:
    """Fetches and loads the model, and tells of it."""
    for arriving in getting():
        yield _told(f"{arriving.what}: {arriving.fraction:.0%}. This is needed once.")
    if not is_in_memory(direction):
        yield _told("Reading the model into memory.")
        load(direction)


def _told(sentence: str, tone: str = "quiet") -> Shown:
    return _SKIP, _SKIP, notice(sentence, tone), _SKIP, _SKIP, _SKIP, _SKIP, _SKIP


def _compared(pending: Recipe | None, recipe: Recipe) -> dict[str, str] | None:
    """Whether a link's result came out again; None if what is shown is not what the link asks for."""
    if pending is None or not is_of(pending, NAME) or not pending.result:
        return None
    if {**pending.settings} != {name: str(value) for name, value in recipe.settings.items()}:
        return None
    if pending.result == recipe.result:
        return notice("Reproduced ✓ the same as in the link.", "ok")
    other = pending.weights_sha256 not in ("", recipe.weights_sha256)
    return notice(f"Differs: {'the weights are others' if other else 'this processor rounds otherwise'}.", "warning")


def _read_link(pending: Recipe) -> tuple[str, Asked | str]:
    """("sentence", what to translate) or ("table", the direction). Raises PlaygroundError for a bad link."""
    given = pending.settings
    direction = one_of(given.get("direction", "en-pt"), DIRECTIONS, "direction")
    part = one_of(given.get("part", "sentence"), ("sentence", "table"), "part")
    if part == "table":
        return part, direction
    return part, read_asked(given.get("text", PRESETS[2][0]), direction, given.get("beams", 1))


def on_restore(pending: Recipe) -> list[Any]:
    """(text, direction, beams, notice) as the link says."""
    try:
        _, asked = _read_link(pending)
    except PlaygroundError as error:
        return [_SKIP, _SKIP, _SKIP, notice(f"This link cannot be followed. {error}", "error")]
    if isinstance(asked, str):
        return [_SKIP, asked, _SKIP, _SKIP]
    beams = asked.beams if asked.beams in dict(_DECODING).values() else _SKIP
    return [asked.text, asked.direction, beams, _SKIP]


def on_replay(pending: Recipe | None, visit: Visit) -> Iterator[Shown]:
    """Measures again what a link of this panel asks for."""
    if pending is None or not is_of(pending, NAME):
        yield (_SKIP,) * 8
        return
    try:
        part, asked = _read_link(pending)
    except PlaygroundError:  # told by on_restore
        yield (_SKIP,) * 8
        return
    if isinstance(asked, Asked):
        yield from on_translate(asked.text, asked.direction, asked.beams, visit, pending)
    else:
        yield from on_table(asked, visit, pending)


def on_pick(event: gr.EventData) -> list[Any]:
    """(text, direction) of the sentence that was chosen in the table."""
    picked = event._data
    direction = picked.get("direction")
    return [str(picked.get("text", ""))[:300], direction if direction in DIRECTIONS else _SKIP]


def wire(panel: Panel, room: gr.Tab, shared: Shared) -> Wired:
    """Connects the panel's events."""
    shown = panel.shown(shared.visit)
    translating: dict[str, Any] = {
        "fn": on_translate, "inputs": [*panel.asked(), shared.visit, shared.pending], "outputs": shown,
        **QUIET, **MODEL_QUEUE,
    }  # fmt: skip
    started = gr.on([panel.run.click, panel.text.submit], **translating)
    measuring = panel.run_table.click(
        on_table, [panel.direction, shared.visit, shared.pending], shown, **QUIET, **MODEL_QUEUE
    )
    chosen = [panel.text, panel.direction]
    further = []
    for button, preset in zip(panel.presets, PRESETS, strict=True):
        filled = button.click(lambda preset=preset: list(preset), None, chosen, queue=False, **QUIET)
        further.append(filled.then(**translating))
    picked = panel.table.pick(on_pick, None, chosen, queue=False, js=_TO_SENTENCE, **QUIET)
    further.append(picked.then(**translating))
    stop, stop_table = panel.stops
    stop_button(stop, started, panel.notice)
    stop.click(None, None, None, cancels=further, api_visibility="private")
    stop_button(stop_table, measuring, panel.notice)
    build_api()
    restores = {"fn": on_restore, "outputs": [panel.text, panel.direction, panel.beams, panel.notice]}
    replays = {
        "fn": on_replay, "inputs": [shared.pending, shared.visit], "outputs": shown, **QUIET, **MODEL_QUEUE,
    }  # fmt: skip
    return Wired(NAME, room, panel.query, restores, replays)


#: A sentence of the table is looked into above it: the page goes there.
_TO_SENTENCE = (
    "() => { document.querySelector('#translation-text').scrollIntoView({ behavior: 'smooth' }); return []; }"
)
