"""CrowS-Pairs in full on the default model: how long it takes, and how far the two decoders agree."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from benchmarks.table import show
from playground.bias import text_loglikelihood
from playground.bias.benchmark import BenchmarkResult, read_benchmark, run_benchmark
from playground.bias.session_log import share_text
from playground.language.generation import load


@contextmanager
def nothing_kept() -> Iterator[None]:
    """Runs with an empty cache folder, so that every text is read again."""
    folder = Path(tempfile.mkdtemp())
    try:
        with patch.object(text_loglikelihood, "_path", lambda loaded, request: folder / f"{loaded.decoder.name}.npy"):
            yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run(decoder: str) -> tuple[float, float, BenchmarkResult]:
    """(seconds, load of the machine at the end, the result), the model in memory, two pairs read before."""
    load("smollm2-135m-instruct", decoder)
    with nothing_kept():
        for _ in run_benchmark(read_benchmark({"decoder": decoder, "first": 2})):
            pass
    with nothing_kept():
        began = time.perf_counter()
        *_, result = run_benchmark(read_benchmark({"decoder": decoder}))
        return time.perf_counter() - began, os.getloadavg()[0], result


def main() -> None:
    """Prints one table. The open decoder is left out unless PLAYGROUND_BENCH_OPEN is set: it takes many minutes."""
    decoders = ["fast", "open"] if os.environ.get("PLAYGROUND_BENCH_OPEN") else ["fast"]
    rows = []
    for decoder in decoders:
        seconds, busy, result = run(decoder)
        shares = [share_text(one.overall.interval) for one in result.tables.values() if one.overall]
        rows.append([f"{decoder}, {result.precision}", f"{seconds:.0f}", f"{busy:.1f}", *shares])
    show(
        "CrowS-Pairs",
        "All 1,508 pairs once, three rules from one reading, model in memory, empty cache; batches of 512 "
        "tokens. Load: over the last minute, at the end; the run itself accounts for about 2 of it on two cores.",
        ["decoder", "seconds", "load", "sum, % stereotypical", "mean", "shared"],
        rows,
    )
