"""Scheduler: starts queued runs when a slot is free, and restarts runs whose worker died.

Workers are processes in their own sessions: they survive the kill of a server, and the next one finds them by their
locks. A server that exits normally terminates them; they write a checkpoint first, and the next server resumes their
runs. All state of visitors is in the runs' folders.
"""

from __future__ import annotations

import atexit
import dataclasses
import os
import subprocess
import sys
import threading
import time
import traceback
from pathlib import Path

from filelock import FileLock, Timeout

from playground.core import hardware
from playground.core.catalogue import say
from playground.core.paths import REPOSITORY
from playground.runs import disk_quota, json_files, presence, store

POLL_SECONDS = 0.4
_LONGEST_POLL_SECONDS = 5.0
#: Families with nets large enough to gain from a second thread.
LARGE_FAMILIES = ("lora",)
#: A run whose process was killed so often, without having trained for PROGRESS_SECONDS meanwhile, has failed. A new
#: checkpoint alone is no progress: a process that is always killed at the same step may write one each time.
_TRIES, PROGRESS_SECONDS = 3, 20.0
_processes: dict[str, subprocess.Popen[bytes]] = {}
_start_lock = threading.Lock()
_thread: list[threading.Thread] = []


def start_polling() -> None:
    """Start polling all runs in a thread until this process ends, once."""
    with _start_lock:
        if not _thread:
            _thread.append(threading.Thread(target=_poll_forever, name="runs", daemon=True))
            _thread[0].start()
            atexit.register(stop_polling)


def stop_polling() -> None:
    """Ends the thread, then the workers of this process: they write a checkpoint, and the next server resumes them.

    The thread ends first: it would start a new worker for a run whose worker has ended.
    """
    with _start_lock:
        threads = [*_thread]
        _thread.clear()
    for thread in threads:
        thread.join(_LONGEST_POLL_SECONDS)
    for process in list(_processes.values()):
        if process.poll() is None:
            process.terminate()


def _poll_forever() -> None:
    said = ""
    while threading.current_thread() in _thread:
        try:
            poll()
        except Exception as error:  # whatever a damaged run raises, the other runs are polled again
            if said != (said := repr(error)):  # a full disk is the same fault each time
                traceback.print_exc()
        time.sleep(POLL_SECONDS)


def poll() -> None:
    """Check all runs once: restart those whose worker died, start queued ones while there are free slots."""
    if not store.runs_dir().exists():
        return
    try:
        with FileLock(store.runs_dir() / "office.lock", timeout=0):  # servers of all versions share this name
            presence.mark_server(store.runs_dir())
            _poll_runs()
    except Timeout:
        return  # another server does it


def _poll_runs() -> None:
    for run in list(_processes):
        _has_process(run)  # reaps those that have ended
    active, waiting = 0, []
    for spec in store.list_specs():
        folder = store.runs_dir() / spec.run
        state = store.state_of(folder)
        if state.status in store.ENDED:
            continue
        if _has_process(spec.run) or store.has_worker(folder):
            active += state.status != store.PAUSED
            continue
        # Its worker may have written another state and ended since: a run that is done must not start again.
        state = store.state_of(folder)
        if state.status == store.RUNNING:
            if _give_up(folder, state):
                continue
            start_worker(folder)
            active += 1
        elif state.status == store.QUEUED:
            waiting.append(folder)
    slots = max(0, max_concurrent() - active)
    if waiting[:slots]:
        disk_quota.free_disk_space()
    for folder in waiting[:slots]:
        if not _give_up(folder, store.state_of(folder)):
            start_worker(folder)


def _has_process(run: str) -> bool:
    """Whether a process that this server started for the run is still alive."""
    process = _processes.get(run)
    if process is not None and process.poll() is not None:
        del _processes[run]
        return False
    return process is not None


def _give_up(folder: Path, state: store.RunState) -> bool:
    """Whether a run's process was killed _TRIES times without progress; then the run is marked FAILED.

    The count is in a file, because a lack of memory may end the server too. A worker that ends in order deletes it.
    """
    path = folder / store.RESTARTS
    known = json_files.read_json(path)
    count, before = int(known.get("count", 0)), float(known.get("seconds", 0.0))
    if state.seconds - before >= PROGRESS_SECONDS:
        count = 0
    before = state.seconds if count == 0 else before
    json_files.write_json(path, {"count": count + 1, "seconds": before})
    if count < _TRIES:
        return False
    store.write_state(folder, dataclasses.replace(state, status=store.FAILED, explained=say("train.worker.killed")))
    return True


def start_worker(folder: Path) -> None:
    """Start a worker process for this run."""
    if store.state_of(folder).status in store.ENDED:
        return  # stopped or deleted in the meantime
    with (folder / "log.txt").open("ab") as log:
        _processes[folder.name] = subprocess.Popen(
            [sys.executable, "-m", "playground.runs.worker", str(folder)],
            cwd=REPOSITORY, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip


def max_concurrent() -> int:
    """How many runs train at once: PLAYGROUND_RUNS, or the number of cores, but at least the three of a race."""
    value = os.environ.get("PLAYGROUND_RUNS", "")
    return max(1, int(value)) if value.isdigit() else max(3, hardware.cores())


def threads_for(family: str) -> int:
    """Threads for a run that starts now: 1, or for a large net an equal share of half the cores.

    Small nets lose by a second thread: on two cores, images and a language model from scratch took 1.1 to 1.9 times as
    long with two threads as with one, and fine-tuning 1.2 times (benchmarks/RESULTS.md).
    """
    if family not in LARGE_FAMILIES:
        return 1
    others = sum(_is_active(store.runs_dir() / spec.run) for spec in store.list_specs())
    return max(1, hardware.cores() // 2 // (1 + others))


def _is_active(folder: Path) -> bool:
    """Whether a run is queued or training, with no stop command waiting."""
    state = store.state_of(folder)
    if state.status not in (store.QUEUED, store.RUNNING):
        return False
    return all(
        command.get("do") != "stop" for command in json_files.read_lines(folder / "commands.jsonl", state.heard)[0]
    )


def queue_position(spec: store.RunSpec) -> int:
    """The position of a queued run, from 1."""
    before = [one for one in store.list_specs() if one.created < spec.created]
    return 1 + sum(store.state_of(store.runs_dir() / one.run).status == store.QUEUED for one in before)
