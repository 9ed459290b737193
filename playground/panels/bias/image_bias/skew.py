"""Image bias, second part: a model trained on data skewed on purpose, or on the same data reweighed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.bias.session_log import SessionLog, log_measurement
from playground.bias.skew_request import (
    ATTRIBUTES,
    BUNDLED,
    COUNT,
    DARK,
    FEWEST,
    FEWEST_STEPS,
    LIGHT,
    MOST,
    MOST_STEPS,
    STEPS,
    TRAINED_HERE,
    SkewRequest,
    read_skew_request,
)
from playground.bias.skewed_training import DONE, TRAINING, SkewedTraining, SkewOutcome, train_and_draw
from playground.core.catalogue import say
from playground.core.dataclass_json import decode_all, encode_all
from playground.core.recipe import Recipe
from playground.core.throttle import throttle
from playground.core.validation import parse_choice
from playground.core.verification import verify
from playground.panels.bias.image_bias.data import outcomes_value, preview_value
from playground.panels.bias.shared import fine_print_value, outcome_notice, query_of
from playground.ui.browser_store import keep_in_browser
from playground.ui.events import MODEL_QUEUE, QUIET, Update, call, connect_stop
from playground.ui.fine_print import fine_print_view
from playground.ui.interval_chart import intervals_view
from playground.ui.notice import notice, notice_view
from playground.ui.panel_protocol import Example
from playground.ui.picture_views import sheet_view
from playground.ui.result_settings import encode_settings, result_settings

RESTORED = ("attribute", "dark", "light", "steps", "count", "seed")
#: Components of the part that a run updates, besides the panel's query and the tab's log.
RESULTS = ("outcomes", "sheet", "lines", "fine_print", "notice")
#: A training takes a processor for a minute: only one runs at a time, and drawing in other panels does not wait for it.
TRAINING_QUEUE: dict[str, Any] = {"concurrency_id": "training", "concurrency_limit": 1}
MOST_OUTCOMES = 12
#: Of the bundled models, as the controls have them; it does not matter how long they were trained.
_BUNDLED = {"attribute": "glasses", "dark": 90, "light": 10}
Outcomes = tuple[SkewOutcome, ...]


@dataclass(frozen=True)
class SkewComponents:
    """The part's components. dark, light: in per cent.  load, load_reweighed: buttons for the bundled models.

    outcomes: gr.State of the Outcomes so far, the latest last.
    """

    attribute: gr.Radio
    dark: gr.Slider
    light: gr.Slider
    steps: gr.Slider
    count: gr.Slider
    seed: gr.Number
    load: gr.Button
    load_reweighed: gr.Button
    train: gr.Button
    train_reweighed: gr.Button
    stop: gr.Button
    notice: gr.HTML
    sheet: gr.HTML
    lines: gr.HTML
    fine_print: gr.HTML
    outcomes: gr.State


def build_components() -> SkewComponents:
    """Builds the part's components."""
    with gr.Column(elem_classes="pg-asks"):
        gr.Markdown(
            say("bias_texts.image_bias.skew.about", dark=", ".join(DARK), light=", ".join(LIGHT), count=COUNT),
            elem_classes="pg-hint",
        )
        with gr.Row():
            attribute = gr.Radio(
                list(ATTRIBUTES),
                value="glasses",
                label=say("bias_texts.image_bias.skew.attribute"),
                elem_id="skew-attribute",
            )
            dark = gr.Slider(
                0, 100, value=90, step=1, label=say("bias_texts.image_bias.skew.dark"), elem_id="skew-dark"
            )
            light = gr.Slider(
                0, 100, value=10, step=1, label=say("bias_texts.image_bias.skew.light"), elem_id="skew-light"
            )
        with gr.Row(elem_classes="pg-actions"):
            train = gr.Button(say("bias_texts.image_bias.skew.train"), variant="primary", elem_id="skew-train")
            train_reweighed = gr.Button(
                say("bias_texts.image_bias.skew.train_reweighed"), elem_id="skew-train-reweighed"
            )
            stop = gr.Button(say("shared.stop"), elem_id="skew-stop")
        with gr.Row(elem_classes="pg-actions"):
            load = gr.Button(say("bias_texts.image_bias.skew.load"), size="sm", elem_id="skew-load")
            load_reweighed = gr.Button(
                say("bias_texts.image_bias.skew.load_reweighed"), size="sm", elem_id="skew-load-reweighed"
            )
        with gr.Accordion(say("bias_texts.image_bias.skew.settings"), open=False):
            with gr.Row():
                steps = gr.Slider(
                    FEWEST_STEPS, MOST_STEPS, value=STEPS, step=50, label=say("bias_texts.image_bias.skew.steps"),
                    elem_id="skew-steps", info=say("bias_texts.image_bias.skew.steps_info"),
                )  # fmt: skip
                count = gr.Slider(
                    FEWEST, MOST, value=1000, step=100, label=say("shared.pictures"), elem_id="skew-count"
                )
                seed = gr.Number(0, label=say("shared.seed"), precision=0, minimum=0, elem_id="skew-seed")
    note = notice_view(elem_id="skew-notice")
    lines = intervals_view(outcomes_value([]), elem_id="skew-lines")
    sheet = sheet_view(elem_id="skew-sheet")
    with gr.Column(elem_classes="pg-rest"):
        fine = fine_print_view(elem_id="skew-fine")
        with gr.Accordion(say("bias_texts.image_bias.skew.reweighing_title"), open=False):
            gr.Markdown(say("bias_texts.image_bias.skew.reweighing"))
    return SkewComponents(
        attribute, dark, light, steps, count, seed, load, load_reweighed, train, train_reweighed, stop, note, sheet,
        lines, fine, gr.State(()),
    )  # fmt: skip


