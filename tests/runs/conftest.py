"""Runs whose workers use the small trainer of coin_trainer.py."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import coin_trainer
import pytest
from coin_workers import WorkerProcess

from playground.runs import scheduler
from playground.training import trainer_registry


@pytest.fixture
def coin_runs(models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Runs of the coin trainer, in a folder of the test's own; the test polls the scheduler itself."""
    monkeypatch.setattr(trainer_registry, "trainers", coin_trainer.trainers)
    monkeypatch.syspath_prepend(str(Path(coin_trainer.__file__).parent))
    monkeypatch.setattr(scheduler, "start_polling", lambda: None)
    monkeypatch.setattr(scheduler, "_processes", {})  # other tests of this process may have workers too
    started: list[WorkerProcess] = []

    def start(folder: Path) -> None:
        started.append(WorkerProcess(folder))
        scheduler._processes[folder.name] = started[-1]  # type: ignore[assignment]

    monkeypatch.setattr(scheduler, "start_worker", start)
    yield
    for process in started:
        process.kill()
        process.wait()
