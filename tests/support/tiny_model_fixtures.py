"""The labs on tiny models: folders in the Hub's part of a test's own models folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_models import tiny_gpt2, tiny_llama

from playground.core.files import sha256_of
from playground.zoo import fetch, model_files

LLAMA = "tests/tiny-llama"
GPT2 = "tests/tiny-gpt2"
#: Tests in these folders compute in float32 on the CPU, whatever the machine has.
CAPABILITIES = ("language", "images", "latent", "bias", "metrics", "experiments")


@pytest.fixture(scope="session")
def tiny_folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    base = tmp_path_factory.mktemp("tiny")
    return {LLAMA: tiny_llama(base / "llama"), GPT2: tiny_gpt2(base / "gpt2")}


@pytest.fixture(autouse=True)
def float32(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.path.parts[-2] not in CAPABILITIES:
        return
    monkeypatch.setenv("PLAYGROUND_DTYPE", "float32")
    monkeypatch.setenv("PLAYGROUND_DEVICE", "cpu")


@pytest.fixture
def llama(models_dir: Path, tiny_folders: dict[str, Path]) -> str:
    return installed(LLAMA, tiny_folders[LLAMA])


@pytest.fixture
def gpt2(models_dir: Path, tiny_folders: dict[str, Path]) -> str:
    return installed(GPT2, tiny_folders[GPT2])


def installed(name: str, folder: Path) -> str:
    """The model's name, with its folder where the zoo looks for it."""
    import shutil

    target = fetch.hub_folder(name)
    shutil.copytree(folder, target)
    sha256 = sha256_of(target / model_files.WEIGHTS)
    model_files.write_record(target, model_files.MODEL_RECORD, {"name": name, "sha256": sha256})
    return name
