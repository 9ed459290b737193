"""Pictures and Failure lab: what starts, swaps, cures and links do, at the level of their handlers; no worker runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import gradio as gr
import pytest
from PIL import Image

from playground.core.recipe import Recipe, from_query
from playground.experiments import failures as lab
from playground.experiments import user_images
from playground.panels.train.failure_lab import panel as failure_lab
from playground.panels.train.image_model import controls
from playground.panels.train.image_model import panel as image_model
from playground.panels.train.panels import on_menu
from playground.runs import scheduler, snapshots, store, trainer_registry
from playground.training import checkpoints

MINE, YOURS = "a" * 32, "b" * 32
VALUES = [swap.start for swaps in controls.SWAPS.values() for swap in swaps]


@pytest.fixture(autouse=True)
def nobody_works(models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(scheduler, "keep_tending", lambda: None)
    yield


def started(
    family: str = "gan", data: str = "avatars", steps: Any = 50, files: Any = None, consent: bool = False,
    values: list[Any] | None = None,
) -> list[Any]:  # fmt: skip
    *_, last = image_model.on_start(family, data, steps, 1, files, consent, 16, MINE, *(values or VALUES))
    return last


def commands(run: str) -> list[dict[str, Any]]:
    return store.lines(store.folder_of(run) / "commands.jsonl")[0]


def test_the_page_offers_what_the_courses_can_swap() -> None:
    for family, swaps in controls.SWAPS.items():
        fields = trainer_registry.module_of(family, "avatars").FIELDS
        assert {swap.name for swap in swaps} == {name for name, field in fields.items() if field.hot}
        assert {swap.name: swap.start for swap in swaps} == {swap.name: fields[swap.name].start for swap in swaps}
        for swap in swaps:
            assert not swap.choices or {word for _, word in swap.choices} == set(fields[swap.name].words)


@pytest.mark.parametrize("family", ["gan", "vae", "diffusion"])
def test_a_start_makes_a_run_that_its_link_finds_again(family: str) -> None:
    note, _, run, view, findings, curves, paid, query = started(family)
    assert (
        note["tone"] == "ok"
        and view["run"] == findings["run"] == run
        and paid["runs"] == [run]
        and curves["runs"][0]["run"] == run
    )
    spec = store.spec_of(run)
    assert (spec.family, spec.dataset, spec.seed, spec.owner, spec.settings["steps"]) == (
        family,
        "avatars",
        1,
        MINE,
        50,
    )
    restored = image_model.on_restore(from_query({part.split("=")[0]: part.split("=")[1] for part in query.split("&")}))
    assert restored[1:3] == [family, "avatars"] and restored[5] == run


def test_a_swap_is_told_to_the_run_and_only_its_owner_may() -> None:
    run = started("vae")[2]
    values = list(VALUES)
    values[len(controls.SWAPS["gan"])] = 4
    assert image_model.on_swap(run, MINE, *values)["tone"] == "ok"
    assert commands(run) == [{"do": "change", "settings": {"beta": 4.0, "optimizer": "adam", "rate": 0.002}}]
    assert image_model.on_swap(run, YOURS, *values)["tone"] == "error"
    assert "Start" in image_model.on_swap("", MINE, *values)["text"]
    restored = image_model.on_restore(recipe_of(run))[-controls.COUNT :]
    assert restored[len(controls.SWAPS["gan"])] == 4.0, "opened again, the controls stand as the run was told"
    values[len(controls.SWAPS["gan"])] = 1e9
    refused = image_model.on_swap(run, MINE, *values)
    assert refused["tone"] == "error" and len(commands(run)) == 1, "what cannot be is said at the button"


def test_a_fork_has_the_settings_of_the_controls_and_its_curves_lie_over_its_parent_s() -> None:
    parent = started("vae")[2]
    folder = store.folder_of(parent)
    whole = {"course": {}, "events": 0, "names": [], "seconds": 1.0, "cpu_seconds": 1.0}
    checkpoints.write(snapshots.path_of(folder, 50), whole)
    values = list(VALUES)
    values[len(controls.SWAPS["gan"])] = 4
    event = cast(gr.EventData, SimpleNamespace(_data={"run": parent, "step": 50, "steps": 100}))
    note, run, view, _, curves, *_ = image_model.on_fork(event, YOURS, *values)
    assert "beta 4.0, steps 100" in note["text"] or "beta 4.0; steps 100" in note["text"]
    assert view == {"run": run, "controls": True} and [one["run"] for one in curves["runs"]] == [run, parent]
    event._data["step"] = 7
    assert image_model.on_fork(event, YOURS, *values)[0]["tone"] == "error"


def recipe_of(run: str, **settings: str) -> Recipe:
    return Recipe("train", "", "", 0, {"run": run, **settings})


def test_a_cured_failure_is_called_cured_when_it_is_opened_again() -> None:
    one = next(one for one in lab.failures() if not one.fresh)
    now = failure_lab.on_break(one.name, MINE, ("", ""))[3]
    recipe = recipe_of(now[1], failure=one.name)
    assert one.broken in failure_lab.on_restore(recipe)[1]
    assert failure_lab.on_cure(now, MINE)[0]["tone"] == "ok"
    assert "Cured" in failure_lab.on_restore(recipe)[1]


def test_own_pictures_are_read_with_consent_and_their_files_are_gone(tmp_path: Path) -> None:
    files = []
    for index in range(10):
        files.append(str(tmp_path / f"{index}.png"))
        Image.new("RGB", (20, 30), (25 * index, 0, 0)).save(files[-1])
    Path(files[3]).write_bytes(b"no picture")
    said = started("vae", "folder", files=files)[0]
    assert said["tone"] == "error" and "Tick" in said["text"] and Path(files[0]).exists(), "nothing was read"
    note, _, run, *_ = started("vae", "folder", files=files, consent=True)
    assert "9 of 10" in note["text"] and "3.png" in note["text"]
    assert (store.folder_of(run) / user_images.FILE).exists()
    assert not any(Path(path).exists() for path in files)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"steps": 0}, "1 to 10,000,000"),
        ({"steps": None}, "1 to 10,000,000"),
        ({"steps": 10_000_000, "family": "gan", "values": [*VALUES[:5], "no", *VALUES[6:]]}, "d optimizer"),
        ({"family": "tree"}, "no family"),
        ({"data": "folder", "consent": True}, "8 to 5,000"),
        ({"values": [VALUES[0], float("nan"), *VALUES[2:]]}, "Penalty"),
        ({"values": [*VALUES[:6], 1e9, *VALUES[7:]]}, "d rate"),
    ],
)
def test_a_bad_start_is_told_and_starts_nothing(changes: dict[str, Any], sentence: str) -> None:
    last = started(**changes)
    assert last[0]["tone"] == "error" and sentence in last[0]["text"] and not store.specs()


def test_a_link_that_leads_nowhere_is_told() -> None:
    for query in ({"run": "0" * 32}, {"family": "tree"}, {"steps": "many"}):
        recipe = from_query({"tab": "train", "panel": "pictures", **query})
        assert image_model.on_restore(recipe)[0]["tone"] == "error"
    recipe = from_query({"tab": "train", "panel": "failures", "failure": "none"})
    assert failure_lab.on_restore(recipe)[0]["tone"] == "error"
    other = failure_lab.on_break("posterior", MINE, ("", ""))[3][1]
    recipe = from_query({"tab": "train", "panel": "failures", "failure": "plane", "run": other})
    assert "none of" in failure_lab.on_restore(recipe)[0]["text"], "another failure's run is not called this one"
    bare = failure_lab.on_restore(from_query({"tab": "train", "panel": "failures"}))
    assert len(bare) == 9 and not any(isinstance(one, dict) and one.get("tone") for one in bare), "no run is asked for"


@pytest.mark.parametrize("view", ["x", "null", "[1]", '{"run": ""}', None, 7])
def test_nothing_is_put_into_the_menus_without_a_run(view: Any) -> None:
    for step in ("", "9" * 5000):
        *_, told = on_menu(view, step, MINE)
        assert told["tone"] == "error"


def test_breaking_ends_the_run_before_and_a_cure_changes_it_or_starts_afresh() -> None:
    _, _, button, first, *_ = failure_lab.on_break("posterior", MINE, ("", ""))
    assert button.interactive and first[0] == "posterior"
    _, told, button, now, *_ = failure_lab.on_cure(first, MINE)
    assert now == first and not button.interactive and "weight of 1" in told
    assert commands(first[1])[-1] == {"do": "change", "settings": {"beta": 1}}
    _, _, _, second, *_ = failure_lab.on_break("exploding", MINE, now)
    assert store.state_of(store.folder_of(first[1])).status == store.STOPPED
    _, _, _, third, *_ = failure_lab.on_cure(second, MINE)
    assert third[1] != second[1] and store.spec_of(third[1]).settings["rate"] == 0.002
    assert failure_lab.on_cure(("posterior", first[1]), YOURS)[0]["tone"] == "error"


def test_every_failure_has_its_button_and_is_seen_in_its_own_view() -> None:
    for one in lab.failures():
        note, _, _, _, pictures, arena, findings, *_ = failure_lab.on_break(one.name, MINE, ("", ""))
        assert note["tone"] == "ok" and findings["run"]
        seen, other = (arena, pictures) if one.in_the_plane() else (pictures, arena)
        assert seen["visible"] is True and other["visible"] == "hidden"
