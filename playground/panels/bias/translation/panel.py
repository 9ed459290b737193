"""Translation: the gender a translator gives to people, where the sentence says it and where it does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr

from playground.bias.gender_alternatives import gender_alternatives
from playground.bias.session_log import SessionLog, log_measurement
from playground.bias.translation_gender import (
    NAME,
    describe_alternatives,
    measure_occupations,
    sentence_measurement,
    table_measurement,
)
from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.core.validation import parse_choice
from playground.core.verification import verify
from playground.language.translation import (
    DIRECTIONS,
    MODEL,
    TranslationRequest,
    fetch_translator,
    is_in_memory,
    load,
    read_translation_request,
    translate,
)
from playground.panels.bias.shared import BiasShared, fine_print_value, outcome_notice, running_query
from playground.panels.bias.translation.data import PRESETS, accuracies_value, table_value, translation_value
from playground.panels.bias.translation.layout import BEAMS, build_components
from playground.ui.event_data import event_values
from playground.ui.events import Update, call
from playground.ui.messages import Notice, error_notice
from playground.ui.newest_run import connect_runs
from playground.ui.notice import notice
from playground.ui.panel_protocol import Example, Panel
from playground.ui.result_settings import encode_settings, result_settings
from playground.ui.view import new_run

__all__ = ["NAME", "build"]
SETTINGS = ("text", "direction", "beams")
SENTENCE_RESULTS = ("translation", "fine_print", "query", "notice", "log")
TABLE_RESULTS = ("table", "accuracies", "table_fine_print", "query", "notice", "log")
RESTORED = (*SETTINGS, "parts")


def build(item: gr.Tab, shared: BiasShared) -> Panel:
    """Builds the components and the endpoint, and connects the events."""
    panel = build_components()
    sentence = result_settings({name: getattr(panel, name) for name in SETTINGS}, [panel.translation, panel.fine_print])
    table = result_settings({"direction": panel.direction}, [panel.table, panel.accuracies, panel.table_fine_print])
    in_sentence = ({**vars(panel), "notice": panel.sentence_notice}, shared)
    in_table = ({**vars(panel), "notice": panel.table_notice}, shared)
    translating = sentence.carry(call(on_translate, in_sentence, [*SETTINGS, "log"], SENTENCE_RESULTS))
    fills: list[Any] = [
        (button.click, call(_preset(number), panel, [], ["text", "direction"]), translating)
        for number, button in enumerate(panel.presets)
    ]
    fills.append((panel.table.pick, call(on_pick, panel, [], ["text", "direction", "parts"]), translating))
    starts = [panel.run.click, panel.text.submit]
    connect_runs(f"{NAME}-sentence", panel.stop, panel.sentence_notice, [(starts, translating)], fills)
    measures = table.carry(call(on_table, in_table, ["direction", "log"], TABLE_RESULTS))
    connect_runs(f"{NAME}-table", panel.table_stop, panel.table_notice, [([panel.table_run.click], measures)])
    results = [*dict.fromkeys([*SENTENCE_RESULTS, *TABLE_RESULTS]), "sentence_notice", "table_notice"]
    return Panel(
        NAME, item, (panel, shared, {"sentence_from": sentence.carried, "table_from": table.carried}),
        on_restore, RESTORED,
        replay=on_replay, replay_inputs=["log"], replayed=[*results, "sentence_from", "table_from"],
        stops=[panel.stop, panel.table_stop],
        example=[
            Example(measures, note=panel.table_notice),
            Example(translating, part="sentence", note=panel.sentence_notice),
        ],
    )  # fmt: skip


def _preset(number: int) -> Callable[[], Update]:
    text, direction = PRESETS[number]
    return lambda: {"text": text, "direction": direction}


def on_translate(text: str, direction: str, beams: Any, log: SessionLog) -> Iterator[Update]:
    """Shows the translation as it grows, then the words that could have had the other gender."""
    yield from _translate(read_translation_request(text, direction, beams), log, None)


def _translate(request: TranslationRequest, log: SessionLog, recipe: Recipe | None) -> Iterator[Update]:
    yield {"query": running_query(NAME, vars(request), recipe)}
    for progress in _load(request.direction):
        yield {"notice": progress}
    run = new_run()
    for translation in translate(request):
        if not translation.done:
            yield {"translation": translation_value(translation, (), run), "fine_print": None}
    alternatives = gender_alternatives(translation)
    measurement = sentence_measurement(translation, alternatives)
    log = log_measurement(log, measurement)
    done = notice(describe_alternatives(alternatives))
    verification = verify(recipe, measurement.recipe) if recipe is not None else None
    yield {
        "translation": translation_value(translation, alternatives, run),
        "fine_print": fine_print_value(measurement, log), "query": measurement.recipe.to_query(),
        "notice": outcome_notice(verification, say("bias_texts.translation.same"), done), "log": log,
    }  # fmt: skip


def on_table(direction: str, log: SessionLog) -> Iterator[Update]:
    """Shows the table as it fills, then its summary."""
    yield from _measure_table(direction, log, None)


def _measure_table(direction: str, log: SessionLog, recipe: Recipe | None) -> Iterator[Update]:
    direction = parse_choice(direction, DIRECTIONS, "direction")
    yield {"query": running_query(NAME, {"part": "table", "direction": direction}, recipe)}
    for progress in _load(direction):
        yield {"notice": progress}
    run = new_run()
    yield {"accuracies": None, "table_fine_print": None}
    for table in measure_occupations(direction):
        counts = {"measured": len(table.rows), "total": table.total}
        progress = notice(say("bias_texts.translation.table_progress", **counts))
        yield {"notice": progress, "table": table_value(table, run)}
    measurement = table_measurement(table)
    log = log_measurement(log, measurement)
    done = notice(measurement.summary)
    verification = verify(recipe, measurement.recipe) if recipe is not None else None
    yield {
        "table": table_value(table, run), "accuracies": accuracies_value(table),
        "table_fine_print": fine_print_value(measurement, log), "query": measurement.recipe.to_query(),
        "notice": outcome_notice(verification, say("bias_texts.translation.same"), done), "log": log,
    }  # fmt: skip


def _load(direction: str) -> Iterator[Notice]:
    """Downloads and loads the model, where needed; yields its progress."""
    for report in fetch_translator():
        yield notice(say("bias.fetching", what=report.what, share=report.fraction))
    if not is_in_memory(direction):
        yield notice(say("shared.loading_model"))
        load(direction)


def _read(recipe: Recipe) -> TranslationRequest | str:
    """The sentence to translate, or the direction of a table. Raises PlaygroundError for an invalid recipe."""
    settings = recipe.settings
    parse_choice(recipe.model or MODEL, [MODEL], "model")
    direction = parse_choice(settings.get("direction", "en-pt"), DIRECTIONS, "direction")
    part = parse_choice(settings.get("part", "sentence"), ("sentence", "table"), "part")
    if part == "table":
        return direction
    return read_translation_request(settings.get("text", PRESETS[2][0]), direction, settings.get("beams", 1))


def on_restore(recipe: Recipe) -> Update:
    """The settings of a link."""
    request = _read(recipe)
    if isinstance(request, str):
        return {"direction": request, "parts": gr.Tabs(selected="table")}
    update = {"text": request.text, "direction": request.direction, "parts": gr.Tabs(selected="sentence")}
    return {**update, "beams": request.beams} if request.beams in BEAMS else update


def on_replay(recipe: Recipe, log: SessionLog) -> Iterator[Update]:
    """Translates or measures what a link asks for, and verifies the result."""
    request = _read(recipe)
    if isinstance(request, str):
        part = "table"
        settings: dict[str, Any] = {"direction": request}
        updates = _measure_table(request, log, recipe)
    else:
        part, settings = "sentence", {"text": request.text, "direction": request.direction}
        settings |= {"beams": request.beams} if request.beams in BEAMS else {}
        updates = _translate(request, log, recipe)
    try:
        for update in updates:
            yield {**_in_part(part, update), f"{part}_from": encode_settings(settings)}
    except PlaygroundError as error:
        yield {f"{part}_notice": error_notice(error)}


def _in_part(part: str, update: Update) -> Update:
    """The Update with the part's notice instead of the panel's."""
    return {f"{part}_notice" if name == "notice" else name: value for name, value in update.items()}


def on_pick(event: gr.EventData) -> Update:
    """Puts a chosen sentence of the table into the box, and opens that part."""
    direction = event_values(event).get("direction")
    update = {"text": str(event_values(event).get("text", ""))[:300], "parts": gr.Tabs(selected="sentence")}
    return {**update, "direction": direction} if direction in DIRECTIONS else update
