"""Runs: all that this visitor has trained, to compare, to take away, to go back to."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.core.recipe import Recipe
from playground.experiments.run_control import steer
from playground.experiments.run_list import listed, manage
from playground.experiments.run_status import kinds_of, look
from playground.panels.train.image_model.controls import CURVES
from playground.panels.train.panels import Shared
from playground.panels.train.runs.view import runs_view
from playground.panels.train.toy_2d.panel import TITLES
from playground.ui.events import QUIET
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import lead
from playground.ui.panel_protocol import Wired
from playground.ui.training_curves import curves_view

NAME, TITLE = "runs", "Runs"
MOST_COMPARED = 6
_EMPTY = "Tick two runs in the table to lay their curves over each other."
_MIXED = "These runs learn different things: a number of the same name may mean something else in each of them."
#: What the numbers of a kind of run are called, as in its own panel.
_NAMES: dict[str, dict[str, str]] = {
    **CURVES,
    "arena": TITLES,
    "language": {
        "train": "Training text, bits per character", "held-out": "Text it never saw, bits per character",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Panel:
    """runs: the table.  curves: of those that are ticked."""

    runs: gr.HTML
    notice: gr.HTML
    curves: gr.HTML
    query: gr.Textbox


def build() -> Panel:
    """The panel."""
    lead(
        "Everything that you trained on this server: each run goes on by itself, whether a page is open or not.",
        "Tick runs to compare their curves; open one to go back in time and fork it; rename, save or delete it.",
        "Two curves that part tell what a setting did, if it is the only thing that changed: see that column.",
    )
    table = runs_view(listed, manage, elem_id="runs-table")
    note = notice_view(elem_id="runs-notice")
    curves = curves_view(look, steer, {"runs": [], "empty": _EMPTY}, elem_id="runs-curves")
    return Panel(table, note, curves, gr.Textbox(visible="hidden", elem_id="runs-query"))


def wire(panel: Panel, room: gr.Tab, shared: Shared) -> Wired:
    """Connects the panel."""
    panel.runs.compare(on_compare, None, [panel.notice, panel.curves, panel.query], queue=False, **QUIET)
    return Wired(NAME, room, panel.query, {"fn": on_restore, "outputs": [panel.notice, panel.curves]})


def on_compare(event: gr.EventData) -> tuple[Any, ...]:
    """(notice, curves, query): the curves of what is ticked, and the link to them."""
    runs = [run for run in event._data.get("runs", []) if isinstance(run, dict)][:MOST_COMPARED]
    query = Recipe("train", "", "", 0, {"panel": NAME, "runs": json.dumps([run.get("run") for run in runs])}).to_query()
    shown = drawn([(str(run.get("run", "")), str(run.get("title", ""))) for run in runs])
    return *shown, query if runs else ""


def drawn(runs: list[tuple[str, str]]) -> tuple[Any, dict[str, Any]]:
    """(notice, the curves' value): the numbers under the names of their own panel, if the runs are of one kind."""
    kinds = kinds_of([run for run, _ in runs])
    titles = _NAMES.get(next(iter(kinds)), {}) if len(kinds) == 1 else {}
    lines = [{"run": run, "title": title} for run, title in runs]
    value = {"runs": lines, "empty": _EMPTY, "show": list(titles), "titles": titles}
    return notice(_MIXED, "warning") if len(kinds) > 1 else None, value


def on_restore(recipe: Recipe) -> list[Any]:
    """The compared runs of a link."""
    try:
        runs = json.loads(str(recipe.settings.get("runs") or "[]"))
    except (ValueError, RecursionError):
        runs = []
    wanted = [run for run in runs if isinstance(run, str)][:MOST_COMPARED] if isinstance(runs, list) else []
    return [*drawn([(run, "") for run in wanted])]
