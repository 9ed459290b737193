"""Runs: everything a visitor has trained, to compare, download, and open again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.experiments.recorded import course, recorded_run
from playground.experiments.run_control import steer_run
from playground.experiments.run_history import describe_comparison
from playground.experiments.run_list import list_runs, manage_run
from playground.experiments.run_status import existing_runs, panels_of, poll_run
from playground.panels.train.curves import compared_curves
from playground.panels.train.runs.view import runs_view
from playground.panels.train.shared import TrainShared
from playground.ui.event_data import event_values
from playground.ui.events import FOLLOWS, Update, call
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_protocol import Panel
from playground.ui.training_curves import curves_view

NAME = "runs"
MOST_COMPARED = 6
#: The runs whose curves the page opens on.
RECORDED = ("collapse", "cured")


@dataclass(frozen=True)
class RunsComponents:
    """table: of the visitor's runs.  curves: of the ticked ones."""

    table: gr.HTML
    notice: gr.HTML
    curves: gr.HTML
    query: gr.Textbox


def build(item: gr.Tab, _shared: TrainShared) -> Panel:
    """The panel, its events connected; and its endpoints."""
    introduction("train.runs")
    with gr.Column(elem_classes="pg-train-controls"):
        table = runs_view(list_runs, manage_run, elem_id="runs-table")
    note = notice_view(_recorded_notice(), elem_id="runs-notice", elem_classes="pg-train-said")
    recorded = [(recorded_run(name), say(f"train.runs.recorded.{name}")) for name in RECORDED]
    with gr.Row(elem_classes="pg-train-row"):
        curves = curves_view(poll_run, steer_run, _comparison(recorded)["curves"], elem_id="runs-curves")
    components = RunsComponents(table, note, curves, gr.Textbox(visible="hidden", elem_id="runs-query"))
    keywords = call(on_compare, components, [], ["notice", "curves", "query"])
    table.compare(**keywords, queue=False, **FOLLOWS)  # the last of the ticks counts
    return Panel(NAME, item, components, on_restore, ("curves",))


def _recorded_notice() -> dict[str, str]:
    modes = {name: int(course(name, "modes_covered").last) for name in RECORDED}
    return notice(say("train.runs.example", **modes))


def on_compare(event: gr.EventData) -> Update:
    """Draw the curves of the ticked runs, and link to them."""
    runs = [run for run in event_values(event).get("runs", []) if isinstance(run, dict)][:MOST_COMPARED]
    recipe = Recipe("train", "", "", 0, {"panel": NAME, "runs": json.dumps([run.get("run") for run in runs])})
    titled = [(str(run.get("run", "")), str(run.get("title", ""))) for run in runs]
    return {**_comparison(titled), "query": recipe.to_query() if runs else ""}


def on_restore(recipe: Recipe) -> Update:
    """Draw the curves of a link's runs that exist; a link to the panel alone changes nothing.

    Raises PlaygroundError if it names runs, none of which exists.
    """
    if "runs" not in recipe.settings:
        return {}
    try:
        runs = json.loads(str(recipe.settings.get("runs") or "[]"))
    except (ValueError, RecursionError):
        runs = None
    ids = existing_runs(runs[:MOST_COMPARED]) if isinstance(runs, list) else []
    if not ids and runs != []:
        raise PlaygroundError(say("train.run.missing"))
    update = _comparison([(run, "") for run in ids])
    gone = len(runs[:MOST_COMPARED]) - len(ids) if isinstance(runs, list) else 0
    return {**update, "notice": notice(say("train.runs.gone", count=gone), "warning")} if gone else update


def _comparison(runs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """The curves of runs, (id, title) each, and a sentence on them: a warning if their kinds differ."""
    ids = [run for run, _ in runs]
    kinds, compared = panels_of(ids), describe_comparison(ids)
    remark = notice(say("train.runs.mixed"), "warning") if len(kinds) > 1 else notice(compared) if compared else None
    return {"notice": remark, "curves": compared_curves(runs, kinds, say("train.runs.empty_curves"))}
