"""The handlers of Runs: titles of compared curves, and the warning for runs of different kinds."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import gradio as gr
import pytest

from playground.core.catalogue import say
from playground.core.recipe import from_query
from playground.experiments import run_control
from playground.panels.train.runs import panel
from playground.runs import scheduler

MINE = "0123456789abcdef"


@pytest.fixture(autouse=True)
def no_worker_runs(models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler, "start_polling", lambda: None)


def comparison_of(*runs: str) -> dict[str, Any]:
    ticked = [{"run": run, "title": run[:4]} for run in runs]
    return dict(panel.on_compare(cast(gr.EventData, SimpleNamespace(_data={"runs": ticked}))))


@pytest.mark.parametrize(
    ("families", "data", "title"),
    [
        (("gan", "vae"), "ring", "KL divergence from held-out points, bits"),
        (("vae", "vae"), "avatars", "Information in the code, in bits"),
    ],
)
def test_runs_of_one_kind_have_the_titles_of_their_own_panel_and_a_link_that_shows_them_again(
    families: tuple[str, ...], data: str, title: str
) -> None:
    runs = [run_control.start_run(family, data, {}, 0, MINE) for family in families]
    update = comparison_of(*runs)
    is_alike = families[0] == families[1]
    assert ("the same settings and seed" in update["notice"]["text"]) if is_alike else update["notice"] is None
    assert update["curves"]["titles"]["kl"] == title
    again = panel.on_restore(from_query(update["query"]))
    assert [one["run"] for one in again["curves"]["runs"]] == runs
    assert again["curves"]["titles"] == update["curves"]["titles"]


def test_runs_that_learn_different_things_are_compared_with_a_warning() -> None:
    update = comparison_of(*(run_control.start_run("vae", data, {}, 0, MINE) for data in ("ring", "avatars")))
    assert update["notice"]["tone"] == "warning" and "different things" in update["notice"]["text"]
    assert update["curves"]["titles"] == {}
    no_curves = {"runs": [], "empty": say("train.runs.empty_curves"), "show": [], "titles": {}, "scales": {}}
    assert comparison_of() == {"notice": None, "curves": no_curves, "query": ""}
