"""The Arena: what a start, a hot swap and a link do, at the level of its handlers; no worker runs here."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import gradio as gr
import pytest

from playground.core.errors import PlaygroundError
from playground.core.recipe import from_query
from playground.experiments import toy_2d as lab
from playground.experiments.run_status import look
from playground.panels.train.toy_2d import panel as toy_2d
from playground.runs import frame_io, scheduler, snapshots, store
from playground.training import checkpoints, toy_flow, toy_gan, toy_losses, toy_optimizers, toy_vae

MINE, YOURS = "a" * 32, "b" * 32
BRUSH = [-50, 0, 50, 0, 0, 50]
VALUES = list(lab.DEFAULTS.values())


@pytest.fixture(autouse=True)
def nobody_works(models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(scheduler, "keep_tending", lambda: None)
    yield


def started(model: str = "gan", shape: str = "ring", dots: list[int] | None = None, **settings: Any) -> tuple[Any, ...]:
    values = {**lab.DEFAULTS, **settings}
    return toy_2d.on_start(model, shape, 3, dots or [], *values.values(), MINE)


def commands(run: str) -> list[dict[str, Any]]:
    return store.lines(store.folder_of(run) / "commands.jsonl")[0]


def test_the_page_offers_what_the_courses_have() -> None:
    for family, module in {"gan": toy_gan, "vae": toy_vae, "diffusion": toy_flow}.items():
        whole = cast(Any, module).read("ring", {})
        own = {name: whole[name] for name in whole if name not in ("batch", "brush")}
        assert own == {name: lab.DEFAULTS[name] for name in (*lab.START, *lab.HOT[family])}
        kinds = cast(Any, module).FIELDS
        assert {name for name, kind in kinds.items() if kind.hot} == set(lab.HOT[family])
    assert lab.LOSSES == toy_losses.LOSSES and lab.OPTIMIZERS == toy_optimizers.OPTIMIZERS


def test_a_start_makes_one_run_and_a_race_makes_three_of_the_same_points() -> None:
    _, drawn, examined, _, paid, runs, _ = started(loss="hinge", d_updates=2)
    assert [one["family"] for one in drawn["runs"]] == ["gan"]
    assert examined == {"run": runs[0][1], "of": ""}
    spec = store.spec_of(runs[0][1])
    assert (spec.settings["loss"], spec.settings["d_updates"], spec.seed, spec.owner) == ("hinge", 2, 3, MINE)
    assert paid["runs"] == [runs[0][1]]
    _, drawn, examined, curves, paid, runs, _ = started("race", "brush", BRUSH)
    specs = [store.spec_of(run) for _, run in runs]
    assert [spec.family for spec in specs] == ["gan", "vae", "diffusion"]
    assert all(spec.settings["brush"] == BRUSH and spec.seed == 3 for spec in specs)
    assert paid["runs"] == [run for _, run in runs], "what a race costs is added up"
    assert examined == {"run": runs[0][1], "of": "GAN"}
    assert curves["axis"] == "seconds" and "js" in curves["show"]


BAD = [
    {"model": "nothing"}, {"shape": "square"}, {"shape": "brush"}, {"shape": "brush", "dots": [1, 2]},
    {"shape": "brush", "dots": [0, 0, 0, 0, 500, 0]}, {"steps": 0}, {"steps": 10**9}, {"d_rate": "fast"},
    {"d_rate": 1e9}, {"loss": "none"}, {"d_updates": 0, "g_updates": 0}, {"width": None}, {"d_rate": "nan"},
]  # fmt: skip


@pytest.mark.parametrize("asked", BAD)
def test_a_bad_start_is_told_in_a_sentence_and_starts_nothing(asked: dict[str, Any]) -> None:
    told, *rest = started(**asked)
    assert told["tone"] == "error" and told["text"].endswith(".")
    assert all(isinstance(one, dict) and one.get("__type__") == "update" for one in rest)
    assert store.specs() == []


def test_a_hot_swap_is_told_to_the_runs_that_know_it_once() -> None:
    runs = started("race")[5]
    of = dict(runs)
    assert "0.01 from now on" in toy_2d.changed(runs, "rate", "0.01", MINE)["text"]
    assert "__type__" in toy_2d.changed(runs, "rate", 0.01, MINE), "the frame tells of one choice twice"
    assert commands(of["vae"]) == commands(of["diffusion"]) == [{"do": "change", "settings": {"rate": 0.01}}]
    assert commands(of["gan"]) == []
    toy_2d.changed(runs, "loss", "wgan-gp", MINE)
    toy_2d.changed(runs, "loss", "hinge", MINE)
    assert [line["settings"]["loss"] for line in commands(of["gan"])] == ["wgan-gp", "hinge"]


def test_two_parts_of_one_step_are_two_frames() -> None:
    run = started()[5][0][1]
    path = store.folder_of(run) / "frame.npz"
    frame_io.write(path, 4, {"told": "one"})
    seen = look({"run": run})
    known = {"run": run, "frame_since": seen["frame_step"], "frame_mark": seen["frame_mark"]}
    assert seen["frame"]["told"] == "one" and look(known)["frame"] is None
    time.sleep(0.02)
    frame_io.write(path, 4, {"told": "two"})
    assert look(known)["frame"]["told"] == "two"


def test_another_visitor_s_run_is_not_changed() -> None:
    runs = started()[5]
    assert toy_2d.changed(runs, "loss", "hinge", YOURS)["tone"] == "warning"
    assert commands(runs[0][1]) == []
    assert "__type__" in toy_2d.changed([], "loss", "hinge", MINE), "nothing runs, nothing is told"


@pytest.mark.parametrize("model", ["gan", "vae", "diffusion", "race"])
def test_a_link_restores_settings_painting_and_runs(model: str) -> None:
    _, drawn, examined, _, _, runs, query = started(model, "brush", BRUSH, d_rate=0.01, beta=4.0, steps=77)
    recipe = from_query(query)
    assert recipe.settings["panel"] == "arena"
    count = 4 + len(VALUES)
    restored = toy_2d.on_restore(recipe)
    assert restored[:4] == [model, "brush", 3, BRUSH]
    assert dict(zip(lab.DEFAULTS, restored[4:count], strict=True)) == {
        **lab.DEFAULTS,
        "d_rate": 0.01,
        "beta": 4.0,
        "steps": 77,
    }
    assert restored[count]["dots"] == BRUSH and restored[count + 2] == drawn and restored[count + 3] == examined
    assert restored[count + 6] == runs


@pytest.mark.parametrize(
    "query", ["shape=square", "d_rate=fast", "shape=brush&brush=1,2,x,4,5,6", "family=zebra", "steps=-1"]
)
def test_a_bad_link_is_told_and_fills_nothing(query: str) -> None:
    restored = toy_2d.on_restore(from_query("tab=train&panel=arena&" + query))
    told = [one for one in restored if isinstance(one, dict) and one.get("tone") == "error"]
    assert len(told) == 1 and told[0]["text"].startswith("This link cannot be followed.")
    assert len(restored) == len(toy_2d.on_restore(from_query("tab=train&panel=arena")))


def test_a_painting_with_the_most_dots_fits_into_a_link() -> None:
    dots = [number % 201 - 100 for number in range(2 * lab.MOST_DOTS)]
    asked = lab.read("race", "brush", 0, {}, dots)
    query = asked.recipe(["f" * 32] * 3).to_query()
    assert lab.read_recipe(from_query(query))[0].brush == dots
    with pytest.raises(PlaygroundError, match="paint"):
        lab.read("gan", "brush", 0, {}, [*dots, 0, 0])


def keep(run: str, step: int) -> None:
    """A kept checkpoint, as a worker writes it; what is in the course does not matter here."""
    whole = {"course": {}, "events": 0, "names": [], "seconds": 1.0, "cpu_seconds": 1.0}
    checkpoints.write(snapshots.path_of(store.folder_of(run), step), whole)


def forked(runs: Any, query: str, run: str, step: int, steps: int = 0, **settings: Any) -> tuple[Any, ...]:
    asked = {"run": run, "step": step} | ({"steps": steps} if steps else {})
    event = cast(gr.EventData, SimpleNamespace(_data=asked))
    return toy_2d.on_fork(event, runs, query, *{**lab.DEFAULTS, **settings}.values(), YOURS)


def test_a_fork_takes_the_settings_as_they_stand_and_its_parent_s_place_and_the_curves_keep_both() -> None:
    _, _, _, _, _, runs, query = started(steps=300)
    parent = runs[0][1]
    keep(parent, 0)
    keep(parent, 300)
    told, drawn, examined, curves, paid, now, link = forked(
        runs, query, parent, 0, loss="hinge", g_rate="0.01", width=8
    )
    new = now[0][1]
    events = store.lines(store.folder_of(new) / "events.jsonl")[0]
    assert events == [{"step": 0, "settings": {"loss": "hinge", "g_rate": 0.01}}], "what differs, and can change"
    assert told["tone"] == "ok" and "loss hinge, g rate 0.01" in told["text"]
    assert (
        link == query.replace(parent, new)
        and drawn["runs"][0]["run"] == examined["run"] == new
        and paid["runs"] == [new]
    )
    assert [one["run"] for one in curves["runs"]] == [new, parent]
    spec = store.spec_of(new)
    assert (spec.owner, spec.parent, spec.settings["steps"], spec.settings["width"]) == (YOURS, parent, 300, 64)
    assert "nothing changed" in forked(runs, query, parent, 0)[0]["text"]
    more = forked(runs, query, parent, 300, steps=600)[5][0][1]
    assert store.spec_of(more).settings["steps"] == 600
    for bad in (forked(runs, query, parent, 300), forked(runs, query, parent, 0, d_rate=1e9)):
        assert bad[0]["tone"] == "error" and len(bad) == 7


def test_a_run_that_is_opened_by_its_id_alone_shows_its_own_model_and_settings() -> None:
    run = started("vae", "moons", beta=4.0)[5][0][1]
    toy_2d.changed([("vae", run)], "rate", 0.1, MINE)
    restored = toy_2d.on_restore(from_query(f"tab=train&panel=arena&run={run}"))
    assert restored[:3] == ["vae", "moons", 3]
    settings = dict(zip(lab.DEFAULTS, restored[4:], strict=False))
    assert settings["beta"] == 4.0 and settings["rate"] == 0.1, "as they stand now"


def test_each_model_shows_its_own_settings() -> None:
    seen = {model: [one.visible for one in toy_2d.on_model(model)] for model in ("gan", "vae", "diffusion", "race")}
    assert seen["gan"] == [True, False, False] and seen["race"] == [True, True, True]
    assert seen["vae"] == [False, True, True] and seen["diffusion"] == [False, True, False]
