"""The recorded runs that the Train tab opens on: what their files hold, and that the trainers give the same."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from playground.core.paths import EXAMPLES
from playground.experiments import cost, finetune_eval, finetune_scores, live_detector, run_status
from playground.experiments.recorded import course
from playground.experiments.recorder import growing_steps, script
from playground.experiments.run_control import steer_run
from playground.runs import recordings, store
from playground.training import trainer_registry


@pytest.mark.parametrize("name", recordings.NAMES)
def test_a_recorded_run_is_watched_like_any_other_and_steered_by_nobody(name: str) -> None:
    run = recordings.run_id(name)
    first = run_status.poll_run({"run": run})
    assert first["recorded"] and first["rows"] and first["frame"] and first["status"] == store.DONE
    assert first["kept"] == sorted(first["kept"]) and first["frame_step"] == first["kept"][-1] == first["step"]
    step = first["kept"][len(first["kept"]) // 2]
    again = run_status.poll_run({"run": run, "since": first["since"], "at": step})
    assert again["rows"] == [] and again["frame_step"] == step
    assert "error" not in live_detector.diagnose_run({"run": run}) and "rows" in cost.run_cost({"runs": [run]})
    assert "error" in steer_run({"run": run, "do": "stop", "owner": "a" * 32})
    assert "error" in steer_run({"run": run, "do": "fork", "step": step, "owner": "a" * 32})


def test_no_recording_is_left_over_and_each_is_small() -> None:
    sizes = {path.name: path.stat().st_size for path in EXAMPLES.glob("train.*.npz")}
    assert sizes.keys() == {recordings.file_name(recordings.run_id(name)) for name in recordings.NAMES}
    assert max(sizes.values()) < 450_000 and sizes["train.toy_2d.npz"] < 300_000


@pytest.mark.parametrize("name", ["toy_2d", "collapse"])
def test_the_trainer_of_the_page_gives_what_is_recorded(name: str) -> None:
    of, recording = script(name), recordings.read(recordings.run_id(name))
    settings = trainer_registry.read_settings(of.family, of.dataset, of.settings)
    assert settings == recording.spec.settings, "with the settings that the page opens with, or the failure's"
    trainer: Any = trainer_registry.open_trainer(of.family, of.dataset, settings, 0, Path())
    steps = list(recording.frames)[:4]
    for step in steps:
        while trainer.step < step:
            trainer.advance()
        fake = trainer.frame()["fake"]
        assert np.allclose(recording.frames[step]["fake"], fake, atol=0.02 * np.abs(fake).max()), step
    assert steps == growing_steps(of.until, len(of.at))[:4] or steps[0] == 0


def test_what_the_sentences_say_of_the_recordings_is_so() -> None:
    ring, collapsed, cured = (
        course("toy_2d", "js"),
        course("collapse", "modes_covered"),
        course("cured", "modes_covered"),
    )
    assert ring.first > 0.8 and ring.lowest < 0.1 < ring.last, "it finds the ring, and does not stay"
    assert collapsed.highest <= 5 and cured.last >= 20
    finding = live_detector.diagnose_run({"run": recordings.run_id("collapse")})["findings"]
    assert [one["name"] for one in finding] == ["mode collapse"]
    comparison = finetune_eval.recorded_comparison()
    assert comparison.new and comparison.old and comparison.new[1] and comparison.old[1]
    for (before, after), expected in ((comparison.new, "better"), (comparison.old, "worse")):
        found, change = finetune_scores.judge_change(before, after)
        assert found == expected and change is not None and change.low * change.high > 0, "beyond its interval"


def test_a_recording_is_read_as_it_was_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recordings, "EXAMPLES", tmp_path)
    recordings.read.cache_clear()
    spec = store.RunSpec(recordings.run_id("cured"), "", "gan", "ring", {"steps": 2}, 0, "", 0.0)
    state = recordings.ended_state(store.RunState(names=("js",), step=2))
    points = np.arange(6, dtype=np.float32).reshape(3, 2)
    frames = {step: {"real": points, "fake": points + step, "js": 0.5 * step, "told": ""} for step in (0, 2)}
    recordings.write(recordings.Recording(spec, state, [[1, 0.1, 8, 0.5]], [], frames))
    read = recordings.read(spec.run)
    recordings.read.cache_clear()
    assert dataclasses.asdict(read.spec) == dataclasses.asdict(spec) and read.state == state
    assert read.rows == [[1, 0.1, 8, 0.5]] and list(read.frames) == [0, 2]
    assert np.array_equal(read.frames[2]["fake"], points + 2) and np.array_equal(read.frames[0]["real"], points)
    assert [frame["js"] for frame in read.frames.values()] == [0.0, 1.0] and read.last_frame()["told"] == ""
