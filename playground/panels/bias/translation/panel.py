"""Translation: what gender a translator gives people whose sentence says it, or does not, and where it was chosen."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import gradio as gr

from playground.bias.gender_alternatives import choices
from playground.bias.session_log import Visit, added
from playground.bias.translation_gender import NAME, table, trial_of, trial_of_table
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.core.validation import parse_choice
from playground.language.translation import DIRECTIONS, Asked, getting, is_in_memory, load, read_asked, translated
from playground.panels.bias.panels import Shared, compared, fine_print
from playground.panels.bias.translation.api import build_api
from playground.panels.bias.translation.data import PRESETS, intervals_value, table_value, translation_value
from playground.panels.bias.translation.layout import DECODING, Panel, build
from playground.ui.events import MODEL_QUEUE, QUIET, stop_button
from playground.ui.notice import notice
from playground.ui.panel_protocol import Wired, is_of
from playground.ui.view import new_run

_SKIP: Any = gr.skip()
__all__ = ["NAME", "TITLE", "build", "wire"]
TITLE = "Translation"
_SAME = "the same as in the link"
Shown = tuple[Any, Any, Any, Any, Any, Any, Any, Any, Any]


def shown(
    *, query: Any = _SKIP, visit: Any = _SKIP, told: Any = _SKIP, drawn: Any = _SKIP, fine: Any = _SKIP,
    told_table: Any = _SKIP, intervals: Any = _SKIP, fine_table: Any = _SKIP, rows: Any = _SKIP,
) -> Shown:  # fmt: skip
    """What a run fills, in the order of Panel.shown; what is not named stays as it is."""
    return query, visit, told, drawn, fine, told_table, intervals, fine_table, rows


def on_translate(text: str, direction: str, beams: Any, visit: Visit, pending: Recipe | None) -> Iterator[Shown]:
    """The sentence as its translation grows; then what could have been otherwise; a sentence if it cannot be."""
    try:
        asked = read_asked(text, direction, beams)
        for told in _ready(asked.direction):
            yield shown(told=told)
        start, run = time.perf_counter(), new_run()
        for made in translated(asked):
            if not made.done:
                yield shown(drawn=translation_value(made, (), run))
        found = choices(made)
        trial = trial_of(made, found)
    except PlaygroundError as error:
        yield shown(told=notice(str(error), "error"))
        return
    visit = added(visit, trial)
    seconds = time.perf_counter() - start
    told = compared(pending, trial.recipe, _SAME) or notice(
        f"{len(made.pieces)} pieces, the end among them, in {seconds:.1f} s."
    )
    yield shown(
        query=trial.recipe.to_query(), visit=visit, told=told, drawn=translation_value(made, found, run),
        fine=fine_print(trial, visit),
    )  # fmt: skip


def on_table(direction: str, visit: Visit, pending: Recipe | None) -> Iterator[Shown]:
    """The table as it fills, then what it says."""
    try:
        way = parse_choice(direction, DIRECTIONS, "direction")
        for told in _ready(way):
            yield shown(told_table=told)
        run = new_run()
        for made in table(way):
            told = notice(f"{len(made.rows)} of {made.total} occupations.")
            yield shown(told_table=told, rows=table_value(made, run))
        trial = trial_of_table(made)
    except PlaygroundError as error:
        yield shown(told_table=notice(str(error), "error"))
        return
    visit = added(visit, trial)
    yield shown(
        query=trial.recipe.to_query(), visit=visit, rows=table_value(made, run), intervals=intervals_value(made),
        told_table=compared(pending, trial.recipe, _SAME) or notice(f"{made.total} occupations measured."),
        fine_table=fine_print(trial, visit),
    )  # fmt: skip


def _ready(direction: str) -> Iterator[dict[str, str]]:
    """Fetches and loads the model, and tells of it."""
    for arriving in getting():
        yield notice(f"{arriving.what}: {arriving.fraction:.0%}. This is needed once.")
    if not is_in_memory(direction):
        yield notice("Reading the model into memory.")
        load(direction)


def _read_link(pending: Recipe) -> tuple[str, Asked | str]:
    """("sentence", what to translate) or ("table", the direction). Raises PlaygroundError for a bad link."""
    given = pending.settings
    direction = parse_choice(given.get("direction", "en-pt"), DIRECTIONS, "direction")
    part = parse_choice(given.get("part", "sentence"), ("sentence", "table"), "part")
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
    beams = asked.beams if asked.beams in dict(DECODING).values() else _SKIP
    return [asked.text, asked.direction, beams, _SKIP]


def on_replay(pending: Recipe | None, visit: Visit) -> Iterator[Shown]:
    """Measures again what a link of this panel asks for."""
    if pending is None or not is_of(pending, NAME):
        yield shown()
        return
    try:
        part, asked = _read_link(pending)
    except PlaygroundError:  # told by on_restore
        yield shown()
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
    filled = panel.shown(shared.visit)
    translating: dict[str, Any] = {
        "fn": on_translate, "inputs": [*panel.asked(), shared.visit, shared.pending], "outputs": filled,
        **QUIET, **MODEL_QUEUE,
    }  # fmt: skip
    started = gr.on([panel.run.click, panel.text.submit], **translating)
    measuring = panel.run_table.click(
        on_table, [panel.direction, shared.visit, shared.pending], filled, **QUIET, **MODEL_QUEUE
    )
    chosen = [panel.text, panel.direction]
    further = []
    for button, preset in zip(panel.presets, PRESETS, strict=True):
        named = button.click(lambda preset=preset: list(preset), None, chosen, queue=False, **QUIET)
        further.append(named.then(**translating))
    picked = panel.table.pick(on_pick, None, chosen, queue=False, js=_TO_SENTENCE, **QUIET)
    further.append(picked.then(**translating))
    stop, stop_table = panel.stops
    stop_button(stop, [started, *further], panel.notice)
    stop_button(stop_table, measuring, panel.notice_table)
    build_api()
    restores = {"fn": on_restore, "outputs": [panel.text, panel.direction, panel.beams, panel.notice]}
    replays = {
        "fn": on_replay, "inputs": [shared.pending, shared.visit], "outputs": filled, **QUIET, **MODEL_QUEUE,
    }  # fmt: skip
    return Wired(NAME, room, panel.query, restores, replays, panel.stops)


#: A sentence of the table is looked into above it: the page goes there.
_TO_SENTENCE = (
    "() => { document.querySelector('#translation-text').scrollIntoView({ behavior: 'smooth' }); return []; }"
)