def connect(part: SkewComponents, common: Mapping[str, Any]) -> tuple[dict[str, gr.Textbox], Example]:
    """Connects the part's events. common: the panel's query and the tab's log, by name.

    Returns the box with the settings that the results came from, by its name in the part, and the stored result: both
    bundled models.
    """
    components, outputs = (part, common), [*RESULTS, *common]
    results = [part.lines, part.fine_print]
    trained = result_settings({name: getattr(part, name) for name in RESTORED}, results)
    running = []
    for button, reweighed in ((part.train, False), (part.train_reweighed, True)):
        trains = call(_trainer(reweighed), components, [*RESTORED, "outcomes", "log"], outputs)
        running.append(button.click(**trained.carry(trains), **QUIET, **TRAINING_QUEUE))
    with_box = (part, common, {"from": trained.carried})
    loads = []
    for button, reweighed in ((part.load, False), (part.load_reweighed, True)):
        load = call(_loader(reweighed), with_box, ["count", "seed", "outcomes", "log"], [*outputs, "from"])
        running.append(button.click(**load, **QUIET, **MODEL_QUEUE))
        loads.append(load)
    keep_in_browser(part.outcomes, "bias-outcomes", encode_all, _read_outcomes)
    connect_stop(part.stop, running, part.notice)
    return {"from": trained.carried}, Example(loads[0], [(part.outcomes, _reweighed_outcome)], note=part.notice)


def _read_outcomes(text: str) -> Outcomes:
    return decode_all(SkewOutcome, text)[-MOST_OUTCOMES:]


def _reweighed_outcome() -> Outcomes:
    """That of the bundled model of reweighed data, beside which the stored result shows the skewed one."""
    *_, state = train_and_draw(read_skew_request(reweighed=True, steps=0))
    assert state.outcome is not None
    return (state.outcome,)


def _trainer(reweighed: bool) -> Callable[..., Iterator[Update]]:
    def on_train(
        attribute: str, dark: Any, light: Any, steps: Any, count: Any, seed: Any, outcomes: Outcomes, log: SessionLog
    ) -> Iterator[Update]:
        shares = [one / 100 if isinstance(one, int | float) else one for one in (dark, light)]
        request = read_skew_request(attribute, shares[0], shares[1], reweighed, steps, count, seed or 0)
        yield from run_skew(request, outcomes, log)

    return on_train


def _loader(reweighed: bool) -> Callable[..., Iterator[Update]]:
    def on_load(count: Any, seed: Any, outcomes: Outcomes, log: SessionLog) -> Iterator[Update]:
        request = read_skew_request("glasses", 0.9, 0.1, reweighed, 0, count, seed or 0)
        yield from _from_bundled(request, run_skew(request, outcomes, log))

    return on_load


