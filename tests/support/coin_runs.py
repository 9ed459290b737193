"""Runs of the coin trainer: their workers use it too, and the test polls the scheduler itself."""

from __future__ import annotations

import csv
import os
import signal
import time
from collections.abc import Callable
from typing import Any

from playground.runs import scheduler, store

MINE, YOURS = "a" * 32, "b" * 32


def poll_until(true: Callable[[], Any], seconds: float = 60) -> None:
    """Polls the scheduler until something is true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came"
        scheduler.poll()
        time.sleep(0.05)


def state(run: str) -> store.RunState:
    return store.state_of(store.run_dir(run))


def have_ended(*runs: str) -> Callable[[], bool]:
    return lambda: all(state(run).status in store.ENDED for run in runs)


def numbers(run: str) -> list[tuple[str, ...]]:
    """The curve without the seconds."""
    with (store.run_dir(run) / "curve.csv").open() as file:
        return [(row["step"], row["seen"], row["weight"], row["rate"]) for row in csv.DictReader(file)]


def direct_numbers(steps: int, seed: int) -> list[tuple[str, ...]]:
    """What numbers() must be, computed by the trainer without a run."""
    from coin_trainer import CoinTrainer, read_settings

    trainer = CoinTrainer(read_settings("coins", {"steps": steps}), seed)
    return [(str(step), str(2 * step), *map(repr, trainer.advance().values())) for step in range(1, steps + 1)]


def kill_worker(run: str, how: signal.Signals = signal.SIGKILL) -> None:
    process = scheduler._processes[run]
    os.kill(process.pid, how)
    process.wait()
