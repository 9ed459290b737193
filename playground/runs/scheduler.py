"""Who starts the workers: the next in the queue when there is room, and those whose process was killed.

Workers live in sessions of their own: a server that is killed leaves them at work, and one that starts again finds them
by their locks. One that ends as it should has them put their runs down first. It holds no visitor's state: all of it is
in the runs' folders.
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
from playground.core.paths import REPOSITORY
from playground.runs import store

BEAT = 0.4
#: Families whose nets are large enough to gain by more than one thread.
LARGE = ("lora",)
#: A run whose process ended so often without a checkpoint in between is given up.
_TRIES = 3
_KILLED = (
    "Its process ended three times without a checkpoint in between: is there too little memory? Start one with smaller "
    "settings."
)
_processes: dict[str, subprocess.Popen[bytes]] = {}
_tries: dict[str, tuple[int, int]] = {}
_tending = threading.Lock()
_thread: list[threading.Thread] = []


def keep_tending() -> None:
    """Tend the runs from now on, as long as this process lives. Calling it again changes nothing."""
    with _tending:
        if not _thread:
            _thread.append(threading.Thread(target=_tend_on, name="runs", daemon=True))
            _thread[0].start()
            atexit.register(_put_down)


def _tend_on() -> None:
    while True:
        try:
            tend()
        except Exception:  # whatever one run's folder brings: the others are tended again at the next beat
            traceback.print_exc()
        time.sleep(BEAT)


def _put_down() -> None:
    """At this server's end its workers put their runs down, to be taken up by the next one."""
    for process in list(_processes.values()):
        if process.poll() is None:
            process.terminate()


def tend() -> None:
    """One look at all runs: what was killed is taken up, what waits is started if there is room."""
    if not store.runs_dir().exists():
        return
    try:
        with FileLock(store.runs_dir() / "office.lock", timeout=0):
            (store.runs_dir() / "tended").touch()
            _tend()
    except Timeout:
        return  # another server does it


def _tend() -> None:
    for run in list(_processes):
        _is_starting(run)  # what has ended is reaped
    working, waiting = 0, []
    for spec in store.specs():
        folder = store.runs_dir() / spec.run
        state = store.state_of(folder)
        if state.status in store.ENDED:
            continue
        if _is_starting(spec.run) or store.is_alive(folder):
            working += state.status != store.PAUSED
        elif state.status == store.RUNNING:
            if _gives_up(folder, state):
                continue
            start(folder)
            working += 1
        elif state.status == store.QUEUED:
            waiting.append(folder)
    room = max(0, most_at_once() - working)
    if waiting[:room]:
        store.make_room()
    for folder in waiting[:room]:
        if not _gives_up(folder, store.state_of(folder)):
            start(folder)


def _is_starting(run: str) -> bool:
    """Whether this server started a process for it that has not ended."""
    process = _processes.get(run)
    if process is not None and process.poll() is not None:
        del _processes[run]
        return False
    return process is not None


def _gives_up(folder: Path, state: store.State) -> bool:
    """Whether a run's process ended too often since its last checkpoint; then it is told."""
    latest = folder / "latest.pt"
    stamp = latest.stat().st_mtime_ns if latest.exists() else 0
    tries, last = _tries.get(folder.name, (0, -1))
    _tries[folder.name] = (tries + 1 if stamp == last else 1, stamp)
    if _tries[folder.name][0] <= _TRIES:
        return False
    store.write_state(folder, dataclasses.replace(state, status=store.FAILED, explained=_KILLED))
    return True


def start(folder: Path) -> None:
    """A worker for this run."""
    if store.state_of(folder).status in store.ENDED:
        return  # stopped or deleted meanwhile
    with (folder / "log.txt").open("ab") as log:
        _processes[folder.name] = subprocess.Popen(
            [sys.executable, "-m", "playground.runs.worker", str(folder)],
            cwd=REPOSITORY, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip


def most_at_once() -> int:
    """How many runs train at once: PLAYGROUND_RUNS, or as many as there are cores, three at least, for a race."""
    asked = os.environ.get("PLAYGROUND_RUNS", "")
    return max(1, int(asked)) if asked.isdigit() else max(3, hardware.cores())


def threads_for(family: str) -> int:
    """Threads for a run that is started now: its share of half the cores, if its net is large enough to gain by them.

    The small ones lose: on two cores, pictures and a language model from nothing took 1.1 to 1.9 times as long with two
    threads as with one, and fine-tuning 1.2 times (benchmarks/RESULTS.md).
    """
    if family not in LARGE:
        return 1
    others = sum(_goes_on(store.runs_dir() / spec.run) for spec in store.specs())
    return max(1, hardware.cores() // 2 // (1 + others))


def _goes_on(folder: Path) -> bool:
    """Whether a run waits or trains, and was not told to end."""
    state = store.state_of(folder)
    if state.status not in (store.QUEUED, store.RUNNING):
        return False
    return all(told.get("do") != "stop" for told in store.lines(folder / "commands.jsonl", state.heard)[0])


def place_of(spec: store.Spec) -> int:
    """The place of a waiting run in the queue, from 1."""
    before = [one for one in store.specs() if one.created < spec.created]
    return 1 + sum(store.state_of(store.runs_dir() / one.run).status == store.QUEUED for one in before)
