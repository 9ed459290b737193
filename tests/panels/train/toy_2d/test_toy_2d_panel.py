"""The handlers of Arena, without workers: starts, changed settings, forks and links."""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import gradio as gr
import pytest

from playground.core.errors import PlaygroundError
from playground.core.recipe import from_query
from playground.experiments import toy_2d
from playground.experiments.run_status import pack, poll_run
from playground.panels.train.toy_2d import panel
from playground.panels.train.toy_2d_run_view import runs_of_value, toy_2d_run_value
from playground.runs import frame_io, json_files, scheduler, snapshots, store
from playground.training import checkpoints, toy_flow, toy_gan, toy_vae

MINE, YOURS = "a" * 32, "b" * 32
BRUSH = [-50, 0, 50, 0, 0, 50]


@pytest.fixture(autouse=True)
def no_worker_runs(models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(scheduler, "start_polling", lambda: None)
    yield


def start_update(
    model: str = "gan", shape: str = "ring", dots: list[int] | None = None, **settings: Any
) -> dict[str, Any]:
    return with_runs(panel.on_start(MINE, model, shape, 3, dots or [], {**toy_2d.DEFAULTS, **settings}))


def with_runs(update: Any) -> dict[str, Any]:
    """An Update, with the (family, id) of the runs that its view follows."""
    return {**update, "runs": runs_of_value(json.dumps(update["run_view"]))}


def commands(run: str) -> list[dict[str, Any]]:
    return json_files.read_lines(store.run_dir(run) / "commands.jsonl")[0]


def test_the_page_offers_the_settings_of_the_trainers() -> None:
    for family, module in {"gan": toy_gan, "vae": toy_vae, "diffusion": toy_flow}.items():
        whole = cast(Any, module).read_settings("ring", {})
        own = {name: whole[name] for name in whole if name not in ("batch", "brush")}
        assert own == {name: toy_2d.DEFAULTS[name] for name in (*toy_2d.FIXED, *toy_2d.HOT[family])}
        assert cast(Any, module).HOT == toy_2d.HOT[family]


def test_a_start_makes_one_run_and_a_race_makes_three_of_the_same_points() -> None:
    update = start_update(loss="hinge", d_updates=2)
    runs = update["runs"]
    assert [one["family"] for one in update["run_view"]["runs"]] == ["gan"]
    assert update["detector"] == {"run": runs[0][1], "of": ""}
    spec = store.spec_of(runs[0][1])
    assert (spec.settings["loss"], spec.settings["d_updates"], spec.seed, spec.owner) == ("hinge", 2, 3, MINE)
    assert update["cost"]["runs"] == [runs[0][1]]
    update = start_update("race", "brush", BRUSH)
    runs = update["runs"]
    specs = [store.spec_of(run) for _, run in runs]
    assert [spec.family for spec in specs] == ["gan", "vae", "diffusion"]
    assert all(spec.settings["brush"] == BRUSH and spec.seed == 3 for spec in specs)
    assert update["cost"]["runs"] == [run for _, run in runs], "what a race costs is added up"
    assert update["detector"] == {"run": runs[0][1], "of": "GAN"}
    assert update["curves"]["axis"] == "seconds" and "js" in update["curves"]["show"]


BAD = [
    {"model": "nothing"}, {"shape": "square"}, {"shape": "brush"}, {"shape": "brush", "dots": [1, 2]},
    {"shape": "brush", "dots": [0, 0, 0, 0, 500, 0]}, {"steps": 0}, {"steps": 10**9}, {"d_rate": "fast"},
    {"d_rate": 1e9}, {"loss": "none"}, {"d_updates": 0, "g_updates": 0}, {"width": None}, {"d_rate": "nan"},
]  # fmt: skip


@pytest.mark.parametrize("changes", BAD)
def test_a_bad_start_is_refused_in_a_sentence_and_starts_nothing(changes: dict[str, Any]) -> None:
    with pytest.raises(PlaygroundError, match=r"\.$"):
        start_update(**changes)
    assert store.list_specs() == []


def test_a_changed_setting_reaches_once_the_runs_that_have_it() -> None:
    runs = start_update("race")["runs"]
    of = dict(runs)
    assert "Learning rate of VAE and Flow 0.01" in panel.change_setting(MINE, runs, "rate", "0.01")["notice"]["text"]
    assert panel.change_setting(MINE, runs, "rate", 0.01) == {}, "Gradio reports one choice twice"
    assert commands(of["vae"]) == commands(of["diffusion"]) == [{"do": "change", "settings": {"rate": 0.01}}]
    assert commands(of["gan"]) == []
    panel.change_setting(MINE, runs, "loss", "wgan-gp")
    panel.change_setting(MINE, runs, "loss", "hinge")
    assert [line["settings"]["loss"] for line in commands(of["gan"])] == ["wgan-gp", "hinge"]


def test_a_refused_change_says_why_and_the_control_returns_to_the_value_in_force() -> None:
    runs = start_update(g_updates=1)["runs"]
    panel.change_setting(MINE, runs, "g_rate", 0.01)
    for name, value, kept in (
        ("g_rate", "1e9", 0.01),
        ("g_rate", 100, 0.01),
        ("d_updates", 11, 1),
        ("loss", "no", "non-saturating"),
    ):
        update = panel.change_setting(MINE, runs, name, value)
        assert update["notice"]["tone"] == "error" and "Still in force" in update["notice"]["text"]
        assert update["control"] == kept
    assert "control" not in panel.change_setting(MINE, runs, "d_updates", 0), "G still learns"
    update = panel.change_setting(MINE, runs, "g_updates", 0)
    assert update["notice"]["tone"] == "error" and "Neither net" in update["notice"]["text"]
    assert update["control"] == 1, "with the change before it, neither net would learn"
    assert len(commands(runs[0][1])) == 2, "what is refused is not sent"


def test_what_another_visitor_would_change_stays_in_the_control_for_a_fork() -> None:
    runs = start_update()["runs"]
    assert "control" not in panel.change_setting(YOURS, runs, "loss", "hinge")


def test_in_a_race_a_run_that_has_ended_does_not_keep_a_change_from_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = start_update("race")["runs"]
    of = dict(runs)
    ended = store.run_dir(of["vae"])
    now = store.state_of(ended)
    store.write_state(ended, dataclasses.replace(now, status=store.DONE))
    assert panel.change_setting(MINE, runs, "rate", 0.01)["notice"]["tone"] == "ok"
    assert commands(of["vae"]) == [] and len(commands(of["diffusion"])) == 1
    store.write_state(ended, now)  # and one that ends at the very moment
    state_of, once = store.state_of, iter([now])
    done = dataclasses.replace(now, status=store.DONE)
    monkeypatch.setattr(store, "state_of", lambda folder: next(once, done) if folder == ended else state_of(folder))
    assert panel.change_setting(MINE, runs, "rate", 0.02)["notice"]["tone"] == "ok"
    assert commands(of["vae"]) == [] and len(commands(of["diffusion"])) == 2


def test_two_parts_of_one_step_are_two_frames() -> None:
    run = start_update()["runs"][0][1]
    path = store.run_dir(run) / "frame.npz"
    frame_io.write_frame(path, 4, {"told": "one"})
    seen = poll_run({"run": run})
    known = {"run": run, "frame_since": seen["frame_step"], "frame_mark": seen["frame_mark"]}
    assert seen["frame"]["told"] == "one" and poll_run(known)["frame"] is None
    time.sleep(0.02)
    frame_io.write_frame(path, 4, {"told": "two"})
    assert poll_run(known)["frame"]["told"] == "two"


def test_another_visitor_s_run_is_not_changed() -> None:
    runs = start_update()["runs"]
    assert panel.change_setting(YOURS, runs, "loss", "hinge")["notice"]["tone"] == "warning"
    assert commands(runs[0][1]) == []
    assert panel.change_setting(MINE, [], "loss", "hinge") == {}, "without a run there is nothing to change"


@pytest.mark.parametrize("model", ["gan", "vae", "diffusion", "race"])
def test_a_link_restores_settings_painting_and_runs(model: str) -> None:
    update = start_update(model, "brush", BRUSH, d_rate=0.01, beta=4.0, steps=77)
    recipe = from_query(update["query"])
    assert recipe.settings["panel"] == "toy_2d"
    restored = panel.on_restore(recipe)
    assert [restored[name] for name in ("model", "shape", "seed", "dots")] == [model, "brush", 3, BRUSH]
    assert restored["settings"] == {**toy_2d.DEFAULTS, "d_rate": 0.01, "beta": 4.0, "steps": 77}
    assert restored["brush"]["dots"] == BRUSH
    assert all(restored[name] == update[name] for name in ("run_view", "detector"))


@pytest.mark.parametrize(
    "query", ["shape=square", "d_rate=fast", "shape=brush&brush=1,2,x,4,5,6", "family=zebra", "steps=-1"]
)
def test_a_bad_link_is_refused(query: str) -> None:
    with pytest.raises(PlaygroundError):
        panel.on_restore(from_query("tab=train&panel=toy_2d&" + query))
    assert panel.on_restore(from_query("tab=train&panel=toy_2d")) == {}, "the recorded run stays"


def test_a_painting_with_the_most_dots_fits_into_a_link() -> None:
    dots = [number % 201 - 100 for number in range(2 * toy_2d.MOST_DOTS)]
    request = toy_2d.read_request("race", "brush", 0, {}, dots)
    query = request.recipe(["f" * 32] * 3).to_query()
    assert toy_2d.read_recipe(from_query(query))[0].brush == dots
    with pytest.raises(PlaygroundError, match="Paint 3 to"):
        toy_2d.read_request("gan", "brush", 0, {}, [*dots, 0, 0])


def keep(run: str, step: int) -> None:
    """A kept checkpoint, as a worker writes it; what is in the trainer does not matter here."""
    whole = {"course": {}, "events": 0, "names": [], "seconds": 1.0, "cpu_seconds": 1.0}
    checkpoints.write(snapshots.snapshot_path(store.run_dir(run), step), whole)


def fork_update(before: Any, run: str, step: int, steps: int = 0, **settings: Any) -> dict[str, Any]:
    request = {"run": run, "step": step} | ({"steps": steps} if steps else {})
    event = cast(gr.EventData, SimpleNamespace(_data=request))
    return forked(event, YOURS, before, {**toy_2d.DEFAULTS, **settings})


def forked(event: gr.EventData, owner: str, before: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """What the page does: it forks, and then follows the fork."""
    update = panel.on_fork(event, owner, before["run_view"], values)
    followed = panel.on_forked(update["forked"], before["run_view"], before["query"])
    return with_runs({**update, **followed}) if followed else dict(update)


def test_a_fork_has_the_current_settings_takes_its_parent_s_place_and_the_curves_keep_both() -> None:
    before = start_update(steps=300)
    parent = before["runs"][0][1]
    keep(parent, 0)
    keep(parent, 300)
    update = fork_update(before, parent, 0, loss="hinge", g_rate="0.01", width=8)
    new = update["runs"][0][1]
    events = json_files.read_lines(store.run_dir(new) / "events.jsonl")[0]
    assert events == [{"step": 0, "settings": {"loss": "hinge", "g_rate": 0.01}}], "what differs, and can change"
    assert update["notice"]["tone"] == "ok" and "Loss hinge, Generator's learning rate 0.01" in update["notice"]["text"]
    assert update["query"] == before["query"].replace(parent, new)
    assert update["run_view"]["runs"][0]["run"] == update["detector"]["run"] == new
    assert update["cost"]["runs"] == [new]
    assert [one["run"] for one in update["curves"]["runs"]] == [new, parent]
    spec = store.spec_of(new)
    assert (spec.owner, spec.parent, spec.settings["steps"], spec.settings["width"]) == (YOURS, parent, 300, 64)
    assert "nothing changed" in fork_update(before, parent, 0)["notice"]["text"]
    more = fork_update(before, parent, 300, steps=600)["runs"][0][1]
    assert store.spec_of(more).settings["steps"] == 600
    again = fork_update(before, parent, 300)["runs"][0][1]
    assert store.spec_of(again).settings["steps"] == 600, "from its last step, a run is continued for as long again"
    refused = fork_update(before, parent, 0, d_rate=1e9)
    assert refused["forked"] is None and refused["notice"]["tone"] == "error" and "run_view" not in refused


def test_a_fork_that_takes_long_does_not_take_the_place_of_a_run_that_was_started_meanwhile() -> None:
    before = start_update(steps=300)
    parent = before["runs"][0][1]
    keep(parent, 0)
    event = cast(gr.EventData, SimpleNamespace(_data={"run": parent, "step": 0}))
    update = panel.on_fork(event, MINE, before["run_view"], toy_2d.DEFAULTS)
    assert update["notice"]["tone"] == "ok" and update["forked"]["parent"] == parent
    now = start_update()
    assert panel.on_forked(update["forked"], now["run_view"], now["query"]) == {}


def test_a_run_that_is_opened_by_its_id_alone_shows_its_own_model_and_settings() -> None:
    run = start_update("vae", "moons", beta=4.0)["runs"][0][1]
    panel.change_setting(MINE, [("vae", run)], "rate", 0.1)
    restored = panel.on_restore(from_query(f"tab=train&panel=toy_2d&run={run}"))
    assert [restored[name] for name in ("model", "shape", "seed")] == ["vae", "moons", 3]
    assert restored["settings"]["beta"] == 4.0 and restored["settings"]["rate"] == 0.1, "as they are now"


def test_each_model_shows_its_own_settings() -> None:
    seen = {
        model: [group.visible for group in panel.on_model(model)["groups"].values()]
        for model in ("gan", "vae", "diffusion", "race")
    }
    assert seen["gan"] == [True, False, False] and seen["race"] == [True, True, True]
    assert seen["vae"] == [False, True, True] and seen["diffusion"] == [False, True, False]


def test_a_start_ends_the_run_that_the_page_shows_and_says_so() -> None:
    before = start_update()
    shown = json.dumps(before["run_view"])
    update = with_runs(panel.on_start(MINE, "race", "ring", 0, [], toy_2d.DEFAULTS, shown))
    name = store.spec_of(before["runs"][0][1]).name
    assert commands(before["runs"][0][1]) == [{"do": "stop"}] and f"the place of “{name}”" in update["notice"]["text"]
    recorded = toy_2d_run_value(panel.RECORDED)
    assert "place" not in panel.on_start(MINE, "gan", "ring", 0, [], toy_2d.DEFAULTS, recorded)["notice"]["text"]


def test_the_chosen_shape_and_an_untrained_model_are_shown_before_a_start() -> None:
    recorded = json.dumps(toy_2d_run_value(panel.RECORDED))
    preview = panel.on_preview("race", "moons", 3, [], toy_2d.DEFAULTS, recorded)["preview"]
    shown = json.loads(preview[1])["runs"]
    assert [one["family"] for one in shown] == ["gan", "vae", "diffusion"] and not any(one["run"] for one in shown)
    trainer = toy_gan.open_trainer("moons", toy_gan.read_settings("moons", {}), 3, Path())
    assert shown[0]["frame"]["fake"] == pack(trainer.frame()["fake"]), "what the run begins with"
    stays = panel.on_preview("gan", "ring", 0, [], toy_2d.DEFAULTS, start_update()["run_view"])
    assert stays == {"preview": None}, "a run stays"
    unpainted = panel.on_preview("gan", "brush", 0, [], toy_2d.DEFAULTS, recorded)["preview"]
    assert "Paint 3" in json.loads(unpainted[1])["empty"]


def test_reset_sets_all_settings_to_their_defaults_and_those_of_the_run_too() -> None:
    before = start_update(loss="hinge", g_rate=0.01)
    update = panel.on_reset(MINE, before["run_view"])
    sent = {name: value for line in commands(before["runs"][0][1]) for name, value in line["settings"].items()}
    assert update["settings"] == toy_2d.DEFAULTS and sent == {"loss": "non-saturating", "g_rate": 0.001}


def test_a_run_that_failed_is_forked_with_half_its_rates_which_its_controls_then_show() -> None:
    before = start_update(steps=300)
    run = before["runs"][0][1]
    keep(run, 0)
    store.write_state(store.run_dir(run), dataclasses.replace(store.state_of(store.run_dir(run)), status=store.FAILED))
    rates = poll_run({"run": run})["rates"]
    assert rates == {"d_rate": 0.002, "g_rate": 0.001}
    event = cast(gr.EventData, SimpleNamespace(_data={"run": run, "step": 0, "d_rate": 0.001, "g_rate": 0.0005}))
    update = forked(event, MINE, before, toy_2d.DEFAULTS)
    assert update["settings"] == {"d_rate": 0.001, "g_rate": 0.0005}
    events = json_files.read_lines(store.run_dir(update["runs"][0][1]) / "events.jsonl")[0]
    assert events == [{"step": 0, "settings": {"d_rate": 0.001, "g_rate": 0.0005}}]
