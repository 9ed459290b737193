"""What the machine has, what was asked of it, and what libraries read at their import."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from running import ROOT

from playground import hardware
from playground.errors import PlaygroundError


@pytest.fixture(autouse=True)
def nothing_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PLAYGROUND_DEVICE", raising=False)
    monkeypatch.delenv("PLAYGROUND_DTYPE", raising=False)


def test_the_sentence_tells_cores_memory_and_device(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_DEVICE", "cpu")
    found = hardware.find()
    assert (found.device, found.dtype) == ("cpu", "bfloat16")
    assert 0 < found.available_memory_bytes <= found.memory_bytes
    assert 1 <= found.threads <= found.cores
    assert f"{found.cores} processor core" in found.sentence() and "cpu" in found.sentence()


@pytest.mark.parametrize(("name", "value"), [("PLAYGROUND_DEVICE", "tpu"), ("PLAYGROUND_DTYPE", "int3")])
def test_an_unknown_wish_explains_itself(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(PlaygroundError, match=f"{value}.*choose one of"):
        hardware.find()


def test_a_device_that_is_not_there_explains_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    absent = "mps" if not torch.backends.mps.is_available() else "cuda"
    monkeypatch.setenv("PLAYGROUND_DEVICE", absent)
    with pytest.raises(PlaygroundError, match=f"--device {absent}"):
        hardware.find()


def test_an_asked_number_format_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_DTYPE", "float32")
    assert hardware.find().dtype == "float32"


def test_the_environment_is_prepared_without_torch_and_overrides_nothing() -> None:
    code = (
        "import os, sys\nfrom playground import hardware\nhardware.prepare_environment()\n"
        "print(os.environ['OMP_WAIT_POLICY'], os.environ['GOMP_SPINCOUNT'], 'torch' in sys.modules)"
    )
    environment = {**os.environ, "GOMP_SPINCOUNT": "7"}
    environment.pop("OMP_WAIT_POLICY", None)
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == ["PASSIVE", "7", "False"]
