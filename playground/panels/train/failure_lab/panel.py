"""Failure lab: trainings broken on purpose, what the detector finds in them, and the cure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import gradio as gr

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.data import registry
from playground.experiments import run_control
from playground.experiments.cost import run_cost
from playground.experiments.failures import Failure, cured_settings, failure, failures
from playground.experiments.live_detector import diagnose_run
from playground.experiments.recorded import course, recorded_run
from playground.experiments.run_status import current_setting, poll_run
from playground.experiments.setting_words import data_words, family_words, setting_words
from playground.panels.train.cost_view import cost_value, cost_view
from playground.panels.train.curves import image_curves, toy_2d_curves
from playground.panels.train.detector_view import detector_value, detector_view
from playground.panels.train.image_run_view import image_run_view
from playground.panels.train.shared import (
    TrainShared,
    connect_fork,
    end_shown,
    fork_update,
    is_fork,
    read_fork,
    run_query,
    run_state,
    with_owner,
)
from playground.panels.train.toy_2d_run_view import toy_2d_run_value, toy_2d_run_view
from playground.ui.event_data import event_values
from playground.ui.events import QUIET, Update, call
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_protocol import Panel
from playground.ui.training_curves import curves_view

NAME = "failure_lab"
#: In older links.
FORMER_NAMES = ("failures",)
#: What `_run_update` fills.
_RUN_OUTPUTS = ("explanation", "cure", "image_run", "toy_2d_run", "detector", "curves", "cost", "query")
#: What the page opens on: a failure, and the run of it that was recorded.
FAILURE, RECORDED = "plane", recorded_run("collapse")


@dataclass(frozen=True)
class FailureLabComponents:
    """buttons: in the order of failures().  explanation: of what is broken, or how it was cured.

    image_run, toy_2d_run: the one that suits the run is visible.  query: names the failure and its run, which each
    event brings along: a server that was started again knows no visit.
    """

    buttons: tuple[gr.Button, ...]
    explanation: gr.Markdown
    cure: gr.Button
    notice: gr.HTML
    image_run: gr.HTML
    toy_2d_run: gr.HTML
    detector: gr.HTML
    curves: gr.HTML
    cost: gr.HTML
    query: gr.Textbox


def build(item: gr.Tab, shared: TrainShared) -> Panel:
    """The panel, its events connected."""
    components = _build_components()
    _connect(components, shared)
    return Panel(NAME, item, components, on_restore, _RUN_OUTPUTS)


def _build_components() -> FailureLabComponents:
    introduction("train.failure_lab")
    with gr.Row(elem_id="failure_lab-buttons", elem_classes="pg-train-controls"):
        buttons = tuple(
            gr.Button(
                one.title, size="sm", min_width=150, interactive=not registry.missing(one.dataset),
                elem_id=f"failure_lab-{one.name}",
            )
            for one in failures()
        )  # fmt: skip
    if lacking := next(filter(None, (registry.missing(one.dataset) for one in failures())), ""):
        gr.Markdown(say("train.failure_lab.grey", why=lacking), elem_classes="pg-train-controls pg-hint")
    one = failure(FAILURE)
    shown = _view_updates(one, RECORDED)
    note = notice_view(_recorded_notice(), elem_id="failure_lab-notice", elem_classes="pg-train-said")
    with gr.Row(elem_classes="pg-train-row"):
        with gr.Column(scale=3, min_width=320):
            image_run = image_run_view(
                poll_run, run_control.steer_run, elem_id="failure_lab-image_run", visible="hidden"
            )
            toy_2d_run = toy_2d_run_view(
                poll_run, run_control.steer_run, toy_2d_run_value([(one.family, RECORDED)]),
                elem_id="failure_lab-toy_2d_run",
            )  # fmt: skip
        with gr.Column(scale=2, min_width=300):
            explanation = gr.Markdown(_explain(one), elem_id="failure_lab-explanation")
            cure = gr.Button(_cure_title(True), variant="primary", elem_id="failure_lab-cure")
            detector = detector_view(diagnose_run, shown["detector"], elem_id="failure_lab-detector")
    with gr.Column(elem_classes="pg-train-more"):
        curves = curves_view(poll_run, run_control.steer_run, shown["curves"], elem_id="failure_lab-curves")
        cost = cost_view(run_cost, "failure_lab-cost", RECORDED)
    query = gr.Textbox(visible="hidden", elem_id="failure_lab-query")
    return FailureLabComponents(buttons, explanation, cure, note, image_run, toy_2d_run, detector, curves, cost, query)


def _recorded_notice() -> dict[str, str]:
    modes = course("collapse", "modes_covered")
    return notice(say("train.failure_lab.example", most=int(modes.highest), last=int(modes.last)))


def _cure_title(fresh: bool) -> str:
    return say("train.failure_lab.cure_fresh" if fresh else "train.failure_lab.cure")


def current_run(query: str) -> tuple[str, str]:
    """(name of the failure, id of its run) on the page; the id is "" for the recorded one. query: of its link."""
    named = parse_qs(query)
    return named.get("failure", [FAILURE])[0], named.get("run", [""])[0]


def _connect(components: FailureLabComponents, shared: TrainShared) -> None:
    parts = (components, shared)
    inputs, outputs = ["owner", "query"], ["notice", *_RUN_OUTPUTS]
    for button, one in zip(components.buttons, failures(), strict=True):
        button.click(**call(_on_break(one.name), parts, inputs, outputs), js=with_owner(), queue=False, **QUIET)
    components.cure.click(**call(on_cure, parts, inputs, outputs), js=with_owner(), queue=False, **QUIET)
    components.image_run.opened(**call(on_opened, parts, ["query"], outputs), queue=False, **QUIET)
    connect_fork(components.toy_2d_run, parts, (on_fork, ["owner"]), (on_forked, ["query"], _RUN_OUTPUTS))


def _on_break(name: str) -> Callable[[str, str], Update]:
    def on_break(owner: str, query: str) -> Update:
        return start_broken_run(name, owner, query)

    return on_break


def start_broken_run(name: str, owner: str, query: str) -> Update:
    """Start a broken run and end the current one. Raises PlaygroundError."""
    one = failure(name)
    run = run_control.start_run(one.family, one.dataset, one.settings, 0, owner)
    ended = end_shown([current_run(query)[1]], owner)
    sentence = say("train.failure_lab.started", title=one.title)
    return {"notice": notice(f"{sentence} {ended}".strip(), "ok"), **_run_update(one, run, cured=False)}


def on_cure(owner: str, query: str) -> Update:
    """Cure the run: change its settings, or start a new one with the cure. Raises PlaygroundError."""
    name, run = current_run(query)
    one, ended = failure(name), ""
    if one.fresh or not run:
        before, run = run, run_control.start_run(one.family, one.dataset, cured_settings(one), 0, owner)
        ended = end_shown([before], owner)
    else:
        run_control.send_command(run, "change", one.cure, owner)
    sentence = say("train.failure_lab.cure_started")
    return {"notice": notice(f"{sentence} {ended}".strip(), "ok"), **_run_update(one, run, cured=True)}


def on_fork(event: gr.EventData, owner: str) -> Update:
    """Fork a run in the plane with its own settings, to repeat it or for a longer run."""
    asked = read_fork(event)
    step = asked.step if isinstance(asked.step, int) else -1
    return fork_update(asked, lambda: run_control.fork_run(asked.run, step, asked.settings, owner))


def on_forked(forked: Mapping[str, Any] | None, query: str) -> Update:
    """The fork takes its parent's place on the page, if the parent is still there."""
    name, run = current_run(query)
    if not is_fork(forked) or run != forked["parent"]:
        return {}
    return _current_run_update(failure(name), forked["run"])


