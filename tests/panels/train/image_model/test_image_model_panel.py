"""The handlers of Pictures, without workers: starts, changes, forks and links."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import gradio as gr
import pytest
from PIL import Image

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, from_query
from playground.experiments import user_images
from playground.experiments.image_model import HOT_SETTINGS
from playground.panels.train.image_model import panel as image_model
from playground.panels.train.shared import on_add_to_menu, run_of_value
from playground.runs import json_files, scheduler, snapshots, store
from playground.training import checkpoints, trainer_registry

MINE, YOURS = "a" * 32, "b" * 32
Settings = dict[str, dict[str, Any]]


@pytest.fixture(autouse=True)
def no_worker_runs(models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(scheduler, "start_polling", lambda: None)
    yield


def values(family: str = "", **changes: Any) -> Settings:
    """What the controls of all families hold: their first values, but for these of one family."""
    first = {
        name: {setting.name: setting.default for setting in settings.values()}
        for name, settings in HOT_SETTINGS.items()
    }
    return {**first, family: first[family] | changes} if family else first


def start_update(
    family: str = "gan", data: str = "avatars", steps: Any = 50, files: Any = None, consent: bool = False,
    settings: Settings | None = None,
) -> dict[str, Any]:  # fmt: skip
    *_, last = image_model.on_start(MINE, family, data, steps, 1, files, consent, 16, settings or values())
    return {**last, "run": run_of_value(last["run_view"])} if "run_view" in last else dict(last)


def commands(run: str) -> list[dict[str, Any]]:
    return json_files.read_lines(store.run_dir(run) / "commands.jsonl")[0]


def recipe_of(run: str) -> Recipe:
    return Recipe("train", "", "", 0, {"run": run})


def test_the_page_offers_the_settings_that_the_trainers_can_change() -> None:
    for family, settings in HOT_SETTINGS.items():
        module = trainer_registry.trainer_module(family, "avatars")
        assert tuple(settings) == module.HOT
        whole = module.read_settings("avatars", {})
        assert {name: setting.default for name, setting in settings.items()} == {name: whole[name] for name in settings}


@pytest.mark.parametrize("family", ["gan", "vae", "diffusion"])
def test_a_start_makes_a_run_that_its_link_finds_again(family: str) -> None:
    update = start_update(family)
    run = update["run"]
    assert update["notice"]["tone"] == "ok" and "files" not in update
    assert update["run_view"]["run"] == update["detector"]["run"] == run
    assert update["cost"]["runs"] == [run] and update["curves"]["runs"][0]["run"] == run
    spec = store.spec_of(run)
    expected = (family, "avatars", 1, MINE, 50)
    assert (spec.family, spec.dataset, spec.seed, spec.owner, spec.settings["steps"]) == expected
    restored = image_model.on_restore(from_query(update["query"]))
    assert (restored["family"], restored["data"], restored["run_view"]["run"]) == (family, "avatars", run)


def test_a_change_reaches_the_run_and_only_its_owner_may_make_it() -> None:
    run = start_update("vae")["run"]
    changed = values("vae", beta=4)
    assert image_model.on_change(MINE, {"run": run}, changed)["notice"]["tone"] == "ok"
    assert commands(run) == [{"do": "change", "settings": {"beta": 4.0}}]  # not those left alone
    with pytest.raises(PlaygroundError):
        image_model.on_change(YOURS, {"run": run}, changed)
    with pytest.raises(PlaygroundError, match="Start"):
        image_model.on_change(MINE, "", changed)
    restored = image_model.on_restore(recipe_of(run))["settings"]
    assert restored == {"vae": {"beta": 4.0, "optimizer": "adam", "rate": 0.002}}, "opened again: as it was changed"
    for refused in ({"beta": 1e9, "rate": 0.1}, {"beta": None}, {"beta": float("nan")}):
        update = image_model.on_change(MINE, json.dumps({"run": run}), values("vae", **refused))
        assert (
            update["notice"]["tone"] == "error"
            and "Still in force: β: weight of the KL term 4" in update["notice"]["text"]
        )
        assert update["settings"] == {"vae": {"beta": 4.0}}, "only the refused control returns to what is in force"
    assert len(commands(run)) == 1, "what cannot be is refused at the button"


def test_a_fork_has_the_settings_of_the_controls_and_its_curves_are_beside_its_parent_s() -> None:
    parent = start_update("vae")["run"]
    folder = store.run_dir(parent)
    whole = {"course": {}, "events": 0, "names": [], "seconds": 1.0, "cpu_seconds": 1.0}
    checkpoints.write(snapshots.snapshot_path(folder, 50), whole)
    event = cast(gr.EventData, SimpleNamespace(_data={"run": parent, "step": 50, "steps": 100}))
    update = image_model.on_fork(event, YOURS, values("vae", beta=4))
    assert image_model.on_forked(update["forked"], {"run": "a" * 32}) == {}, "another run has taken its place"
    update = {**update, **image_model.on_forked(update["forked"], {"run": parent})}
    text, run = update["notice"]["text"], update["run_view"]["run"]
    assert "weight of the KL term 4; Steps 100" in text
    assert update["run_view"] == {"run": run, "controls": True}
    assert [one["run"] for one in update["curves"]["runs"]] == [run, parent]
    event._data["step"] = 7
    refused = image_model.on_fork(event, YOURS, values("vae", beta=4))
    assert refused["forked"] is None and refused["notice"]["tone"] == "error"
    assert image_model.on_forked(None, {"run": parent}) == {}


def test_own_pictures_are_read_with_consent_and_their_files_are_gone(tmp_path: Path) -> None:
    files = []
    for index in range(10):
        files.append(str(tmp_path / f"{index}.png"))
        Image.new("RGB", (20, 30), (25 * index, 0, 0)).save(files[-1])
    Path(files[3]).write_bytes(b"no picture")
    refused = start_update("vae", "folder", files=files)
    assert refused.keys() == {"notice"} and refused["notice"]["tone"] == "error"
    assert "Tick" in refused["notice"]["text"] and Path(files[0]).exists(), "nothing was read"
    refused = start_update("vae", "folder", files=files, consent=True, settings=values("vae", beta=1e9))
    assert refused.keys() == {"notice"} and all(Path(path).exists() for path in files), "they can be used again"
    update = start_update("vae", "folder", files=files, consent=True)
    text = update["notice"]["text"]
    assert "9 of 10" in text and "3.png" in text and update["files"] is None
    assert (store.run_dir(update["run"]) / user_images.FILE).exists()
    assert not any(Path(path).exists() for path in files)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"steps": 0}, "1 to 10,000,000"),
        ({"steps": None}, "1 to 10,000,000"),
        ({"steps": 10_000_000, "family": "gan", "settings": values("gan", d_optimizer="no")}, "(d_optimizer) must be"),
        ({"family": "tree"}, "no family"),
        ({"data": "folder", "consent": True}, "8 to 5,000"),
        ({"settings": values("gan", penalty=float("nan"))}, "(penalty) must be between"),
        ({"settings": values("gan", d_rate=1e9)}, "(d_rate) must be between"),
    ],
)
def test_a_bad_start_is_refused_in_a_sentence_and_starts_nothing(changes: dict[str, Any], sentence: str) -> None:
    update = start_update(**changes)
    assert update["notice"]["tone"] == "error" and sentence in update["notice"]["text"]
    assert "run" not in update and not store.list_specs()


@pytest.mark.parametrize("query", [{"run": "0" * 32}, {"family": "tree"}, {"steps": "many"}])
def test_a_link_that_leads_nowhere_is_refused(query: dict[str, str]) -> None:
    with pytest.raises(PlaygroundError):
        image_model.on_restore(from_query({"tab": "train", "panel": "image_model", **query}))


def test_a_link_with_settings_alone_fills_them_in_and_starts_nothing() -> None:
    query = {"tab": "train", "panel": "image_model", "family": "vae", "data": "fashion", "steps": "30", "seed": "7"}
    update = image_model.on_restore(from_query(query))
    filled = {"family": "vae", "data": "fashion", "steps": 30, "seed": 7}
    assert {name: value for name, value in update.items() if name != "notice"} == filled and not store.list_specs()


@pytest.mark.parametrize("view", ["x", "null", "[1]", '{"run": ""}', None, 7])
def test_nothing_is_added_to_the_menus_without_a_run(view: Any) -> None:
    for step in ("", "9" * 5000):
        with pytest.raises(PlaygroundError, match="Start a training, or"):
            list(on_add_to_menu(MINE, step, view))


def test_pictures_that_are_not_here_make_the_start_grey_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.data.fashion.is_here", lambda: False)
    update = image_model.on_data("fashion")
    assert not update["start"].interactive
    assert "not on this machine" in image_model.on_chosen("fashion")["notice"]["text"]
    assert image_model.on_data("avatars")["start"].interactive
    assert image_model.on_chosen("avatars") == {}


def test_a_start_ends_the_run_that_the_page_shows() -> None:
    first = start_update("vae")
    shown = json.dumps(first["run_view"])
    *_, last = image_model.on_start(MINE, "vae", "avatars", 50, 1, None, False, 16, values(), shown)
    assert commands(first["run"])[-1] == {"do": "stop"} and "which has ended" in last["notice"]["text"]
    assert run_of_value({"run": image_model.RECORDED}) == "", "a recorded run is nobody's"
