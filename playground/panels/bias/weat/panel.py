"""WEAT: association tests of word lists in an embedding, and the removal of a direction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import gradio as gr

from playground.bias.embedding_debias import PAIRS, EmbeddingDebias, debias_embedding, read_embedding_debias
from playground.bias.session_log import Measurement, SessionLog, log_measurement
from playground.bias.target_embedding import DEFAULT, fetch_embedding, read_embedding
from playground.bias.weat import ALTERNATIVES
from playground.bias.weat_battery import WeatBattery, run_weat_battery
from playground.bias.weat_catalogue import OWN, weat_facts, weat_list_texts, weat_question
from playground.bias.weat_measurements import battery_measurement, embedding_debias_measurement, weat_measurement
from playground.bias.weat_request import LISTS, NAME, WeatResult, describe_difference, read_weat, run_weat
from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.core.validation import parse_choice
from playground.core.verification import verify
from playground.panels.bias.shared import BiasShared, fine_print_value, outcome_notice, running_query
from playground.panels.bias.weat.data import battery_value, effects_value, leaning_value, shares_value, words_value
from playground.panels.bias.weat.layout import PARTS, WeatComponents, build_components
from playground.ui.event_data import event_values
from playground.ui.events import QUIET, Update, call
from playground.ui.newest_run import connect_runs
from playground.ui.notice import notice
from playground.ui.panel_protocol import Example, Panel
from playground.ui.result_settings import ResultSettings, SeveralResults, result_settings

__all__ = ["FORMER_NAMES", "NAME", "build"]
FORMER_NAMES = ("associations",)
#: Components that a part's event fills, besides its fine print and what all parts fill.
VIEWS: Mapping[str, Sequence[str]] = {
    "ten": ("battery",), "test": ("words",), "debias": ("effects", "shares", "leaning_fold", "leaning"),
}  # fmt: skip
COMMON = ("fine_print", "query", "notice", "log")
#: Of a link: the notices are those of the parts.
REPLAYED = (*(name for views in VIEWS.values() for name in views), *COMMON, "notes")
RESTORED = ("parts", "embedding", "choice", "question", "lists", "side", "pairs", "about")
Result = WeatResult | WeatBattery | EmbeddingDebias


def _part_settings(panel: WeatComponents) -> dict[str, ResultSettings]:
    """The settings that each part's result comes from."""
    shared = {"embedding": panel.embedding, "alternative": panel.side}
    lists = dict(zip(LISTS, panel.lists, strict=True))
    fine, pairs = panel.fine_print, {"embedding": panel.embedding, "pairs": panel.pairs}
    return {
        "test": result_settings({**shared, **lists}, [panel.words, fine["test"]]),
        "ten": result_settings(shared, [panel.battery, fine["ten"]]),
        "debias": result_settings(pairs, [panel.effects, panel.shares, panel.leaning, fine["debias"]]),
    }


def build(item: gr.Tab, shared: BiasShared) -> Panel:
    """The panel, its handlers and its endpoint."""
    panel = build_components()
    at_once: dict[str, Any] = {"queue": False, **QUIET}
    came_from = _part_settings(panel)
    runs = {
        part: came_from[part].carry(_run(part, handler, inputs, panel, shared))
        for part, handler, inputs in (
            ("ten", on_battery, ("embedding", "side", "log")),
            ("test", on_test, ("embedding", "side", "lists", "log")),
            ("debias", on_debias, ("embedding", "pairs", "log")),
        )
    }
    picks = (panel.battery.pick, call(on_pick, panel, [], ["parts", "choice", "question", "lists"]), runs["test"])
    for part, run in runs.items():
        starts = [([panel.run[part].click], run)]
        connect_runs(f"weat-{part}", panel.stop[part], panel.notes[part], starts, [picks] if part == "test" else [])
    panel.choice.input(**call(on_choice, panel, ["choice"], ["question", "lists"]), **at_once)
    for box in panel.lists:
        box.blur(**call(on_lists, panel, ["lists"], ["choice", "question"]), **at_once)
    panel.embedding.input(**call(on_embedding, panel, ["embedding"], ["about"]), **at_once)
    return Panel(
        NAME,
        item,
        (panel, shared),
        on_restore,
        RESTORED,
        replay=on_replay,
        replay_inputs=["log"],
        replayed=REPLAYED,
        stops=list(panel.stop.values()),
        result=SeveralResults(list(came_from.values())),
        example=[
            Example(run, part="" if part == "ten" else part, note=panel.notes[part]) for part, run in runs.items()
        ],
    )


