"""The only place that chooses device, number format and threads. It reads PLAYGROUND_DEVICE and PLAYGROUND_DTYPE.

Two busy-waiting OpenMP threads beside another busy process drop to a few percent of their speed. prepare_environment()
makes them wait passively; call it before importing torch.

glibc gives each thread that allocates its own arena, and freed memory stays with its arena: 40 threads that run models
in turn would each keep what they once needed. prepare_environment() has them share two.
"""

from __future__ import annotations

import ctypes
import os
import platform
from dataclasses import dataclass

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.replaced_modules import pass_on_replaced_modules

DEVICES = ("auto", "cpu", "cuda", "mps")
DTYPES = ("auto", "float32", "bfloat16", "float16")
_ENVIRONMENT = {
    "OMP_WAIT_POLICY": "PASSIVE",
    "GOMP_SPINCOUNT": "0",
    "GRADIO_ANALYTICS_ENABLED": "False",
    # Gradio summarizes the times of its last events after every event: up to 50 ms of processor time each.
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000",
    "GRADIO_ANALYTICS_MAX_EVENTS": "1000",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    # Xet fetches with a client of its own, in threads that no error of ours ends, and keeps what it fetched in a cache
    # of its own: neither its bytes nor its time would be bounded, nor a server that drips. Each file comes by HTTP too.
    "HF_HUB_DISABLE_XET": "1",
    "TOKENIZERS_PARALLELISM": "false",
}
#: M_ARENA_MAX of glibc's malloc.h, and how many arenas all threads share.
_ARENA_MAX, _ARENAS = -8, 2


@dataclass(frozen=True)
class Hardware:
    """The machine. device: cpu, cuda or mps.  dtype: of the open decoder.  threads: of one decoder."""

    device: str
    device_name: str
    dtype: str
    cores: int
    threads: int
    memory_bytes: int
    available_memory_bytes: int

    def sentence(self) -> str:
        """The machine in one sentence, for the page and the terminal."""
        has_accelerator = self.device != "cpu"
        return say(
            "shared.hardware.sentence",
            cores=say("shared.hardware.cores", count=self.cores),
            threads=self.threads,
            gibibytes=self.memory_bytes / 2**30,
            accelerator=say("shared.hardware.accelerator", name=self.device_name)
            if has_accelerator
            else say("shared.hardware.no_accelerator"),
            dtype=self.dtype,
            device=self.device,
        )


def prepare_environment() -> None:
    """Sets the environment variables that libraries read at import, unless already set. Imports none of them.

    Those that replace themselves while they are imported are made safe for threads.
    """
    pass_on_replaced_modules()
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    if platform.libc_ver()[0] == "glibc" and "MALLOC_ARENA_MAX" not in os.environ:
        ctypes.CDLL(None).mallopt(_ARENA_MAX, _ARENAS)


def cores() -> int:
    """How many processor cores this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return max(1, len(affinity(0)) if affinity else os.cpu_count() or 1)


def threads() -> int:
    """Threads for one decoder: OMP_NUM_THREADS or all cores; at most 4, because memory bandwidth limits decoding."""
    limit = os.environ.get("OMP_NUM_THREADS", "")
    return min(4, cores(), int(limit) if limit.isdigit() and int(limit) else cores())


def detect() -> Hardware:
    """This machine, with the device and number format of PLAYGROUND_DEVICE and PLAYGROUND_DTYPE.

    Raises PlaygroundError if either is unknown, or the machine has no such device.
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
        raise PlaygroundError(
            say("shared.hardware.unknown_choice", flag=flag, value=repr(value[:40]), choices=", ".join(allowed))
        )
    return value


def _device(wanted: str) -> tuple[str, str]:
    if wanted == "cpu" or (wanted == "auto" and not _may_have_accelerator()):
        return "cpu", platform.processor() or "CPU"
    import torch

    if wanted in ("auto", "cuda") and torch.cuda.is_available():
        return "cuda", str(torch.cuda.get_device_name())
    if wanted in ("auto", "mps") and torch.backends.mps.is_available():
        return "mps", "Apple GPU"
    if wanted == "auto":
        return "cpu", platform.processor() or "CPU"
    raise PlaygroundError(say("shared.hardware.no_device", device=wanted))


def _may_have_accelerator() -> bool:
    """Whether importing torch (seconds) to look for one is worthwhile: there is a driver's device file, or no Linux."""
    if platform.system() == "Linux":
        return any(os.path.exists(path) for path in ("/dev/nvidiactl", "/dev/dxg", "/dev/kfd"))
    return True


def computes_bfloat16() -> bool:
    """Whether the processor has bfloat16 instructions; without them torch trains slower in bfloat16 than in float32.

    Known on Linux only; False elsewhere.
    """
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            flags = next((line for line in file if line.startswith(("flags", "Features"))), "")
    except OSError:
        return False
    return bool({"avx512_bf16", "amx_bf16", "bf16"} & set(flags.split()))


def processor_kind() -> str:
    """The widest instructions that onnxruntime chooses its int8 kernels by, where that is known: "avx512_vnni", "avx2"…

    All kernels are exact, but they add in different orders: a difference in the seventh digit tips the rounding of
    activations to int8, so that each kind has slightly other probabilities. benchmarks/RESULTS.md has the figures.
    """
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            flags = set(file.read().split())
    except OSError:
        flags = set()
    kinds = ("avx512_vnni", "avx_vnni", "avx512f", "avx2")
    return next((kind for kind in kinds if kind in flags), platform.machine())
