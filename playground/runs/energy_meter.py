"""The energy of a run from the processor's own counter (RAPL), where readable, by codecarbon's offline tracker.

The counter covers the whole processor, so it is a run's energy only while no other run trains. Without a counter,
codecarbon estimates from the processor's model, which is not used here. Memory is left out: codecarbon only estimates
it. Estimates and CO2 are in metrics/energy.py.
"""

from __future__ import annotations

import glob
import os
import time
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError

COUNTERS = "/sys/class/powercap/intel-rapl*/energy_uj"
_BEAT_SECONDS = 5


def can_measure() -> bool:
    """Whether codecarbon is installed and the processor's energy counter can be read."""
    return find_spec("codecarbon") is not None and any(os.access(path, os.R_OK) for path in glob.glob(COUNTERS))


class Meter(Protocol):
    """Counts energy from its creation."""

    def kwh(self) -> float:
        """Kilowatt-hours so far."""

    def stop(self) -> None:
        """Stop counting."""


class RaplMeter:
    """RAPL, read by codecarbon (tested with 3.3.2), which calls out() and its siblings as an output handler's."""

    def __init__(self) -> None:
        """Start counting. Raises PlaygroundError if there is no counter to read."""
        if not can_measure():
            raise PlaygroundError(say("train.worker.no_meter"))
        self._last = 0.0
        self._tracker: Any = import_module("codecarbon").OfflineEmissionsTracker(
            country_iso_code="FRA", measure_power_secs=_BEAT_SECONDS, save_to_file=False, log_level="error",
            output_handlers=[self],
        )  # fmt: skip
        self._tracker.start()
        parts = [getattr(part, "_mode", "") for part in getattr(self._tracker, "_hardware", [])]
        if "intel_rapl" not in parts:  # codecarbon would estimate
            self.stop()
            raise PlaygroundError(say("train.worker.no_counter"))

    def kwh(self) -> float:
        """Kilowatt-hours so far, of the processor alone."""
        self._tracker.flush()
        return self._last

    def stop(self) -> None:
        """Stop counting."""
        self._tracker.stop()

    def out(self, total: Any, delta: Any) -> None:
        """Take the total so far from codecarbon."""
        self._last = float(total.cpu_energy)

    def live_out(self, total: Any, delta: Any) -> None:
        """Codecarbon's interim report: unused."""

    def task_out(self, data: Any, experiment_name: str, output_dir: str = "") -> None:
        """Codecarbon's report of a task: unused."""

    def exit(self) -> None:
        """Codecarbon's end: nothing to close."""


def open_meter() -> Meter | None:
    """A running meter, or None where energy cannot be measured."""
    try:
        return RaplMeter() if can_measure() else None
    except PlaygroundError:
        return None


class EnergyAccount:
    """A run's measured energy over all its processes; None once any part could not be measured."""

    def __init__(self, folder: Path, before: float | None) -> None:
        """before: kilowatt-hours of earlier processes, 0 for a new run, None if unknown. resume() starts counting."""
        self.folder, self.before = folder, before
        self._meter: Meter | None = None
        self._since = 0.0

    def resume(self) -> None:
        """Start counting: the run trains."""
        if self.before is None or self._meter is not None:
            return
        self._since = time.time()
        self._meter = open_meter()
        if self._meter is None:
            self.before = None

    def pause(self) -> None:
        """Stop counting while the run is paused."""
        self.before = self.kwh()
        if self._meter is not None:
            self._meter.stop()
            self._meter = None

    def kwh(self) -> float | None:
        """Kilowatt-hours so far; None from the moment another run trained at the same time."""
        if self._meter is None or self.before is None:
            return self.before
        if not _ran_alone(self.folder, self._since):
            self._meter.stop()
            self.before = self._meter = None
            return None
        return self.before + self._meter.kwh()


def _ran_alone(folder: Path, since: float) -> bool:
    """Whether no other run's state.json was written since: a worker that trains writes it several times a second."""
    for path in folder.parent.glob("*/state.json"):
        try:
            if path.parent.name != folder.name and path.stat().st_mtime > since:
                return False
        except OSError:
            continue  # deleted at this moment
    return True
