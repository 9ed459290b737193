"""An office whose workers train the small course of coin_course.py."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import coin_course
import pytest
from app_server import ROOT
from tended_runs import COIN, WORK

from playground.runs import scheduler, trainer_registry


@pytest.fixture
def office_of_coins(models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Runs of the small course, in a folder of the test's own; the test itself tends them."""
    monkeypatch.setattr(trainer_registry, "_MODULES", COIN)
    monkeypatch.syspath_prepend(str(Path(coin_course.__file__).parent))
    monkeypatch.setattr(scheduler, "keep_tending", lambda: None)
    started: list[subprocess.Popen[bytes]] = []

    def start(folder: Path) -> None:
        with (folder / "log.txt").open("ab") as log:
            process = subprocess.Popen([sys.executable, "-c", WORK, str(folder)], cwd=ROOT, stdout=log, stderr=log)
        started.append(process)
        scheduler._processes[folder.name] = process

    monkeypatch.setattr(scheduler, "start", start)
    yield
    for process in started:
        process.kill()
        process.wait()
    scheduler._processes.clear()
    scheduler._tries.clear()
