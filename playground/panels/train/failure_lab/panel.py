"""Failure lab: trainings that are broken on purpose, what the detector finds in them, and the cure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.experiments import run_control
from playground.experiments.failures import Failure, cured_settings, failure, failures
from playground.experiments.live_detector import diagnose_run
from playground.experiments.run_status import current_setting, poll_run
from playground.panels.train.curves import image_curves, toy_2d_curves
from playground.panels.train.detector_view import detector_value, detector_view
from playground.panels.train.image_run_view import image_run_view
from playground.panels.train.shared import WITH_OWNER, TrainShared, run_query, run_state
from playground.panels.train.toy_2d_run_view import toy_2d_run_value, toy_2d_run_view
from playground.ui.events import QUIET, Update, call
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_protocol import Panel
from playground.ui.training_curves import curves_view

NAME, TITLE = "failure_lab", "Failure lab"
#: In links that were made before.
FORMER_NAMES = ("failures",)
_FIRST = "Press one of the buttons: a training starts that cannot go well. Nothing else is harmed by it."
#: (name of the failure, id of its run); two empty texts before the first.
FailureRun = tuple[str, str]
#: What `_run_update` fills.
_RUN_OUTPUTS = ("explanation", "cure", "current", "image_run", "toy_2d_run", "detector", "curves", "query")


@dataclass(frozen=True)
class FailureLabComponents:
    """buttons: in the order of failures().  explanation: gr.Markdown, what is broken, or cured.

    image_run, toy_2d_run: the view that suits the run is visible.  current: gr.State of a FailureRun.
    """

    buttons: tuple[gr.Button, ...]
    explanation: gr.Markdown
    cure: gr.Button
    notice: gr.HTML
    image_run: gr.HTML
    toy_2d_run: gr.HTML
    detector: gr.HTML
    curves: gr.HTML
    current: gr.State
    query: gr.Textbox


def build(item: gr.Tab, shared: TrainShared) -> Panel:
    """The panel, its events connected."""
    components = _build_components()
    _connect(components, shared)
    return Panel(NAME, item, components, on_restore, _RUN_OUTPUTS)


def _build_components() -> FailureLabComponents:
    introduction(
        "Ten ways in which a training goes wrong, each brought about by one wrong setting or by bad pictures.",
        "Break one with a click, watch until the detector names it, then press the cure and watch it recover.",
        "The detector reads the same numbers as you: it says which gave the failure away, and it can be mistaken.",
    )
    with gr.Row(elem_id="failure_lab-buttons"):
        buttons = tuple(
            gr.Button(one.title, size="sm", min_width=150, elem_id=f"failure_lab-{one.name}") for one in failures()
        )
    explanation = gr.Markdown(_FIRST, elem_id="failure_lab-explanation")
    with gr.Row(elem_classes="pg-actions"):
        cure = gr.Button("Cure it", variant="primary", interactive=False, elem_id="failure_lab-cure")
    note = notice_view(elem_id="failure_lab-notice")
    with gr.Row():
        with gr.Column(scale=2, min_width=300):
            detector = detector_view(diagnose_run, elem_id="failure_lab-detector")
        with gr.Column(scale=3, min_width=320):
            image_run = image_run_view(poll_run, run_control.steer_run, elem_id="failure_lab-image_run")
            toy_2d_run = toy_2d_run_view(
                poll_run, run_control.steer_run, elem_id="failure_lab-toy_2d_run", visible="hidden"
            )
    curves = curves_view(poll_run, run_control.steer_run, elem_id="failure_lab-curves")
    query = gr.Textbox(visible="hidden", elem_id="failure_lab-query")
    return FailureLabComponents(
        buttons, explanation, cure, note, image_run, toy_2d_run, detector, curves, gr.State(("", "")), query
    )


def _connect(components: FailureLabComponents, shared: TrainShared) -> None:
    parts = (components, shared)
    inputs, outputs = ["owner", "current"], ["notice", *_RUN_OUTPUTS]
    for button, one in zip(components.buttons, failures(), strict=True):
        button.click(**call(_on_break(one.name), parts, inputs, outputs), js=WITH_OWNER, queue=False, **QUIET)
    components.cure.click(**call(on_cure, parts, inputs, outputs), js=WITH_OWNER, queue=False, **QUIET)
    components.image_run.opened(**call(on_opened, parts, ["current"], outputs), queue=False, **QUIET)
    components.toy_2d_run.fork(**call(on_fork, parts, inputs, outputs), js=WITH_OWNER, queue=False, **QUIET)


def _on_break(name: str) -> Callable[[str, FailureRun], Update]:
    def on_break(owner: str, current: FailureRun) -> Update:
        return start_broken_run(name, owner, current)

    return on_break


def start_broken_run(name: str, owner: str, current: FailureRun) -> Update:
    """Start a broken run and end the current one, which was only there to be watched. Raises PlaygroundError."""
    one = failure(name)
    _stop(current[1], owner)
    run = run_control.start_run(one.family, one.dataset, one.settings, 0, owner)
    return {"notice": notice(f"{one.title}: it has started.", "ok"), **_run_update(one, run, cured=False)}


def on_cure(owner: str, current: FailureRun) -> Update:
    """Cure the run: change its settings, or start it again with others. Raises PlaygroundError."""
    one, run = failure(current[0]), current[1]
    if one.fresh:
        _stop(run, owner)
        run = run_control.start_run(one.family, one.dataset, cured_settings(one), 0, owner)
    else:
        run_control.send_command(run, "change", one.cure, owner)
    return {"notice": notice("The cure is given: watch the detector.", "ok"), **_run_update(one, run, cured=True)}


def _stop(run: str, owner: str) -> None:
    """End a run of this visitor's; one that has ended, or is gone, stays as it is."""
    if not run:
        return
    try:
        run_control.send_command(run, "stop", None, owner)
    except PlaygroundError:
        return


