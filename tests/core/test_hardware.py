"""The machine's hardware, the choice of device and dtype, and the environment of libraries."""

from __future__ import annotations

import io
import os
import platform
import subprocess
import sys

import pytest
from app_server import ROOT

from playground.core import hardware
from playground.core.errors import PlaygroundError


@pytest.fixture(autouse=True)
def nothing_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PLAYGROUND_DEVICE", raising=False)
    monkeypatch.delenv("PLAYGROUND_DTYPE", raising=False)


def test_the_sentence_names_cores_memory_and_device(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_DEVICE", "cpu")
    hardware_here = hardware.detect()
    assert (hardware_here.device, hardware_here.dtype) == ("cpu", "bfloat16")
    assert 0 < hardware_here.available_memory_bytes <= hardware_here.memory_bytes
    assert 1 <= hardware_here.threads <= hardware_here.cores
    sentence = hardware_here.sentence()
    assert f"{hardware_here.cores} processor core" in sentence and f"({hardware_here.threads} used)" in sentence
    assert f"{hardware_here.memory_bytes / 2**30:.0f} GiB of memory" in sentence
    assert "no accelerator found" in sentence and "bfloat16 on cpu" in sentence


def test_the_kind_of_processor_is_its_widest_known_instructions(monkeypatch: pytest.MonkeyPatch) -> None:
    for flags, kind in (("avx2 avx512f", "avx512f"), ("avx avx2", "avx2"), ("neon", platform.machine())):
        monkeypatch.setattr("builtins.open", lambda *_, flags=flags, **__: io.StringIO(f"flags : {flags}"))
        assert hardware.processor_kind() == kind


def test_one_core_is_singular_and_an_accelerator_is_named() -> None:
    sentence = hardware.Hardware("cuda", "Some GPU", "bfloat16", 1, 1, 8 * 2**30, 2**30).sentence()
    assert sentence.startswith("1 processor core (1 used), 8 GiB of memory, with Some GPU;")


@pytest.mark.parametrize(("name", "value"), [("PLAYGROUND_DEVICE", "tpu"), ("PLAYGROUND_DTYPE", "int3")])
def test_an_unknown_device_or_dtype_explains_itself(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(PlaygroundError, match=f"{value}.*choose from"):
        hardware.detect()


@pytest.mark.parametrize("device", ["cuda", "mps"])
def test_a_missing_device_explains_itself(monkeypatch: pytest.MonkeyPatch, device: str) -> None:
    import torch

    if torch.cuda.is_available() if device == "cuda" else torch.backends.mps.is_available():
        pytest.skip(f"this machine has {device}")
    monkeypatch.setenv("PLAYGROUND_DEVICE", device)
    with pytest.raises(PlaygroundError, match=f"--device {device}: torch finds no such device.*auto or cpu"):
        hardware.detect()


@pytest.mark.parametrize("value", ["", " CPU ", "Auto"])
def test_device_and_dtype_ignore_case_and_blanks(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setattr(hardware, "_may_have_accelerator", lambda: False)
    monkeypatch.setenv("PLAYGROUND_DEVICE", value)
    assert hardware.detect().device == "cpu"


def test_the_dtype_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_DEVICE", "cpu")
    monkeypatch.setenv("PLAYGROUND_DTYPE", "float32")
    assert hardware.detect().dtype == "float32"


def run(code: str, **environment: str) -> list[str]:
    """The words that code prints in a separate process, without this one's environment."""
    without = ("PLAYGROUND_", "MALLOC_", "OMP_", "GOMP_", "GRADIO_", "HF_", "TOKENIZERS_")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(without)}
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env={**clean, **environment}, capture_output=True, text=True, check=True
    )
    return result.stdout.split()


def test_the_environment_is_prepared_without_torch_and_overrides_nothing() -> None:
    code = (
        "import os, sys\nfrom playground.core import hardware\nhardware.prepare_environment()\n"
        "names = ('OMP_WAIT_POLICY', 'GOMP_SPINCOUNT', 'GRADIO_ANALYTICS_ENABLED', 'HF_HUB_DISABLE_TELEMETRY', "
        "'HF_HUB_DISABLE_XET')\n"
        "print(*(os.environ[name] for name in names), 'torch' in sys.modules, 'gradio' in sys.modules)"
    )
    assert run(code) == ["PASSIVE", "0", "False", "1", "1", "False", "False"]
    assert run(code, GOMP_SPINCOUNT="7") == ["PASSIVE", "7", "False", "1", "1", "False", "False"]


@pytest.mark.parametrize("device", ["cpu", "auto"])
def test_the_processor_is_detected_without_torch(device: str) -> None:
    code = (
        "import sys\nfrom playground.core import hardware\nhardware._may_have_accelerator = lambda: False\n"
        "print(hardware.detect().device, 'torch' in sys.modules)"
    )
    assert run(code, PLAYGROUND_DEVICE=device) == ["cpu", "False"]


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc's arenas")
def test_threads_share_two_arenas_of_memory() -> None:
    code = (
        "import ctypes, threading\nfrom playground.core import hardware\nhardware.prepare_environment()\n"
        "def fill():\n"
        "    blocks = [bytearray(60_000) for _ in range(100)]\n"
        "    done.wait()\n"
        "done = threading.Barrier(21)\n"
        "for _ in range(20):\n    threading.Thread(target=fill).start()\n"
        "done.wait()\n"
        "libc = ctypes.CDLL(None)\nlibc.fopen.restype = ctypes.c_void_p\nfile = libc.fopen(b'/dev/stdout', b'w')\n"
        "libc.malloc_info(0, ctypes.c_void_p(file))\nlibc.fflush(ctypes.c_void_p(file))"
    )
    assert sum(word.startswith("nr=") for word in run(code)) <= 2
