"""Damaged files of a run: whatever reads them reads on, or says so in a sentence."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from coin_runs import MINE

from playground.core.errors import PlaygroundError
from playground.experiments import cost, live_detector, run_control, run_history, run_list, run_status
from playground.runs import frame_io, metrics_csv, scheduler, snapshots, store
from playground.training import trainer_registry

#: What a file may hold in place of its content, whatever it is.
RUBBISH = [
    b"", b"\x00" * 300, b"\xff\xfe\x00", b"null", b"[]", b"{}", b"1e999", b'"x"', b"[" * 100_000, b"9" * 5000,
    b"{" * 9, b"a,b\n1,x\n", b"step\n1\n", b"step,seconds,seen,loss\n1,2,3\n2,nan,inf,1e400\nx,y,z\n\n3,0.1,8,0.5\n",
    b"PK\x03\x04",
]  # fmt: skip
#: Values of a field that has another type.
ODD = [None, True, -1, 1.5, 10**30, 10**400, float("nan"), "", "../../x", "\x00", [], [None], {}, {"a": 1}]
FILES = ("run.json", "state.json", "curve.csv", "events.jsonl", "commands.jsonl", "frame.npz", "kept", "restarts.json")


@pytest.fixture
def folder(models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run that is half done, with a file of each kind. No process is started for it."""
    monkeypatch.setattr(scheduler, "start_polling", lambda: None)
    toy = {"steps": 100, "mode": "nonsaturating"}
    settings = trainer_registry.read_settings("gan", "ring", {}) if hasattr(trainer_registry, "read_settings") else toy
    spec = store.create_run("gan", "ring", settings, 0, MINE)
    folder = store.run_dir(spec.run)
    state = store.RunState(store.PAUSED, step=20, seen=160, seconds=1.0, edition=1, names=("g_loss", "d_loss"))
    store.write_state(folder, state)
    writer = metrics_csv.MetricsWriter(folder / "curve.csv", state.names, 0)
    for step in range(1, 21):
        writer.add(step, 0.05 * step, 8 * step, {"g_loss": 1 / step, "d_loss": 1.0})
    writer.close()
    frame = {"points": np.zeros((4, 2), np.float32), "modes": 3}
    frame_io.write_frame(folder / "frame.npz", 20, frame)
    kept = snapshots.snapshot_path(folder, 10)
    kept.parent.mkdir(exist_ok=True)
    kept.write_bytes(b"no checkpoint")
    frame_io.write_frame(kept.with_suffix(".npz"), 10, frame)
    (folder / "events.jsonl").write_text(json.dumps({"step": 5, "settings": {"g_rate": 0.001}}) + "\n")
    return folder


def readers(run: str) -> Iterator[tuple[str, Callable[[], Any]]]:
    """What pages and programs ask of a run. Each answers, or raises PlaygroundError."""
    yield "poll", lambda: run_status.poll_run({"run": run, "owner": MINE})
    yield "poll on", lambda: run_status.poll_run({"run": run, "since": [1, 60], "at": 10})
    yield "list", lambda: run_list.list_runs({"owner": MINE})
    yield "history", lambda: run_history.runs_of_owner(MINE)
    yield "lineage", lambda: run_history.describe_fork(run)
    yield "comparison", lambda: run_history.describe_comparison([run, run])
    yield "detector", lambda: live_detector.diagnose_run({"run": run})
    yield "cost", lambda: cost.run_cost({"runs": [run, run]})
    for do in ("rename", "curves", "weights", "menu"):
        yield do, lambda do=do: run_list.manage_run({"do": do, "run": run, "owner": MINE, "name": "a", "step": 10})
    yield "steer", lambda: run_control.steer_run({"run": run, "do": "set", "settings": {"g_rate": 0.01}, "owner": MINE})
    yield "fork", lambda: run_control.steer_run({"run": run, "do": "fork", "step": 10, "owner": MINE})
    yield "scheduler", scheduler._poll_runs


def read_all(folder: Path, what: str) -> None:
    for name, read in readers(folder.name):
        try:
            orjson.dumps(read())  # as Gradio answers
        except PlaygroundError as error:
            assert str(error), (what, name)
        except Exception as error:
            raise AssertionError(f"{name}, {what}: {error!r}") from error


@pytest.fixture(autouse=True)
def no_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler, "start_worker", lambda folder: None)


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_rubbish_stops_nothing(folder: Path, name: str) -> None:
    read_all(folder, "whole")
    path = folder / name
    if name == "kept":
        path = snapshots.snapshot_path(folder, 10).with_suffix(".npz")
    whole = path.read_bytes() if path.exists() else b""
    for content in (*RUBBISH, whole[: len(whole) // 2], whole[: len(whole) // 2] + b"\x00" * 40, whole * 2):
        path.write_bytes(content)
        read_all(folder, f"{name} = {content[:30]!r}")


@pytest.mark.parametrize("name", ["run.json", "state.json"])
def test_a_field_of_another_type_stops_nothing(folder: Path, name: str) -> None:
    path = folder / name
    values = json.loads(path.read_text("utf-8"))
    for field in values:
        for odd in ODD:
            path.write_text(json.dumps({**values, field: odd}), "utf-8")
            read_all(folder, f"{field} of {name} = {str(odd)[:20]}")
    for setting in values.get("settings", {}):
        for odd in ODD:
            path.write_text(json.dumps({**values, "settings": {**values["settings"], setting: odd}}), "utf-8")
            read_all(folder, f"setting {setting} = {str(odd)[:20]}")


@pytest.mark.parametrize("run", ["../../x", "a" * 300, "\x00", "", "..", "a" * 31 + "\n", None, 3, ["x"], {"a": 1}])
def test_an_id_that_is_none_opens_nothing(folder: Path, run: Any) -> None:
    assert "error" in run_status.poll_run({"run": run})
    assert "error" in live_detector.diagnose_run({"run": run})
    assert "error" in cost.run_cost({"runs": [run]})
    assert "error" in run_list.manage_run({"do": "curves", "run": run, "owner": MINE})
    assert "error" in run_control.steer_run({"run": run, "do": "set", "settings": {}, "owner": MINE})
