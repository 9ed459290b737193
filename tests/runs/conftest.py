"""An office whose workers train the small course of coin_course.py."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from running import ROOT
from tending import COIN, WORK

from playground.runs import courses, office


@pytest.fixture
def office_of_coins(models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Runs of the small course, in a folder of the test's own; the test itself tends them."""
    monkeypatch.setattr(courses, "_MODULES", COIN)
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    monkeypatch.setattr(office, "keep_tending", lambda: None)
    started: list[subprocess.Popen[bytes]] = []

    def start(folder: Path) -> None:
        with (folder / "log.txt").open("ab") as log:
            process = subprocess.Popen([sys.executable, "-c", WORK, str(folder)], cwd=ROOT, stdout=log, stderr=log)
        started.append(process)
        office._processes[folder.name] = process

    monkeypatch.setattr(office, "start", start)
    yield
    for process in started:
        process.kill()
        process.wait()
    office._processes.clear()
    office._tries.clear()
