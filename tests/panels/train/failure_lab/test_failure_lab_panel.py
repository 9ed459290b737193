"""The handlers of Failure lab, without workers: its buttons and links."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, from_query
from playground.experiments import failures
from playground.panels.train.failure_lab import panel as failure_lab
from playground.runs import json_files, scheduler, store

MINE, YOURS = "a" * 32, "b" * 32
NO_RUN = ""


@pytest.fixture(autouse=True)
def no_worker_runs(models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(scheduler, "start_polling", lambda: None)
    yield


def commands(run: str) -> list[dict[str, Any]]:
    return json_files.read_lines(store.run_dir(run) / "commands.jsonl")[0]


def broken_run(name: str, query: str = NO_RUN) -> str:
    """The query of a new broken run, which names it. query: of the run before it."""
    return str(failure_lab.start_broken_run(name, MINE, query)["query"])


def run_of(query: str) -> str:
    return failure_lab.current_run(query)[1]


def test_a_cured_failure_is_called_cured_when_it_is_opened_again() -> None:
    one = next(one for one in failures.failures() if not one.fresh)
    current = broken_run(one.name)
    recipe = Recipe("train", "", "", 0, {"run": run_of(current), "failure": one.name})
    assert one.broken in failure_lab.on_restore(recipe)["explanation"]
    assert failure_lab.on_cure(MINE, current)["notice"]["tone"] == "ok"
    assert "Cured" in failure_lab.on_restore(recipe)["explanation"]


def test_a_link_that_leads_nowhere_is_refused_and_a_link_to_the_panel_alone_opens_it() -> None:
    link = {"tab": "train", "panel": "failure_lab"}
    with pytest.raises(PlaygroundError):
        failure_lab.on_restore(from_query({**link, "failure": "none"}))
    other = run_of(broken_run("posterior"))
    with pytest.raises(PlaygroundError, match="run is not"):  # another failure's run is not called this one
        failure_lab.on_restore(from_query({**link, "failure": "plane", "run": other}))
    assert failure_lab.on_restore(from_query(link)) == {}, "no run is asked for"


def test_its_own_link_opens_the_run_again() -> None:
    update = failure_lab.start_broken_run("plane", MINE, NO_RUN)
    restored = failure_lab.on_restore(from_query(update["query"]))
    assert restored["query"] == update["query"]
    assert failure_lab.current_run(restored["query"])[0] == "plane"


def test_breaking_ends_the_run_before_and_a_cure_changes_it_or_starts_afresh() -> None:
    update = failure_lab.start_broken_run("posterior", MINE, NO_RUN)
    first = update["query"]
    assert update["cure"].interactive and failure_lab.current_run(first)[0] == "posterior"
    update = failure_lab.on_cure(MINE, first)
    assert update["query"] == first and not update["cure"].interactive and "weight of 1" in update["explanation"]
    assert commands(run_of(first))[-1] == {"do": "change", "settings": {"beta": 1}}
    second = broken_run("exploding", first)
    assert store.state_of(store.run_dir(run_of(first))).status == store.STOPPED
    third = failure_lab.on_cure(MINE, second)["query"]
    assert run_of(third) != run_of(second) and store.spec_of(run_of(third)).settings["rate"] == 0.002
    with pytest.raises(PlaygroundError):
        failure_lab.on_cure(YOURS, first)


def test_every_failure_has_its_button_and_is_seen_in_its_own_view() -> None:
    for one in failures.failures():
        update = failure_lab.start_broken_run(one.name, MINE, NO_RUN)
        assert update["notice"]["tone"] == "ok" and update["detector"]["run"]
        assert update["cost"]["runs"] == [run_of(update["query"])], "what it costs is shown here too"
        names = ("toy_2d_run", "image_run") if one.is_toy_2d() else ("image_run", "toy_2d_run")
        visible, other = (update[name] for name in names)
        assert visible["visible"] is True and other["visible"] == "hidden"
        assert visible["value"].get("run") or [run["run"] for run in visible["value"]["runs"]] == [
            run_of(update["query"])
        ]


def test_the_recorded_failure_is_cured_in_a_run_of_the_visitor_s_own() -> None:
    name, run = failure_lab.current_run("")
    update = failure_lab.on_cure(MINE, "")
    spec = store.spec_of(run_of(update["query"]))
    assert run == "" and spec.owner == MINE and spec.dataset == failures.failure(name).dataset
    assert spec.settings["g_updates"] == failures.failure(name).cure["g_updates"]


def test_a_failure_whose_pictures_are_not_here_has_a_grey_button(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.data.fashion.is_here", lambda: False)
    with gr.Blocks(analytics_enabled=False):
        components = failure_lab._build_components()
    grey = {button.elem_id for button in components.buttons if not button.interactive}
    assert grey == {"failure_lab-labels", "failure_lab-missing"}
