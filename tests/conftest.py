"""What several tests share: a place for fake models, and the real default model, prepared once a session."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from playground.core import hardware

pytest_plugins = ["order_of_tests", "app_fixtures", "browser_fixtures", "tiny_model_fixtures", "tiny_package"]

# Before torch is imported, and for all processes that tests start: two tests run at a time, each on one core.
os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "OPENBLAS_NUM_THREADS"), "1"))
hardware.prepare_environment()


@pytest.fixture
def models_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty models folder of the test's own; nothing that is loaded from it stays in memory."""
    folder = tmp_path / "models"
    monkeypatch.setenv("PLAYGROUND_MODELS_DIR", str(folder))
    monkeypatch.delenv("PLAYGROUND_RUNS_DIR", raising=False)
    yield folder
    text_model = sys.modules.get("playground.engines.text_model")
    if text_model is not None:
        text_model.forget()


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