def _run(
    part: str, handler: Callable[..., Any], inputs: Sequence[str], panel: WeatComponents, shared: BiasShared
) -> dict[str, Any]:
    """Keywords of a part's event, which fills this part alone."""
    own = {"notice": panel.notes[part], "fine_print": {part: panel.fine_print[part]}}
    return call(handler, ({**vars(panel), **own}, shared), inputs, [*VIEWS[part], *COMMON])


def on_test(embedding: str, side: str, lists: tuple[str, ...], log: SessionLog) -> Iterator[Update]:
    """The test of the four lists, with its progress."""
    settings = {**dict(zip(LISTS, lists, strict=True)), "embedding": embedding, "alternative": side}
    yield from measure_part("test", settings, log)


def on_battery(embedding: str, side: str, log: SessionLog) -> Iterator[Update]:
    """All ten tests, each drawn once it is done."""
    yield from measure_part("ten", {"embedding": embedding, "alternative": side}, log)


def on_debias(embedding: str, pairs: str, log: SessionLog) -> Iterator[Update]:
    """The direction of the pairs removed, with measures before and after."""
    yield from measure_part("debias", {"embedding": embedding, "pairs": pairs or " "}, log)


def measure_part(
    part: str, settings: Mapping[str, object], log: SessionLog, recipe: Recipe | None = None
) -> Iterator[Update]:
    """Measures one of PARTS. settings: as in a recipe, with the embedding.  recipe: of a link, to verify."""
    embedding = _check(part, settings)
    others = {name: value for name, value in settings.items() if name != "embedding"}
    yield {"query": running_query(NAME, {**others, "part": part, "model": embedding}, recipe)}
    for report in fetch_embedding(embedding):
        yield {"notice": notice(say("bias.fetching", what=report.what, share=report.fraction))}
    # The content note applies to each run's words.
    shut = {"leaning_fold": gr.Accordion(open=False)} if part == "debias" else {}
    yield {"notice": notice(say("bias.weat.measuring")), **shut}
    result: Result | None = None
    for step in _steps(part, settings):
        if isinstance(step, (WeatResult, WeatBattery, EmbeddingDebias)):
            result = step
            if isinstance(step, WeatBattery):
                yield {"battery": battery_value(step)}
        else:
            stage, share = step if isinstance(step, tuple) else (say("bias.weat.stage"), step)
            yield {"notice": notice(say("bias.weat.progress", stage=stage, share=share))}
    assert result is not None
    yield _result(result, log, recipe)


def _check(part: str, settings: Mapping[str, object]) -> str:
    """The embedding's name. Raises PlaygroundError for an invalid setting, before anything is fetched."""
    if part == "debias":
        return read_embedding_debias(settings).embedding
    if part == "test":
        return read_weat(settings).embedding
    parse_choice(settings.get("alternative") or "greater", ALTERNATIVES, "alternative")
    return read_embedding(settings.get("embedding") or DEFAULT)


def _steps(part: str, settings: Mapping[str, object]) -> Iterator[Any]:
    if part == "debias":
        return debias_embedding(read_embedding_debias(settings))
    if part == "test":
        return run_weat(read_weat(settings))
    return run_weat_battery(str(settings.get("embedding") or DEFAULT), str(settings.get("alternative") or "greater"))


