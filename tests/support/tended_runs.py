"""Runs of the small course: started by the test's own worker, tended by the test itself."""

from __future__ import annotations

import csv
import os
import signal
import time
from collections.abc import Callable
from typing import Any

from playground.runs import scheduler, store

COIN = {"coin": {"coins": "coin_course"}}
WORK = (
    "import sys; sys.path[:0] = ['tests/support', '.']\n"
    "from playground.runs import energy_meter, trainer_registry, worker\n"
    "import coin_course; energy_meter.open_meter = coin_course.Clock\n"
    f"trainer_registry._MODULES.update({COIN!r})\n"
    "worker.CHECKPOINT_SECONDS = 0.3\n"
    "sys.exit(worker.main(sys.argv[1:]))\n"
)
MINE, YOURS = "a" * 32, "b" * 32


def until(true: Callable[[], Any], seconds: float = 60) -> None:
    """Tends the runs until something is true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came"
        scheduler.tend()
        time.sleep(0.05)


def state(run: str) -> store.State:
    return store.state_of(store.folder_of(run))


def ended(*runs: str) -> Callable[[], bool]:
    return lambda: all(state(run).status in store.ENDED for run in runs)


def numbers(run: str) -> list[tuple[str, ...]]:
    """The curve without the seconds."""
    with (store.folder_of(run) / "curve.csv").open() as file:
        return [(row["step"], row["seen"], row["weight"], row["rate"]) for row in csv.DictReader(file)]


def bare(steps: int, seed: int) -> list[tuple[str, ...]]:
    """What numbers() are to be, by the course alone."""
    from coin_course import Coins, read

    course = Coins(read("coins", {"steps": steps}), seed)
    return [(str(step), str(2 * step), *map(repr, course.advance().values())) for step in range(1, steps + 1)]


def kill_worker(run: str, how: signal.Signals = signal.SIGKILL) -> None:
    process = scheduler._processes[run]
    os.kill(process.pid, how)
    process.wait()
