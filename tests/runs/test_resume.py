"""Resuming and forking, within a step, with other settings, past the last step: always the same numbers."""

from __future__ import annotations

import dataclasses
import errno
import json
import os
from pathlib import Path

import pytest
from coin_runs import MINE, YOURS, direct_numbers, have_ended, kill_worker, numbers, poll_until, state
from coin_workers import LARGEST_FILE

from playground.core import hardware
from playground.core.errors import PlaygroundError
from playground.experiments import run_control, run_history, run_status
from playground.runs import json_files, scheduler, snapshots, store
from playground.runs.worker import Worker


def test_a_run_has_its_share_of_the_cores_written_down_used_and_handed_on(
    coin_runs: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hardware, "cores", lambda: 12)
    monkeypatch.setattr(scheduler, "LARGE_FAMILIES", ("coin",))
    runs = [run_control.start_run("coin", "coins", {"steps": 3}, owner=MINE) for _ in range(2)]
    assert [store.spec_of(run).threads for run in runs] == [6, 3]
    assert scheduler.threads_for("gan") == 1, "small nets lose by a second"
    poll_until(have_ended(*runs))
    assert [run_status.poll_run({"run": run})["frame"]["threads"] for run in runs] == [6, 3]
    fork = run_control.fork_run(runs[1], 2, {}, MINE)
    assert store.spec_of(fork).threads == 3


def test_a_run_of_before_there_were_threads_opens(coin_runs: None) -> None:
    folder = store.run_dir(run_control.start_run("coin", "coins", {}, owner=MINE))
    old = json.loads((folder / "run.json").read_text())
    del old["threads"]
    json_files.write_json(folder / "run.json", old)
    assert store.spec_of(folder.name).threads == 1


def test_parts_of_a_step_outlive_a_kill(coin_runs: None) -> None:
    run = run_control.start_run("coin", "coins", {"steps": 60, "wait": 0.02}, 1, MINE)
    poll_until(lambda: state(run).step > 10)
    run_control.send_command(run, "part", owner=MINE)
    poll_until(lambda: state(run).status == store.PAUSED)
    step, heard = state(run).step, state(run).heard
    kill_worker(run)  # in the middle of a step
    run_control.send_command(run, "part", owner=MINE)
    poll_until(lambda: state(run).heard > heard and state(run).status == store.PAUSED)
    assert state(run).step == step + 1 and len(numbers(run)) == step + 1
    kill_worker(run)
    now = state(run)  # as if it had been killed after the checkpoint and before it told of it: not done twice
    store.write_state(store.run_dir(run), dataclasses.replace(now, heard=0, status=store.RUNNING))
    poll_until(lambda: state(run).edition > now.edition and state(run).status == store.PAUSED)
    assert state(run).step == step + 1
    run_control.send_command(run, "play", owner=MINE)
    poll_until(have_ended(run))
    assert numbers(run) == direct_numbers(60, seed=1)


def test_a_longer_fork_of_a_finished_run_computes_the_numbers_of_a_longer_run(coin_runs: None) -> None:
    run = run_control.start_run("coin", "coins", {"steps": 200}, 4, MINE)
    poll_until(have_ended(run))
    request = {"do": "fork", "run": run, "step": 200, "owner": YOURS, "settings": {"steps": 400}}
    more = run_control.steer_run(request)["run"]
    poll_until(have_ended(more))
    assert numbers(more) == direct_numbers(400, seed=4) and store.spec_of(more).owner == YOURS
    assert "steps 400" in run_history.describe_fork(more) and run_status.lineage_of(more)[1]["run"] == run
    assert "last" in run_control.steer_run(request | {"settings": {"steps": 200}})["error"]


