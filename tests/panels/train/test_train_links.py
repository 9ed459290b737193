"""Links into the Train tab: former panel names, runs, and errors of bad links."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import gradio as gr
import pytest

from playground.core.recipe import Recipe
from playground.data.user_text import example
from playground.experiments import run_control
from playground.experiments.finetune_request import FAMILY, defaults
from playground.panels.train.shared import TrainShared
from playground.panels.train.tab import NAME, PANELS
from playground.runs import scheduler
from playground.ui.notice import notice_view
from playground.ui.panel_links import open_link, panel_names
from playground.ui.panel_protocol import Panel, PanelTab, build_panels
from playground.ui.panel_restoration import restored_update

OWNER = "o" * 32
NEW_NAMES = {
    "arena": "toy_2d", "pictures": "image_model", "language": "language_model", "tuning": "fine_tuning",
    "failures": "failure_lab",
}  # fmt: skip


def start_fine_tuning() -> str:
    files = {"own-text.txt": example("text").encode()}
    return run_control.start_run(FAMILY, "pasted", defaults("pasted"), 0, OWNER, files)


def start_failure() -> str:
    settings = {"g_updates": 5, "g_rate": 0.01, "d_rate": 0.0005}
    return run_control.start_run("gan", "gaussians25", settings, 0, OWNER)


#: Former name -> (starts a run that it can show, the rest of a link as it was made then).
OLD: Mapping[str, tuple[Callable[[], str], str]] = {
    "arena": (lambda: run_control.start_run("vae", "moons", {}, 3, OWNER), "family=vae&shape=moons&beta=4.0"),
    "pictures": (lambda: run_control.start_run("vae", "avatars", {}, 0, OWNER), ""),
    "language": (lambda: run_control.start_run("language", "austen", {}, 0, OWNER), ""),
    "tuning": (start_fine_tuning, ""),
    "failures": (start_failure, "failure=plane"),
}
GONE = "0" * 32
#: Panel -> links that cannot be followed.
BAD = {
    "toy_2d": ("family=zebra", f"run={GONE}", "run=../../x", "run=junk,junk"),
    "image_model": (f"run={GONE}", "run=junk"),
    "language_model": ("run=../../etc",),
    "fine_tuning": (f"run={GONE}", "run=../../x"),
    "failure_lab": ("failure=none", f"failure=plane&run={GONE}"),
    "runs": (f'runs=["{GONE}"]', 'runs=[1,{},"../../x"]', "runs=junk", "runs=7"),
}


@pytest.fixture(autouse=True)
def no_worker_runs(models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler, "start_polling", lambda: None)


@pytest.fixture(scope="module")
def tab() -> PanelTab:
    with gr.Blocks(analytics_enabled=False), gr.Tabs(), gr.Tab("Train"):
        return PanelTab(NAME, gr.Tabs(), notice_view(), gr.Textbox(), former_sign="run")


@pytest.fixture(scope="module")
def panels() -> dict[str, Panel]:
    with gr.Blocks(analytics_enabled=False):
        shared = TrainShared(gr.Textbox())
        with gr.Tabs():
            return {panel.name: panel for panel in build_panels(NAME, PANELS, shared)}


def open_update(tab: PanelTab, query: str) -> Mapping[str, Any]:
    return open_link(dict(parse_qsl(query)), tab, panel_names(PANELS))


def followed_run(update: Mapping[str, Any]) -> str:
    """The run that a restored panel follows."""
    return str(dict(parse_qsl(update["query"]))["run"])


def test_every_former_name_is_tried() -> None:
    assert {name: new for name, new in panel_names(PANELS).items() if name != new} == NEW_NAMES
    assert NEW_NAMES.keys() == OLD.keys()


@pytest.mark.parametrize("former", OLD)
def test_a_former_link_opens_its_panel_with_its_run_and_the_panel_s_own_link_has_the_new_name(
    tab: PanelTab, panels: dict[str, Panel], former: str
) -> None:
    start, settings = OLD[former]
    run = start()
    update = open_update(tab, f"tab=train&panel={former}&run={run}&{settings}")
    recipe, name = update["pending"], NEW_NAMES[former]
    assert update["tabs"].selected == name and isinstance(recipe, Recipe)
    restored, valid = restored_update(panels[name], recipe)
    assert valid and followed_run(restored) == run
    again = open_update(tab, restored["query"])["pending"]
    assert again.settings["panel"] == name and again.settings["run"] == run
    view = "run_view" if former != "failures" else "detector"
    assert restored_update(panels[name], again)[0][view] == restored[view]


@pytest.mark.parametrize("former", OLD)
def test_a_link_to_a_panel_alone_opens_it_and_starts_nothing(
    tab: PanelTab, panels: dict[str, Panel], former: str
) -> None:
    recipe = open_update(tab, f"tab=train&panel={former}")["pending"]
    _, valid = restored_update(panels[NEW_NAMES[former]], recipe)
    assert valid and not run_control.store.list_specs()


def test_a_link_of_every_panel_can_be_bad(panels: dict[str, Panel]) -> None:
    assert panels.keys() == BAD.keys()


@pytest.mark.parametrize(("name", "query"), [(name, query) for name, queries in BAD.items() for query in queries])
def test_a_bad_link_says_why_and_fills_nothing(tab: PanelTab, panels: dict[str, Panel], name: str, query: str) -> None:
    recipe = open_update(tab, f"tab=train&panel={name}&{query}")["pending"]
    update, valid = restored_update(panels[name], recipe)
    assert not valid and update.keys() == {"notice"}
    assert update["notice"]["text"].startswith("This link cannot be followed. ")


def test_a_link_whose_run_is_gone_brings_its_settings_and_says_so(tab: PanelTab, panels: dict[str, Panel]) -> None:
    recipe = open_update(tab, f"tab=train&panel=toy_2d&run={GONE}&family=vae&shape=moons")["pending"]
    update, valid = restored_update(panels["toy_2d"], recipe)
    assert valid and (update["model"], update["shape"], update["run_view"]["runs"]) == ("vae", "moons", [])
    assert update["notice"]["tone"] == "warning" and "linked run was deleted" in update["notice"]["text"]


def test_a_comparison_shows_the_runs_that_exist_and_counts_the_others(tab: PanelTab, panels: dict[str, Panel]) -> None:
    run = start_failure()
    recipe = open_update(tab, f'tab=train&panel=runs&runs=["{run}","{GONE}","../../x"]')["pending"]
    update, valid = restored_update(panels["runs"], recipe)
    assert valid and "2 linked runs were deleted" in update["notice"]["text"]
    assert run in str(update["curves"]) and GONE not in str(update["curves"])


def test_a_link_to_a_panel_that_there_is_not_says_so(tab: PanelTab) -> None:
    update = open_update(tab, "tab=train&panel=zebra")
    assert update.keys() == {"notice"} and "no panel 'zebra' here" in update["notice"]["text"]


def test_a_link_that_names_no_panel_is_the_first_ones(tab: PanelTab) -> None:
    for query in (f"tab=train&run={GONE}", f"run={GONE}"):
        assert open_update(tab, query)["front"] == PANELS[0].NAME
