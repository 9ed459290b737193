"""What several tests share: a place for fake models, and the real default model, prepared once a session."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from running import ROOT, free_port


@pytest.fixture
def models_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty models folder of the test's own; nothing that is loaded from it stays in memory."""
    folder = tmp_path / "models"
    monkeypatch.setenv("PLAYGROUND_MODELS_DIR", str(folder))
    yield folder
    loader = sys.modules.get("playground.zoo.loader")
    if loader is not None:
        loader.forget()


@pytest.fixture(scope="session")
def default_model() -> Path:
    """The folder of the real default model, in the real models folder: fetched and converted if it is not there yet."""
    from playground.zoo import sources
    from playground.zoo.cards import DEFAULT_MODEL, models

    return sources.ensure(models()[DEFAULT_MODEL])


@pytest.fixture(scope="session")
def app(default_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the app, started as a person starts it."""
    port = free_port()
    log = tmp_path_factory.mktemp("app") / "log.txt"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "app.py", "--port", str(port)], cwd=ROOT, stdout=output, stderr=subprocess.STDOUT
        )
        address = f"http://127.0.0.1:{port}/"
        try:
            for _ in range(240):
                if process.poll() is not None:
                    pytest.fail(f"the app ended: {log.read_text()}")
                try:
                    urllib.request.urlopen(address, timeout=2).close()
                    break
                except OSError:
                    time.sleep(0.25)
            yield address
        finally:
            process.terminate()
            process.wait(timeout=20)
    assert "Traceback" not in log.read_text(), log.read_text()