def test_a_fork_changes_only_what_was_different_at_its_step(coin_runs: None) -> None:
    run = run_control.start_run("coin", "coins", {"steps": 3000, "wait": 0.004}, 2, MINE)
    poll_until(lambda: state(run).step > 150)
    run_control.send_command(run, "change", {"rate": 0.5}, owner=MINE)
    poll_until(lambda: (store.run_dir(run) / "events.jsonl").exists())
    run_control.send_command(run, "stop", owner=MINE)
    poll_until(have_ended(run))
    _, first, *_, last = snapshots.snapshot_steps(store.run_dir(run))
    same, other = (run_control.fork_run(run, step, {"rate": 0.5}, MINE) for step in (last, first))
    assert len(json_files.read_lines(store.run_dir(same) / "events.jsonl")[0]) == 1, "it was 0.5 there: nothing new"
    names = run_status.poll_run({"run": same})["names"]
    assert names == ["weight", "rate"] and len(numbers(other)) == first, "of its parent, before its worker is there"
    assert "nothing changed" in run_history.describe_fork(same) and "rate 0.5" in run_history.describe_fork(other)
    bad = (({"wait": 1}, "fixed from the start of a run"), ({"rate": 99}, "from 0 to 10"), ({"x": 1}, "'x'"))
    for settings, sentence in bad:
        with pytest.raises(PlaygroundError, match=sentence):
            run_control.fork_run(run, first, settings, MINE)
    assert "not kept" in run_control.steer_run({"do": "fork", "run": run, "step": "x", "owner": MINE})["error"]


def test_a_run_that_finds_no_room_says_so(coin_runs: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(LARGEST_FILE, str(64 << 10))
    run = run_control.start_run("coin", "coins", {"steps": 5}, owner=MINE)
    poll_until(have_ended(run))
    assert state(run).status == store.DONE
    run = run_control.start_run("coin", "coins", {"steps": 5, "heavy": 100_000}, owner=MINE)
    poll_until(have_ended(run))
    assert state(run).status == store.FAILED
    assert state(run).explained.startswith(f"The disk of {store.runs_dir()} is full: delete runs")


def test_the_state_of_a_failed_run_is_written_without_any_room(
    coin_runs: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = store.run_dir(run_control.start_run("coin", "coins", {}, owner=MINE))

    def full(path: Path, content: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(json_files, "replace_file", full)
    now = store.state_of(folder)
    with pytest.raises(OSError, match="No space"):
        store.write_state(folder, dataclasses.replace(now, status=store.RUNNING))
    store.write_state(folder, dataclasses.replace(now, status=store.FAILED, explained="No room."))
    assert (store.state_of(folder).status, store.state_of(folder).explained) == (store.FAILED, "No room.")
    with pytest.raises(PlaygroundError, match=f"disk of {store.runs_dir()} is full"):
        run_control.store.rename_run(folder.name, "Mine", MINE)


def test_a_run_whose_disk_turns_read_only_says_so_and_goes_on_once_it_can_be_written(
    coin_runs: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = store.run_dir(run_control.start_run("coin", "coins", {"steps": 5}, owner=MINE))
    started: list[Path] = []
    monkeypatch.setattr(scheduler, "start_worker", started.append)

    def read_only(path: Path, content: bytes) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    with monkeypatch.context() as disk:
        disk.setattr(json_files, "replace_file", read_only)
        disk.setattr(os, "access", lambda path, mode: False)
        Worker(folder).run()  # it ends, and can write nothing
        said = store.state_of(folder)
        assert said.status == store.FAILED
        assert said.explained.startswith(f"The disk of {store.runs_dir()} is read-only: this run goes on")
        scheduler._poll_runs()
        assert started == [], "no worker can go on there"
    scheduler._poll_runs()
    assert started == [folder] and store.state_of(folder).status != store.FAILED


def test_a_command_that_finds_no_room_leaves_no_half_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "commands.jsonl"
    json_files.append_line(path, {"do": "play"})
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, line: write(file, line[:5]))
    with pytest.raises(OSError, match="No space"):
        json_files.append_line(path, {"do": "pause"})
    monkeypatch.undo()
    json_files.append_line(path, {"do": "stop"})
    assert [line["do"] for line in json_files.read_lines(path)[0]] == ["play", "stop"]
