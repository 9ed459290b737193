"""Chooses device, number format and threads, here alone. It reads PLAYGROUND_DEVICE and PLAYGROUND_DTYPE.

Two busy-waiting OpenMP threads beside another busy process fall to a few percent of their speed: prepare_environment()
makes them wait passively, and must be called before torch is imported.
"""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass

from playground.core.errors import PlaygroundError

DEVICES = ("auto", "cpu", "cuda", "mps")
DTYPES = ("auto", "float32", "bfloat16", "float16")
_ENVIRONMENT = {
    "OMP_WAIT_POLICY": "PASSIVE",
    "GOMP_SPINCOUNT": "0",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TOKENIZERS_PARALLELISM": "false",
}


@dataclass(frozen=True)
class Hardware:
    """What there is to compute on. device: cpu, cuda or mps; dtype: of the open decoder; memory: in bytes."""

    device: str
    device_name: str
    dtype: str
    cores: int
    threads: int
    memory_bytes: int
    available_memory_bytes: int

    def sentence(self) -> str:
        """One plain line for the page."""
        where = "no accelerator found" if self.device == "cpu" else f"with {self.device_name}"
        cores = f"{self.cores} processor core{'s' if self.cores != 1 else ''}"
        return (
            f"{cores} ({self.threads} used), {self.memory_bytes / 2**30:.0f} GiB of memory, {where}; "
            f"the open decoder computes in {self.dtype} on {self.device}."
        )


def prepare_environment() -> None:
    """Sets what libraries read when they are imported, unless it is set already. Imports none of them."""
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)


def cores() -> int:
    """Processor cores that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return max(1, len(affinity(0)) if affinity else os.cpu_count() or 1)


def threads() -> int:
    """Threads for one decoder: OMP_NUM_THREADS, else all cores; at most 4, for a token at a time is bound by memory."""
    asked = os.environ.get("OMP_NUM_THREADS", "")
    return min(4, cores(), int(asked) if asked.isdigit() and int(asked) else cores())


def detect() -> Hardware:
    """What this machine has, and what was asked for.

    Raises PlaygroundError if PLAYGROUND_DEVICE or PLAYGROUND_DTYPE asks for what is not there.
    """
    import psutil

    device, name = _device(_choice_from_environment("PLAYGROUND_DEVICE", DEVICES, "--device"))
    dtype = _choice_from_environment("PLAYGROUND_DTYPE", DTYPES, "--dtype")
    memory = psutil.virtual_memory()
    return Hardware(
        device=device,
        device_name=name,
        dtype=("float16" if device == "mps" else "bfloat16") if dtype == "auto" else dtype,
        cores=cores(),
        threads=threads(),
        memory_bytes=int(memory.total),
        available_memory_bytes=int(memory.available),
    )


def _choice_from_environment(variable: str, allowed: tuple[str, ...], flag: str) -> str:
    value = os.environ.get(variable, "auto").strip().lower() or "auto"
    if value not in allowed:
        raise PlaygroundError(f"{flag} {value[:40]!r} is not known: choose one of {', '.join(allowed)}.")
    return value


def _device(asked: str) -> tuple[str, str]:
    if asked == "cpu" or (asked == "auto" and not _may_have_accelerator()):
        return "cpu", platform.processor() or "CPU"
    import torch

    if asked in ("auto", "cuda") and torch.cuda.is_available():
        return "cuda", str(torch.cuda.get_device_name())
    if asked in ("auto", "mps") and torch.backends.mps.is_available():
        return "mps", "Apple GPU"
    if asked == "auto":
        return "cpu", platform.processor() or "CPU"
    raise PlaygroundError(f"--device {asked}: torch finds no such device on this machine. Use --device auto or cpu.")


def _may_have_accelerator() -> bool:
    """Whether a driver's device file or an Apple chip makes asking torch worth the seconds that its import takes."""
    if platform.system() == "Linux":
        return any(os.path.exists(path) for path in ("/dev/nvidiactl", "/dev/dxg", "/dev/kfd"))
    return True


def computes_bfloat16() -> bool:
    """Whether the processor multiplies bfloat16 itself: without that, torch's bfloat16 trains slower than float32.

    Known on Linux only; elsewhere False.
    """
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            flags = next((line for line in file if line.startswith(("flags", "Features"))), "")
    except OSError:
        return False
    return bool({"avx512_bf16", "amx_bf16", "bf16"} & set(flags.split()))
