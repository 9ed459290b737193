"""What several tests share: a place for fake models, and the real default model, prepared once a session."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from app_server import ROOT, free_port

from playground.core import hardware

pytest_plugins = ["browser_fixtures", "tiny_model_fixtures"]

hardware.prepare_environment()  # before torch: two tests at a time would otherwise starve each other's threads


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Of two at work, one has all tests of a file, and of the browser's all that open the same tabs: see make test."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.split("::")[0]
            tabs = re.search(r'^TABS = (".*")', (ROOT / file).read_text("utf-8"), re.MULTILINE)
            return tabs[0] if tabs else file

    return ByFile(config, log)


@pytest.fixture
def models_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty models folder of the test's own; nothing that is loaded from it stays in memory."""
    folder = tmp_path / "models"
    monkeypatch.setenv("PLAYGROUND_MODELS_DIR", str(folder))
    monkeypatch.delenv("PLAYGROUND_RUNS_DIR", raising=False)
    yield folder
    loader = sys.modules.get("playground.zoo.loader")
    if loader is not None:
        loader.forget()


@pytest.fixture(scope="session")
def default_model() -> Path:
    """The folder of the real default model, in the real models folder: fetched and converted if it is not there yet."""
    from playground.zoo import fetch
    from playground.zoo.cards import DEFAULT_MODEL, models

    return fetch.ensure(models()[DEFAULT_MODEL])


@pytest.fixture(scope="session", autouse=True)
def runs_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Trainings that tests start lie by themselves: no person's own is taken up."""
    os.environ["PLAYGROUND_RUNS_DIR"] = str(tmp_path_factory.mktemp("runs"))
    yield


@pytest.fixture(scope="session")
def apps(default_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """The address of the app with some tabs ("" is all), started once as a person starts it: apps("text,images")."""
    started: dict[str, tuple[str, subprocess.Popen[bytes], Path]] = {}

    def address_of(tabs: str) -> str:
        if tabs not in started:
            log = tmp_path_factory.mktemp("app") / "log.txt"
            started[tabs] = (*_start(tabs, log), log)
        return started[tabs][0]

    yield address_of
    for _, process, _ in started.values():
        process.terminate()
    for _, process, _ in started.values():
        process.wait(timeout=20)
    broken = [log.read_text() for _, _, log in started.values() if "Traceback" in log.read_text()]
    assert not broken, "\n".join(broken)


def _start(tabs: str, log: Path) -> tuple[str, subprocess.Popen[bytes]]:
    port = free_port()
    address = f"http://127.0.0.1:{port}/"
    flags = ["--port", str(port), *(["--tabs", tabs] if tabs else [])]
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "app.py", *flags], cwd=ROOT, stdout=output, stderr=subprocess.STDOUT
        )
    for _ in range(480):
        if process.poll() is not None:
            pytest.fail(f"the app ended: {log.read_text()}")
        try:
            urllib.request.urlopen(address, timeout=2).close()
            break
        except OSError:
            time.sleep(0.25)
    return address, process


@pytest.fixture(scope="session")
def app(apps: Callable[[str], str]) -> str:
    """The address of the app with all its tabs."""
    return apps("")
