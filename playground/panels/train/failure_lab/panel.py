"""Failure lab: trainings that are broken on purpose, what a live detector sees in them, and the cure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.experiments import run_control
from playground.experiments.failures import Failure, cured_settings, failure, failures
from playground.experiments.live_detector import examine
from playground.experiments.run_status import in_force, look
from playground.panels.train.image_model.controls import curves_of
from playground.panels.train.image_model.view import findings_view, training_pictures_view
from playground.panels.train.panels import Shared, as_owner
from playground.panels.train.toy_2d import panel as plane
from playground.panels.train.toy_2d.view import arena_view
from playground.ui.events import QUIET
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import lead
from playground.ui.panel_protocol import Wired
from playground.ui.training_curves import curves_view

NAME, TITLE = "failures", "Failure lab"
_SKIP: Any = gr.skip()
_FIRST = "Press one of the buttons: a training starts that cannot go well. Nothing else is harmed by it."
_NOTHING: dict[str, Any] = {"runs": [], "empty": ""}


@dataclass(frozen=True)
class Panel:
    """buttons: in the order of failures().  told: gr.Markdown, what is broken.  now: gr.State of (failure, run).

    pictures, arena: one of them is seen, whichever shows what is trained.
    """

    buttons: tuple[gr.Button, ...]
    told: gr.Markdown
    cure: gr.Button
    notice: gr.HTML
    pictures: gr.HTML
    arena: gr.HTML
    findings: gr.HTML
    curves: gr.HTML
    now: gr.State
    query: gr.Textbox


def build() -> Panel:
    """The panel."""
    lead(
        "Ten ways in which a training goes wrong, each brought about by one wrong setting or by bad pictures.",
        "Break one with a click, watch until the detector names it, then press the cure and watch it recover.",
        "The detector reads the same numbers as you: it says which gave the failure away, and it can be mistaken.",
    )
    with gr.Row(elem_id="failure-buttons"):
        buttons = tuple(
            gr.Button(one.title, size="sm", min_width=150, elem_id=f"failure-{one.name}") for one in failures()
        )
    told = gr.Markdown(_FIRST, elem_id="failure-told")
    with gr.Row(elem_classes="pg-actions"):
        cure = gr.Button("Cure it", variant="primary", interactive=False, elem_id="failure-cure")
    note = notice_view(elem_id="failure-notice")
    with gr.Row():
        with gr.Column(scale=2, min_width=300):
            findings = findings_view(examine, elem_id="failure-findings")
        with gr.Column(scale=3, min_width=320):
            pictures = training_pictures_view(look, run_control.steer, elem_id="failure-view")
            arena = arena_view(look, run_control.steer, elem_id="failure-arena", visible="hidden")
    curves = curves_view(look, run_control.steer, elem_id="failure-curves")
    query = gr.Textbox(visible="hidden", elem_id="failure-query")
    return Panel(buttons, told, cure, note, pictures, arena, findings, curves, gr.State(("", "")), query)


def wire(panel: Panel, room: gr.Tab, shared: Shared) -> Wired:
    """Connects the panel."""
    views = [panel.pictures, panel.arena, panel.findings, panel.curves]
    shown = [panel.notice, panel.told, panel.cure, panel.now, *views, panel.query]
    for button, one in zip(panel.buttons, failures(), strict=True):
        button.click(
            partial(on_break, one.name), [shared.owner, panel.now], shown, js=as_owner(0), queue=False, **QUIET
        )
    panel.cure.click(on_cure, [panel.now, shared.owner], shown, js=as_owner(1), queue=False, **QUIET)
    panel.pictures.opened(on_opened, panel.now, shown, queue=False, **QUIET)
    panel.arena.fork(on_fork, [panel.now, shared.owner], shown, js=as_owner(1), queue=False, **QUIET)
    return Wired(NAME, room, panel.query, {"fn": on_restore, "outputs": shown})


def watched(one: Failure, run: str, told: str, cure: bool) -> list[Any]:
    """(told, cure, now, pictures, arena, findings, curves, query). cure: whether there is still something to cure."""
    query = Recipe("train", "", "", 0, {"panel": NAME, "failure": one.name, "run": run}).to_query()
    button = gr.Button("Cure it" if not one.fresh else "Cure it: start afresh", interactive=cure)
    return [told, button, (one.name, run), *_views(one, run), query.replace("seed=0&", "")]


def _views(one: Failure, run: str) -> list[Any]:
    """(pictures, arena, findings, curves): what is trained is seen in the one or the other of the first two."""
    if one.in_the_plane():
        arena, findings, curves, *_ = plane.shown([(one.family, run)])
        return [gr.update(value={"run": ""}, visible="hidden"), gr.update(value=arena, visible=True), findings, curves]
    pictures = gr.update(value={"run": run, "copies": one.name == "overfitting"}, visible=True)
    return [pictures, gr.update(value=_NOTHING, visible="hidden"), {"run": run}, curves_of(run, one.family)]


def on_break(name: str, owner: str, before: tuple[str, str]) -> list[Any]:
    """A broken run; the one before it is ended, for it was only to be looked at."""
    try:
        one = failure(name)
        _end(before[1], owner)
        run = run_control.start(one.family, one.dataset, one.settings, 0, owner)
    except PlaygroundError as error:
        return [notice(str(error), "error"), *[_SKIP] * 8]
    return [notice(f"{one.title}: it has started.", "ok"), *watched(one, run, _broken(one), True)]


def on_cure(now: tuple[str, str], owner: str) -> list[Any]:
    """The cure: a change of the run that is going on, or a fresh start."""
    try:
        one, run = failure(now[0]), now[1]
        if one.fresh:
            _end(run, owner)
            run = run_control.start(one.family, one.dataset, cured_settings(one), 0, owner)
        else:
            run_control.command(run, "change", one.cure, owner)
    except PlaygroundError as error:
        return [notice(str(error), "error"), *[_SKIP] * 8]
    return [
        notice("The cure is given: watch the detector.", "ok"),
        *watched(one, run, f"**Cured.** {one.cured}", False),
    ]


def _broken(one: Failure) -> str:
    """What is wrong, and the settings that make it so."""
    settings = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in one.settings.items())
    return (
        f"**{one.title}.** {one.broken} *({one.family} on {one.dataset}: {settings})*\n\n"
        f"**The cure**, when the detector has seen it: {one.cured}"
    )


def _end(run: str, owner: str) -> None:
    """End a run of this visitor's that is going on; what has ended, or is gone, is left alone."""
    if not run:
        return
    try:
        run_control.command(run, "stop", None, owner)
    except PlaygroundError:
        return


