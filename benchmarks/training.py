"""What the worker, and those who watch, cost a training: steps a second, bare, alone, watched once and by eight."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.table import show

if TYPE_CHECKING:
    from playground.runs.store import RunState

SECONDS, REPEATS = 6.0, 3
#: Steps a second of the clock, and of the process's own time, which other work on the machine touches less; and the
#: share of the clock that passed inside the loop's own steps, which a machine that is now faster, now slower, spares.
Speed = tuple[float, float, float]
#: Family, data and settings of what is trained: the fastest steps there are, and pictures.
KINDS: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("gan", "ring", {}),
    ("diffusion", "moons", {}),
    ("vae", "avatars", {}),
    ("gan", "avatars", {}),
)
_BARE = """
import json, sys, time
from pathlib import Path
from playground.core import hardware
hardware.prepare_environment()
import torch
torch.set_num_threads(int(sys.argv[2]))
from playground.training import trainer_registry
family, dataset, settings = json.loads(sys.argv[1])
settings = trainer_registry.read_settings(family, dataset, {**settings, "steps": 1_000_000})
trainer = trainer_registry.open_trainer(family, dataset, settings, 0, Path(sys.argv[3]))
for _ in range(20):
    trainer.advance()
began, step, busy = time.perf_counter(), trainer.step, time.process_time()
while time.perf_counter() - began < float(sys.argv[4]):
    trainer.advance()
print((trainer.step - step) / (time.perf_counter() - began), (trainer.step - step) / (time.process_time() - busy))
"""


def main() -> None:
    """Prints a table a kind."""
    rows = []
    selection = os.environ.get("PLAYGROUND_BENCH_KINDS", "")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PLAYGROUND_MODELS_DIR"], before = folder, os.environ.get("PLAYGROUND_MODELS_DIR")
        try:
            for family, dataset, settings in [
                kind for kind in KINDS if not selection or f"{kind[0]}-{kind[1]}" in selection
            ]:
                rows.append(_row(family, dataset, settings))
        finally:
            if before is None:
                del os.environ["PLAYGROUND_MODELS_DIR"]
            else:
                os.environ["PLAYGROUND_MODELS_DIR"] = before
    protocol = (
        f"Steps a second over {SECONDS:g} s, medians of {REPEATS}, interleaved; in brackets, as shares of the bare "
        "loop: by the clock, by process time, and the share of the clock spent inside the loop's own steps (the rest "
        "is what the worker and its watchers cost). Watched: 20 polls a second each, from another process."
    )
    show("Training", protocol, ["what", "bare loop", "worker alone", "one watches", "eight watch"], rows)


def _row(family: str, dataset: str, settings: dict[str, object]) -> list[str]:
    speeds_by_watchers: dict[int | None, list[Speed]] = {None: [], 0: [], 1: [], 8: []}
    for _ in range(REPEATS):
        speeds_by_watchers[None].append(_measure_loop(family, dataset, settings))
        for watchers in (0, 1, 8):
            speeds_by_watchers[watchers].append(_measure_worker(family, dataset, settings, watchers))
    bare, *others = (tuple(map(statistics.median, zip(*speeds, strict=True))) for speeds in speeds_by_watchers.values())
    cells = [f"{wall:,.1f} ({wall / bare[0]:.0%}; {busy / bare[1]:.0%}; {inside:.1%})" for wall, busy, inside in others]
    return [f"{family}, {dataset}", f"{bare[0]:,.1f}", *cells]


def _measure_loop(family: str, dataset: str, settings: dict[str, object]) -> Speed:
    import json

    from playground.runs import scheduler

    with tempfile.TemporaryDirectory() as folder:
        arguments = json.dumps([family, dataset, settings])
        result = subprocess.run(
            [sys.executable, "-c", _BARE, arguments, str(scheduler.threads_for(family)), folder, str(SECONDS)],
            capture_output=True, text=True, check=True, cwd=Path(__file__).resolve().parents[1],
        )  # fmt: skip
    wall, busy = map(float, result.stdout.split())
    return wall, busy, 1.0


def _read_state(folder: Path) -> tuple[float, RunState]:
    """(time of the run's last state.json, its state)."""
    from playground.runs import store

    while True:
        stamp = (folder / "state.json").stat().st_mtime
        state = store.state_of(folder)
        if (folder / "state.json").stat().st_mtime == stamp:
            return stamp, state


def _measure_worker(family: str, dataset: str, settings: dict[str, object], watchers: int) -> Speed:
    from playground.experiments import run_control, run_status
    from playground.runs import store

    owner = "benchmark-of-training"
    run = run_control.start_run(family, dataset, {**settings, "steps": 1_000_000}, 0, owner)
    over = threading.Event()

    def watch() -> None:
        since, frame = None, -1
        while not over.wait(0.05):
            status = run_status.poll_run({"run": run, "since": since, "frame_since": frame})
            since, frame = status["since"], status["frame_step"]

    folder = store.run_dir(run)
    while store.state_of(folder).step < 20:
        time.sleep(0.05)
    threads = [threading.Thread(target=watch) for _ in range(watchers)]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    began, first = _read_state(folder)
    time.sleep(SECONDS)
    ended, last = _read_state(folder)
    steps, seconds = last.step - first.step, ended - began
    over.set()
    for thread in threads:
        thread.join()
    run_control.delete_run(run, owner)
    inside = (last.seconds - first.seconds) / seconds
    return steps / seconds, steps / (last.cpu_seconds - first.cpu_seconds), inside