def _result(result: Result, log: SessionLog, recipe: Recipe | None) -> Update:
    part, measurement, views = _measurement_of(result)
    log = log_measurement(log, measurement)
    update = {**views, "fine_print": {part: fine_print_value(measurement, log)}, "log": log}
    outcome = notice(measurement.summary, "ok")
    if recipe is not None:
        verification = verify(recipe, measurement.recipe, describe_difference(recipe, measurement.recipe))
        outcome = outcome_notice(verification, say("bias.weat.same"), outcome)
    try:
        return {**update, "query": measurement.recipe.to_query(), "notice": outcome}
    except PlaygroundError:
        return {**update, "notice": notice(say("bias.weat.no_link", summary=measurement.summary))}


def _measurement_of(result: Result) -> tuple[str, Measurement, Update]:
    """(part, measurement, values of its views)."""
    if isinstance(result, WeatResult):
        return "test", weat_measurement(result), {"words": words_value(result)}
    if isinstance(result, WeatBattery):
        return "ten", battery_measurement(result), {"battery": battery_value(result)}
    views = {"effects": effects_value(result), "shares": shares_value(result), "leaning": leaning_value(result)}
    return "debias", embedding_debias_measurement(result), views


def on_replay(recipe: Recipe, log: SessionLog) -> Iterator[Update]:
    """Measures the settings of a link, and verifies the result."""
    part, settings = _read(recipe)
    for update in measure_part(part, settings, log, recipe):
        others = {name: value for name, value in update.items() if name != "notice"}
        yield {**others, "notes": {part: update["notice"]}} if "notice" in update else others


def _read(recipe: Recipe) -> tuple[str, dict[str, object]]:
    """(part, its settings). Raises PlaygroundError for an invalid recipe."""
    part = parse_choice(recipe.settings.get("part", "test"), PARTS, "part")
    settings: dict[str, object] = {**recipe.settings, "embedding": recipe.model or DEFAULT}
    if part == "test" and not any(settings.get(name) for name in ("test", *LISTS)):
        settings["test"] = "1"
    _check(part, settings)
    return part, settings


def on_restore(recipe: Recipe) -> Update:
    """The settings of a link."""
    part, settings = _read(recipe)
    embedding = str(settings["embedding"])
    update: dict[str, Any] = {
        "parts": gr.Tabs(selected=part), "embedding": embedding, "side": str(settings.get("alternative") or "greater"),
        "pairs": str(settings.get("pairs") or PAIRS), **on_embedding(embedding),
    }  # fmt: skip
    if part == "test":
        request = read_weat(settings)
        choice = str(request.test.number) if request.test else OWN
        lists = [", ".join(words) for words in request.lists]
        update |= {"choice": choice, "question": weat_question(choice), "lists": lists}
    return update


def on_choice(choice: str) -> Update:
    """A test's question and words; own lists start from the words in the boxes."""
    update: dict[str, Any] = {"question": weat_question(choice)}
    return update if choice == OWN else {**update, "lists": weat_list_texts(choice)}


def on_lists(lists: tuple[str, ...]) -> Update:
    """The choice that the four lists match: a test, or own lists."""
    try:
        test = read_weat(dict(zip(LISTS, lists, strict=True))).test
    except PlaygroundError:
        test = None
    choice = str(test.number) if test else OWN
    return {"choice": choice, "question": weat_question(choice)}


def on_embedding(embedding: str) -> Update:
    """Facts about the embedding."""
    return {"about": {"rows": weat_facts(read_embedding(embedding))}}


def on_pick(event: gr.EventData) -> Update:
    """Opens a test of the battery in the first part."""
    choice = parse_choice(str(event_values(event).get("key")), [str(number) for number in range(1, 11)], "test")
    return {"parts": gr.Tabs(selected="test"), "choice": choice, **on_choice(choice)}