def on_opened(event: gr.EventData, query: str) -> Update:
    """Follow a fork from the image run's bar."""
    return _current_run_update(failure(current_run(query)[0]), str(event_values(event).get("run", "")))


def on_restore(recipe: Recipe) -> Update:
    """Follow the run of a link; a link to the panel alone changes nothing. Raises PlaygroundError."""
    if "failure" not in recipe.settings and "run" not in recipe.settings:
        return {}
    one, run = failure(str(recipe.settings.get("failure", ""))), str(recipe.settings.get("run", ""))
    state = run_state(run)
    if (state["family"], state["dataset"]) != (one.family, one.dataset):
        raise PlaygroundError(say("train.failure_lab.other_run", title=one.title))
    return _current_run_update(one, run)


def _current_run_update(one: Failure, run: str) -> Update:
    """Make the page follow an earlier run, which may be cured already."""
    cured = all(current_setting(run, name) == value for name, value in one.cure.items())
    return _run_update(one, run, cured)


def _run_update(one: Failure, run: str, cured: bool) -> dict[str, Any]:
    """Make the page follow a failure's run."""
    return {
        "explanation": say("train.failure_lab.cured", cured=one.cured) if cured else _explain(one),
        "cure": gr.Button(_cure_title(one.fresh), interactive=not cured),
        **_view_updates(one, run),
        "cost": cost_value(run),
        "query": run_query(NAME, run, failure=one.name),
    }


def _view_updates(one: Failure, run: str) -> dict[str, Any]:
    is_toy_2d = one.is_toy_2d()
    runs = [(one.family, run)] if is_toy_2d else []
    images = {"run": "" if is_toy_2d else run, "copies": one.name == "overfitting"}
    return {
        "image_run": gr.update(value=images, visible="hidden" if is_toy_2d else True),
        "toy_2d_run": gr.update(value=toy_2d_run_value(runs), visible=True if is_toy_2d else "hidden"),
        "detector": detector_value(run),
        "curves": toy_2d_curves(runs) if is_toy_2d else image_curves(run, one.family),
    }


def _explain(one: Failure) -> str:
    """What is wrong, the settings that cause it, and the cure, in Markdown."""
    data = {
        "family": family_words(one.family, one.dataset), "data": data_words(one.dataset),
        "settings": setting_words(one.family, one.dataset, one.settings),
    }  # fmt: skip
    return say("train.failure_lab.broken", title=one.title, broken=one.broken, cured=one.cured, **data)
