"""Runs: a worker's files, kills, the queue, the disk quota, and visitors' rights."""

from __future__ import annotations

import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from coin_runs import MINE, YOURS, direct_numbers, have_ended, kill_worker, numbers, poll_until, state

from playground.core.errors import PlaygroundError
from playground.experiments import run_control, run_history, run_status
from playground.runs import disk_quota, json_files, metrics_csv, scheduler, snapshots, store


def test_a_run_goes_to_its_end_and_its_numbers_are_those_of_the_bare_loop(coin_runs: None) -> None:
    run = run_control.start_run("coin", "coins", {"steps": 300}, seed=5, owner=MINE)
    poll_until(have_ended(run))
    assert state(run).status == store.DONE and state(run).step == 300 and state(run).seen == 600
    assert numbers(run) == direct_numbers(300, seed=5)
    measured = state(run).measured_kwh
    assert measured is not None and 0 < measured * 3600 < 60, "it trained alone: the clock's kilowatt-hours are its own"
    answer = run_status.poll_run({"run": run})
    assert answer["frame"]["words"] == "step 300" and answer["frame"]["odd"] is None and answer["kept"][-1] == 300
    assert [row[0] for row in answer["rows"]] == list(range(1, 301))
    assert not run_status.poll_run({"run": run, "since": answer["since"]})["rows"]


def test_a_killed_worker_is_resumed_and_writes_the_same_curve(coin_runs: None) -> None:
    settings = {"steps": 400, "wait": 0.005}
    whole, killed = (run_control.start_run("coin", "coins", settings, seed=1, owner=MINE) for _ in range(2))
    poll_until(lambda: state(killed).step > 120)
    run_control.send_command(killed, "change", {"rate": 0.5}, owner=MINE)
    poll_until(lambda: (store.run_dir(killed) / "events.jsonl").exists())
    at = json_files.read_lines(store.run_dir(killed) / "events.jsonl")[0][0]["step"]
    kill_worker(killed)
    # As if it had been killed before its state was written, which says that it heard the change.
    store.write_state(store.run_dir(killed), replace(state(killed), heard=0))
    poll_until(have_ended(whole, killed))
    assert state(killed).edition == 2 and state(killed).status == store.DONE
    mine, other = numbers(killed), numbers(whole)
    assert len(mine) == 400 and mine[:at] == other[:at]
    assert {row[3] for row in mine[at:]} == {"0.5"}, "the change that was noted is made again at its step"
    assert state(whole).measured_kwh is None, "two trained at once: whose energy it was nobody knows"