def _from_bundled(request: SkewRequest, updates: Iterator[Update]) -> Iterator[Update]:
    """The updates, with the settings that a bundled model's results come from as soon as there are any."""
    came_from = encode_settings({**_BUNDLED, "count": request.count, "seed": request.seed})
    for update in updates:
        yield {**update, "from": came_from} if "lines" in update else update


def run_skew(
    request: SkewRequest, outcomes: Outcomes, log: SessionLog, recipe: Recipe | None = None
) -> Iterator[Update]:
    """Trains (or loads, for 0 steps), draws and counts, with progress. recipe: of a link, to verify against."""
    running = query_of(request.recipe() if recipe is None else recipe)
    yield {"query": running, "notice": notice(say("bias_texts.image_bias.skew.choosing"))}
    outcome = None
    for state in throttle(train_and_draw(request), 0.5):
        outcome = state.outcome
        progress: dict[str, Any] = {"notice": notice(_progress(state))}
        if state.pictures is not None:
            progress["sheet"] = preview_value(state.pictures, state.stage == DONE)
        yield progress
    assert outcome is not None
    others = tuple(one for one in outcomes if one.request != outcome.request)
    outcomes = (*others, outcome)[-MOST_OUTCOMES:]
    measurement = outcome.measurement()
    log = log_measurement(log, measurement)
    verification = verify(recipe, measurement.recipe) if recipe is not None else None
    done = notice(say("bias_texts.image_bias.skew.done", summary=outcome.summary()), "ok")
    yield {
        "outcomes": outcomes, "lines": outcomes_value(outcomes), "fine_print": fine_print_value(measurement, log),
        "notice": outcome_notice(verification, say("bias_texts.image_bias.same_labels"), done),
        "query": measurement.recipe.to_query(), "log": log,
    }  # fmt: skip


def _progress(state: SkewedTraining) -> str:
    request = state.request
    if state.stage != TRAINING:
        return say(f"bias_texts.image_bias.skew.stages.{state.stage}", drawn=state.drawn, total=request.count)
    steps = {"step": state.step, "steps": request.steps, "seconds": state.seconds}
    sentences = [say("bias_texts.image_bias.skew.training", **steps)]
    if state.losses:
        first, loss = state.losses[0][1], state.losses[-1][1]
        sentences.append(say("bias_texts.image_bias.skew.loss", loss=loss, first=first))
    if state.pictures is not None:
        sentences.append(say("bias_texts.image_bias.skew.seen"))
    return " ".join(sentences)


def read_recipe(recipe: Recipe) -> SkewRequest:
    """The request of a link. Raises PlaygroundError."""
    settings = recipe.settings
    parse_choice(recipe.model or TRAINED_HERE, [*BUNDLED.values(), TRAINED_HERE], "model")
    return read_skew_request(
        settings.get("attribute", "glasses"), settings.get("dark", 0.9), settings.get("light", 0.1),
        settings.get("reweighed", False), settings.get("steps", STEPS), settings.get("count", 1000), recipe.seed,
    )  # fmt: skip


def restore(recipe: Recipe) -> Update:
    """The settings of a link. Raises PlaygroundError."""
    request = read_recipe(recipe)
    update: dict[str, Any] = {
        "attribute": request.skew.attribute, "dark": round(100 * request.skew.dark),
        "light": round(100 * request.skew.light), "steps": request.steps or STEPS, "count": request.count,
        "seed": request.seed,
    }  # fmt: skip
    if request.steps:
        reweighed = request.skew.reweighed
        button = say("bias_texts.image_bias.skew.train_reweighed" if reweighed else "bias_texts.image_bias.skew.train")
        update["notice"] = notice(say("bias_texts.image_bias.skew.restored", button=button))
    return update


def replay(recipe: Recipe, outcomes: Outcomes, log: SessionLog) -> Iterator[Update]:
    """Loads and counts what a link asks for, and verifies the result; a training waits for its button."""
    request = read_recipe(recipe)
    if not request.steps:
        yield from _from_bundled(request, run_skew(request, outcomes, log, recipe))