def on_fork(event: gr.EventData, owner: str, current: FailureRun) -> Update:
    """Fork a run in the plane with its own settings, to repeat it or for a longer run. Raises PlaygroundError."""
    step, steps = event._data.get("step"), event._data.get("steps")
    asked = {"steps": steps} if steps else {}
    run = run_control.fork_run(current[1], step if isinstance(step, int) else -1, asked, owner)
    return _opened_run_update(failure(current[0]), run)


def on_opened(event: gr.EventData, current: FailureRun) -> Update:
    """Follow the fork that the visitor made in the image run's bar."""
    return _opened_run_update(failure(current[0]), str(event._data.get("run", "")))


def on_restore(recipe: Recipe) -> Update:
    """Follow the run of a link; a link to the panel alone changes nothing. Raises PlaygroundError."""
    if "failure" not in recipe.settings and "run" not in recipe.settings:
        return {}
    one, run = failure(str(recipe.settings.get("failure", ""))), str(recipe.settings.get("run", ""))
    state = run_state(run)
    if (state["family"], state["dataset"]) != (one.family, one.dataset):
        raise PlaygroundError(f"Its run is none of “{one.title}”: press the button to start one.")
    return _opened_run_update(one, run)


def _opened_run_update(one: Failure, run: str) -> Update:
    """The page follows a run that was started before, and may be cured already."""
    cured = all(current_setting(run, name) == value for name, value in one.cure.items())
    return _run_update(one, run, cured)


def _run_update(one: Failure, run: str, cured: bool) -> dict[str, Any]:
    """The page follows a failure's run."""
    return {
        "explanation": f"**Cured.** {one.cured}" if cured else _broken(one),
        "cure": gr.Button("Cure it: start afresh" if one.fresh else "Cure it", interactive=not cured),
        "current": (one.name, run),
        **_view_updates(one, run),
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


def _broken(one: Failure) -> str:
    """What is wrong, and the settings that make it so."""
    settings = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in one.settings.items())
    return (
        f"**{one.title}.** {one.broken} *({one.family} on {one.dataset}: {settings})*\n\n"
        f"**The cure**, when the detector has seen it: {one.cured}"
    )