def on_fork(now: tuple[str, str], owner: str, event: gr.EventData) -> list[Any]:
    """A run in the plane is forked as it is, to be seen once more, or for longer."""
    step, steps = event._data.get("step"), event._data.get("steps")
    try:
        run = run_control.fork(now[1], step if isinstance(step, int) else -1, {"steps": steps} if steps else {}, owner)
        return [_SKIP, *_as_it_is(failure(now[0]), run)]
    except PlaygroundError as error:
        return [notice(str(error), "error"), *[_SKIP] * 8]


def on_opened(now: tuple[str, str], event: gr.EventData) -> list[Any]:
    """The run that the visitor forked."""
    one = failure(now[0])
    return [_SKIP, *_as_it_is(one, str(event._data.get("run", "")))]


def _as_it_is(one: Failure, run: str) -> list[Any]:
    """A run that was started before, as watched() gives it: broken, or cured already."""
    cured = all(in_force(run, name) == value for name, value in one.cure.items())
    return watched(one, run, f"**Cured.** {one.cured}" if cured else _broken(one), not cured)


def on_restore(recipe: Recipe) -> list[Any]:
    """The run of a link; a link to the panel alone opens it as it is."""
    if "failure" not in recipe.settings and "run" not in recipe.settings:
        return [_SKIP] * 9
    try:
        one, run = failure(str(recipe.settings.get("failure", ""))), str(recipe.settings.get("run", ""))
        state = look({"run": run})
        if "error" in state:
            raise PlaygroundError(state["error"])
        if (state["family"], state["dataset"]) != (one.family, one.dataset):
            raise PlaygroundError(f"Its run is none of “{one.title}”: press the button to start one.")
    except PlaygroundError as error:
        return [notice(f"This link cannot be followed. {error}", "error"), *[_SKIP] * 8]
    return [_SKIP, *_as_it_is(one, run)]