def test_a_run_that_ends_while_the_runs_are_looked_through_does_not_start_again(
    coin_runs: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = run_control.start_run("coin", "coins", {"steps": 3}, seed=1, owner=MINE)
    poll_until(have_ended(run))
    ended = state(run)
    read = iter([replace(ended, status=store.RUNNING)])  # before the worker wrote its last state and ended
    monkeypatch.setattr(store, "state_of", lambda _folder: next(read, ended))
    started: list[Path] = []
    monkeypatch.setattr(scheduler, "start_worker", started.append)
    scheduler.poll()
    assert not started and next(read, None) is None


def test_a_fork_repeats_its_parent_to_the_last_digit_and_a_changed_one_does_not(coin_runs: None) -> None:
    run = run_control.start_run("coin", "coins", {"steps": 2500}, seed=3, owner=MINE)
    poll_until(have_ended(run))
    step = next(step for step in snapshots.snapshot_steps(store.run_dir(run)) if 0 < step < 2500)
    same = run_control.fork_run(run, step, {}, YOURS)
    other = run_control.fork_run(run, step, {"rate": 0.7, "steps": 2600}, MINE)
    poll_until(have_ended(same, other))
    assert numbers(same) == numbers(run) and store.spec_of(same).parent == run
    assert numbers(other)[:step] == numbers(run)[:step] and len(numbers(other)) > step
    assert {row[3] for row in numbers(other)[step:]} == {"0.7"}
    (answer,) = [one for one in run_history.runs_of_owner(MINE) if one["run"] == other]
    assert "rate 0.7" in answer["changed"] and f"step {step:,}" in answer["changed"]
    with pytest.raises(PlaygroundError, match="not kept"):
        run_control.fork_run(run, 1, {}, MINE)


def test_a_run_pauses_steps_and_stops(coin_runs: None) -> None:
    run = run_control.start_run("coin", "coins", {"steps": 100_000, "wait": 0.002}, owner=MINE)
    poll_until(lambda: state(run).step > 20)
    run_control.send_command(run, "pause", owner=MINE)
    poll_until(lambda: state(run).status == store.PAUSED)
    before = state(run).step
    run_control.send_command(run, "step", owner=MINE)
    poll_until(lambda: state(run).step == before + 1)
    with pytest.raises(PlaygroundError, match="fixed"):
        run_control.send_command(run, "change", {"wait": 3}, owner=MINE)
    refused = {"run": run, "do": "change", "settings": {"rate": 99}, "owner": MINE}
    answer = run_control.steer_run(refused)
    assert answer["kept"] == {"rate": 0.1} and "Still in force: rate 0.1" in answer["error"]
    assert "kept" not in run_control.steer_run(refused | {"owner": YOURS}), "it may be meant for a fork"
    json_files.append_line(store.run_dir(run) / "commands.jsonl", {"do": "change", "settings": {"wait": 3}})
    poll_until(lambda: "Only the rate" in state(run).explained)
    assert run_status.current_setting(run, "wait") == 0.002, "refused: not in force"
    run_control.send_command(run, "play", owner=MINE)
    poll_until(lambda: state(run).step > before + 5)
    run_control.send_command(run, "stop", owner=MINE)
    poll_until(have_ended(run))
    assert state(run).status == store.STOPPED
    with pytest.raises(PlaygroundError, match="has ended"):
        run_control.send_command(run, "play", owner=MINE)


def test_a_run_that_rests_is_ended_where_it_was_left(coin_runs: None) -> None:
    run = run_control.start_run("coin", "coins", {"steps": 100_000, "wait": 0.002}, seed=4, owner=MINE)
    poll_until(lambda: state(run).step > 20)
    run_control.send_command(run, "pause", owner=MINE)
    poll_until(lambda: state(run).status == store.PAUSED)
    kill_worker(run, signal.SIGTERM)  # as a paused run does by itself when nobody comes
    step = state(run).step
    run_control.send_command(run, "stop", owner=MINE)
    assert state(run).status == store.STOPPED and snapshots.snapshot_steps(store.run_dir(run))[-1] == step
    fork = run_control.fork_run(run, step, {"steps": step + 20}, MINE)
    poll_until(have_ended(fork))
    assert numbers(fork) == direct_numbers(step + 20, seed=4)


def test_the_last_step_has_its_line_wherever_it_falls(coin_runs: None) -> None:
    run = run_control.start_run("coin", "coins", {"steps": 2001}, owner=MINE)
    poll_until(have_ended(run))
    assert [row[0] for row in run_status.poll_run({"run": run})["rows"]][-2:] == [2000, 2001]


def test_what_a_visitor_brought_is_not_handed_on(coin_runs: None) -> None:
    run = run_control.start_run("coin", "coins", {"steps": 60}, owner=MINE, files={"own-text": b"mine"})
    poll_until(have_ended(run))
    with pytest.raises(PlaygroundError, match="only they can fork it"):
        run_control.fork_run(run, 0, {}, YOURS)
    assert run_control.fork_run(run, 0, {}, MINE) != run
    assert run_status.poll_run({"run": run})["private"]
    assert (
        run_status.poll_run({"run": run, "owner": MINE})["mine"]
        and not run_status.poll_run({"run": run, "owner": YOURS})["mine"]
    )


def test_a_run_drawn_beside_another_does_not_count_as_watched(coin_runs: None) -> None:
    run = run_control.start_run("coin", "coins", {"steps": 5}, owner=MINE)
    poll_until(have_ended(run))
    watched = store.run_dir(run) / "watched"
    watched.unlink(missing_ok=True)
    run_status.poll_run({"run": run, "aside": True})
    assert not watched.exists()
    run_status.poll_run({"run": run})
    assert watched.exists()


def test_what_is_changed_at_the_very_step_of_a_fork_counts_for_the_fork(coin_runs: None) -> None:
    run = run_control.start_run("coin", "coins", {"steps": 100_000, "wait": 0.002}, seed=2, owner=MINE)
    poll_until(lambda: state(run).step > 20)
    run_control.send_command(run, "pause", owner=MINE)
    poll_until(lambda: state(run).status == store.PAUSED)
    run_control.send_command(run, "change", {"rate": 0.5}, owner=MINE)
    run_control.send_command(run, "stop", owner=MINE)
    poll_until(have_ended(run))
    step = snapshots.snapshot_steps(store.run_dir(run))[-1]
    fork = run_control.fork_run(run, step, {"rate": 0.9, "steps": step + 30}, MINE)
    poll_until(have_ended(fork))
    assert {row[3] for row in numbers(fork)[step:]} == {"0.9"}
    with pytest.raises(PlaygroundError, match="last"):
        run_control.fork_run(run, step, {"steps": step}, MINE)


def test_a_finished_run_is_forked_from_its_last_step_for_as_long_again(coin_runs: None) -> None:
    run = run_control.start_run("coin", "coins", {"steps": 40}, seed=2, owner=MINE)
    poll_until(have_ended(run))
    fork = run_control.fork_run(run, 40, {}, MINE)
    poll_until(have_ended(fork))
    assert store.spec_of(fork).settings["steps"] == 80 and numbers(fork) == direct_numbers(80, seed=2)


def test_a_run_whose_process_keeps_ending_fails(coin_runs: None, monkeypatch: pytest.MonkeyPatch) -> None:
    tries = []
    monkeypatch.setattr(scheduler, "start_worker", tries.append)
    run = run_control.start_run("coin", "coins", {}, owner=MINE)
    for _ in range(5):
        scheduler.poll()
    assert len(tries) == 3 and state(run).status == store.FAILED and "three times" in state(run).explained


@pytest.mark.parametrize(("trained", "starts"), [(5.0, 3), (30.0, 6)])
def test_a_run_that_is_killed_again_and_again_fails_unless_it_trains_on(
    coin_runs: None, monkeypatch: pytest.MonkeyPatch, trained: float, starts: int
) -> None:
    tries: list[Path] = []
    monkeypatch.setattr(scheduler, "start_worker", tries.append)
    run = run_control.start_run("coin", "coins", {}, owner=MINE)
    folder = store.run_dir(run)
    for count in range(6):
        scheduler.poll()
        if state(run).status != store.FAILED:  # killed after a new checkpoint
            (folder / "latest.pt").write_bytes(bytes(count))
            seconds = trained * (count + 1 if trained > 20 else 1)
            store.write_state(folder, replace(state(run), status=store.RUNNING, seconds=seconds))
    assert len(tries) == starts and (state(run).status == store.FAILED) == (starts == 3)


def test_seconds_of_a_curve_are_processor_time_so_waiting_for_a_core_does_not_count(coin_runs: None) -> None:
    run = run_control.start_run("coin", "coins", {"steps": 12, "wait": 0.1}, owner=MINE)
    poll_until(have_ended(run))
    last = run_status.poll_run({"run": run})["rows"][-1]
    assert state(run).seconds > 1.2, "by the clock, with its waits"
    assert 0 <= last[1] < 0.5 * state(run).seconds and last[1] <= state(run).cpu_seconds


def test_a_step_that_was_taken_apart_has_its_row_wherever_it_falls(coin_runs: None) -> None:
    run = run_control.start_run("coin", "coins", {"steps": 100_000, "wait": 0.0001}, owner=MINE)
    poll_until(lambda: state(run).step > 4000)
    run_control.send_command(run, "pause", owner=MINE)
    poll_until(lambda: state(run).status == store.PAUSED)
    before = state(run).step
    for command in ("part", "part", "step", "part", "part"):
        run_control.send_command(run, command, owner=MINE)
    poll_until(lambda: state(run).step == before + 3)
    rows = [row[0] for row in metrics_csv.read_rows(store.run_dir(run) / "curve.csv", ("weight", "rate"))[0]]
    assert rows[-3:] == [before + 1, before + 2, before + 3]


def test_a_full_house_takes_no_further_run(coin_runs: None, monkeypatch: pytest.MonkeyPatch) -> None:
    run = run_control.start_run("coin", "coins", {"steps": 3}, owner=MINE)
    poll_until(have_ended(run))
    latest, last = store.run_dir(run) / "latest.pt", snapshots.snapshot_path(store.run_dir(run), 3)
    assert latest.samefile(last) and disk_quota.disk_usage(store.run_dir(run)) < 2 * last.stat().st_size + 20_000
    store.rename_run(run, "kept for good", MINE)
    monkeypatch.setenv("PLAYGROUND_RUNS_BYTES", "1000")
    step = snapshots.snapshot_steps(store.run_dir(run))[0]
    for begin in (
        lambda: run_control.start_run("coin", "coins", {}, owner=MINE),
        lambda: run_control.fork_run(run, step, {}, MINE),
    ):
        with pytest.raises(PlaygroundError, match="all their room"):
            begin()


def test_a_number_that_is_none_stops_the_run_and_leaves_the_last_good_checkpoint(coin_runs: None) -> None:
    run = run_control.start_run("coin", "coins", {"steps": 200, "breaks": 150}, owner=MINE)
    poll_until(have_ended(run))
    assert state(run).status == store.FAILED and "step 150" in state(run).explained
    assert max(snapshots.snapshot_steps(store.run_dir(run))) < 150
    assert run_status.poll_run({"run": run})["rows"][-1][3] is None


def test_without_a_free_slot_the_next_run_is_queued_with_its_place(
    coin_runs: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYGROUND_RUNS", "1")
    runs = [run_control.start_run("coin", "coins", {"steps": 100_000, "wait": 0.01}, owner=MINE) for _ in range(3)]
    poll_until(lambda: state(runs[0]).status == store.RUNNING)
    assert [run_status.poll_run({"run": run})["place"] for run in runs] == [0, 1, 2]
    waits = [run_status.poll_run({"run": runs[1], "owner": owner})["waits"] for owner in (MINE, "")]
    assert f"“{store.spec_of(runs[0]).name}”" in waits[0] and "another visitor's run" in waits[1]
    monkeypatch.setattr(run_control, "MOST_WAITING_EACH", 2)
    with pytest.raises(PlaygroundError, match="2 of your runs are waiting"):
        run_control.start_run("coin", "coins", {}, owner=MINE)
    run_control.send_command(runs[0], "stop", owner=MINE)
    poll_until(lambda: state(runs[1]).status == store.RUNNING)
    assert run_status.poll_run({"run": runs[2]})["place"] == 1
    monkeypatch.setattr(run_control, "MOST_WAITING", 1)
    with pytest.raises(PlaygroundError, match="queue is full"):
        run_control.start_run("coin", "coins", {}, owner=MINE)
    step = snapshots.snapshot_steps(store.run_dir(runs[0]))[0]
    assert (
        "queue is full" in run_control.steer_run({"run": runs[0], "do": "fork", "step": step, "owner": MINE})["error"]
    )


def test_a_visitor_cannot_steer_rename_or_delete_what_is_anothers(coin_runs: None) -> None:
    run = run_control.start_run("coin", "coins", {}, owner=MINE)
    for act in (
        lambda: run_control.send_command(run, "stop", owner=YOURS),
        lambda: store.rename_run(run, "mine now", YOURS),
        lambda: run_control.delete_run(run, YOURS),
        lambda: run_control.send_command(run, "stop", owner=""),
    ):
        with pytest.raises(PlaygroundError, match="somebody else's"):
            act()
    assert [one["run"] for one in run_history.runs_of_owner(MINE)] == [run] and run_history.runs_of_owner(YOURS) == []


def test_the_oldest_unnamed_run_is_deleted_to_free_space_and_its_owner_sees_its_name(
    coin_runs: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = [run_control.start_run("coin", "coins", {"steps": 3, "heavy": 50_000}, owner=MINE) for _ in range(3)]
    poll_until(have_ended(*runs))
    store.rename_run(runs[0], "kept for good", MINE)
    monkeypatch.setenv("PLAYGROUND_RUNS_BYTES", str(2 * disk_quota.disk_usage(store.run_dir(runs[0])) + 5000))
    name = store.spec_of(runs[1]).name
    disk_quota.free_disk_space()
    assert [one["run"] for one in run_history.runs_of_owner(MINE)] == [runs[2], runs[0]]
    assert disk_quota.dropped_names(MINE) == [name] and disk_quota.dropped_names(YOURS) == []


@pytest.mark.parametrize("name", ["", " ", "x" * 41, "a\x00b"])
def test_a_bad_name_explains_itself(coin_runs: None, name: str) -> None:
    run = run_control.start_run("coin", "coins", {}, owner=MINE)
    with pytest.raises(PlaygroundError, match="A name has"):
        store.rename_run(run, name, MINE)


@pytest.mark.parametrize("run", ["", "../../etc", "f" * 32, None, 7])
def test_a_run_that_is_not_there_explains_itself(coin_runs: None, run: Any) -> None:
    assert "This run is gone" in run_status.poll_run({"run": run})["error"]
    assert "error" in run_status.poll_run(run)


@pytest.mark.parametrize(
    ("family", "dataset", "settings", "sentence"),
    [
        ("tree", "coins", {}, "no family"),
        ("coin", "sand", {}, "no data “sand” for coin"),
        ("coin", "coins", {"wings": 2}, "no setting 'wings'"),
        ("coin", "coins", [1], "names with values"),
    ],
)
def test_what_cannot_be_started_explains_itself(
    coin_runs: None, family: str, dataset: str, settings: Any, sentence: str
) -> None:
    with pytest.raises(PlaygroundError, match=sentence):
        run_control.start_run(family, dataset, settings, owner=MINE)


def test_a_curve_has_every_early_step_and_some_thousand_of_each_doubling() -> None:
    lines = [step for step in range(1, 64_001) if metrics_csv.is_logged(step)]
    assert lines[:1999] == list(range(1, 2000))
    assert all(900 < sum(low < step <= 2 * low for step in lines) < 1100 for low in (2000, 4000, 16_000, 32_000))


def test_kept_checkpoints_stay_few_and_even(tmp_path: Path) -> None:
    keeper = snapshots.Snapshots(tmp_path, 5000)
    for step in range(5001):
        if keeper.is_due(step):
            keeper.take(step, {"step": step}, {"step": step})
    steps = snapshots.snapshot_steps(tmp_path)
    gaps = {later - earlier for earlier, later in zip(steps, steps[1:], strict=False)}
    assert snapshots.MOST_SNAPSHOTS // 2 <= len(steps) <= snapshots.MOST_SNAPSHOTS and len(gaps) == 1 and steps[0] == 0
    assert snapshots.Snapshots(tmp_path, 5000).stride == keeper.stride, "taken up, it goes on with the same stride"
