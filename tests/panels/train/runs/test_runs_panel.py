"""Runs that are ticked: under which names their numbers stand, and what is said when they learn different things."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import gradio as gr
import pytest

from playground.core.recipe import from_query
from playground.experiments import run_control
from playground.panels.train.runs import panel
from playground.runs import scheduler

MINE = "0123456789abcdef"


@pytest.fixture(autouse=True)
def nobody_trains(models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler, "keep_tending", lambda: None)


def compared(*runs: str) -> tuple[Any, ...]:
    ticked = [{"run": run, "title": run[:4]} for run in runs]
    return panel.on_compare(cast(gr.EventData, SimpleNamespace(_data={"runs": ticked})))


def test_runs_of_one_kind_have_the_names_of_their_own_panel_and_a_link_that_shows_them_again() -> None:
    plane = [run_control.start(family, "ring", {}, 0, MINE) for family in ("gan", "vae")]
    said, curves, query = compared(*plane)
    assert said is None and curves["titles"]["kl"] == "KL from the held-out draw, bits"
    again = panel.on_restore(from_query(query))
    assert [one["run"] for one in again[1]["runs"]] == plane and again[1]["titles"] == curves["titles"]


def test_runs_that_learn_different_things_are_compared_with_a_warning() -> None:
    runs = [run_control.start("vae", data, {}, 0, MINE) for data in ("ring", "avatars")]
    said, curves, _ = compared(*runs)
    assert said["tone"] == "warning" and "different things" in said["text"] and curves["titles"] == {}
    assert compared() == (None, {"runs": [], "empty": panel._EMPTY, "show": [], "titles": {}}, "")
