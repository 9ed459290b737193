"""What several tests share: a place for fake models, and the real default model, prepared once a session."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest


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
