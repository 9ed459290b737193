"""How long a run's steps took: by the clock, and in processor time, which runs that share the cores do not stretch."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any


class StepClock:
    """Counts the steps of one run. seconds: by the clock.  cpu_seconds: of this process, all its threads together."""

    def __init__(self, stored: Mapping[str, Any] | None = None) -> None:
        """Continue from a checkpoint. One of before 2026-11-29 counted the clock's seconds alone."""
        self.seconds = float(stored["seconds"]) if stored is not None else 0.0
        self.cpu_seconds = float(stored.get("step_cpu_seconds", self.seconds)) if stored is not None else 0.0

    def count(self, work: Callable[[], dict[str, float]]) -> dict[str, float]:
        """Do a step, or a part of one, and count its time. Returns its numbers."""
        start, cpu_start = time.perf_counter(), time.process_time()
        numbers = work()
        self.seconds += time.perf_counter() - start
        self.cpu_seconds += time.process_time() - cpu_start
        return numbers

    def as_checkpoint(self) -> dict[str, float]:
        """What the next process continues from."""
        return {"seconds": self.seconds, "step_cpu_seconds": self.cpu_seconds}
