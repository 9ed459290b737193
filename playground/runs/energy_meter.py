"""The energy of a run as the processor counts it, where that can be read: by codecarbon's offline tracker.

The counter is of the whole processor, so it tells a run's energy only while no other run trains. Where there is no
counter codecarbon guesses from the processor's model: that is no measurement, and is not taken for one. Memory is left
out, for codecarbon guesses that always. It knows nothing of assumptions and of CO2.
"""

from __future__ import annotations

import glob
import os
import time
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from playground.core.errors import PlaygroundError

COUNTERS = "/sys/class/powercap/intel-rapl*/energy_uj"
_BEAT_SECONDS = 5


def can_measure() -> bool:
    """Whether codecarbon is installed and the processor's energy counter can be read."""
    return find_spec("codecarbon") is not None and any(os.access(path, os.R_OK) for path in glob.glob(COUNTERS))


class Meter(Protocol):
    """Counts from when it was made."""

    def kwh(self) -> float:
        """So far."""

    def stop(self) -> None:
        """For good."""


class RaplMeter:
    """The processor's own counter, read by codecarbon. Tried with codecarbon 3.3.2."""

    def __init__(self) -> None:
        """Begins. Raises PlaygroundError where nothing can be measured."""
        if not can_measure():
            raise PlaygroundError("Energy cannot be measured here: codecarbon or the processor's counter is missing.")
        self._last = 0.0
        self._tracker: Any = import_module("codecarbon").OfflineEmissionsTracker(
            country_iso_code="FRA", measure_power_secs=_BEAT_SECONDS, save_to_file=False, log_level="error",
            output_handlers=[self],
        )  # fmt: skip
        self._tracker.start()
        parts = [getattr(part, "_mode", "") for part in getattr(self._tracker, "_hardware", [])]
        if "intel_rapl" not in parts:  # it would guess
            self.stop()
            raise PlaygroundError("Energy cannot be measured here: codecarbon does not read the processor's counter.")

    def kwh(self) -> float:
        """So far, in kilowatt-hours, of the processor alone."""
        self._tracker.flush()
        return self._last

    def stop(self) -> None:
        """For good."""
        self._tracker.stop()

    def out(self, total: Any, delta: Any) -> None:
        """Codecarbon tells all that it counted."""
        self._last = float(total.cpu_energy)

    def live_out(self, total: Any, delta: Any) -> None:
        """The same, between."""

    def task_out(self, data: Any, experiment_name: str, output_dir: str = "") -> None:
        """There are no tasks."""

    def exit(self) -> None:
        """Nothing is open."""


def open_meter() -> Meter | None:
    """A meter, or None where nothing can be measured."""
    try:
        return RaplMeter() if can_measure() else None
    except PlaygroundError:
        return None


class Account:
    """A run's measured energy over all its starts; None as soon as a part of it could not be measured."""

    def __init__(self, folder: Path, before: float | None) -> None:
        """before: kWh of what was done until now, 0 for a new run, None if that is not known. Nothing counts yet."""
        self.folder, self.before = folder, before
        self._meter: Meter | None = None
        self._since = 0.0

    def count(self) -> None:
        """The run trains from now on."""
        if self.before is None or self._meter is not None:
            return
        self._since = time.time()
        self._meter = open_meter()
        if self._meter is None:
            self.before = None

    def rest(self) -> None:
        """The run rests: what the processor does meanwhile is not its own."""
        self.before = self.kwh()
        if self._meter is not None:
            self._meter.stop()
            self._meter = None

    def kwh(self) -> float | None:
        """Of the run so far; None for good if another run trained meanwhile."""
        if self._meter is None or self.before is None:
            return self.before
        if not _was_alone(self.folder, self._since):
            self._meter.stop()
            self.before = self._meter = None
            return None
        return self.before + self._meter.kwh()


def _was_alone(folder: Path, since: float) -> bool:
    """Whether no other run's worker wrote down how it stands: one that trains does that many times a second."""
    for path in folder.parent.glob("*/state.json"):
        try:
            if path.parent.name != folder.name and path.stat().st_mtime > since:
                return False
        except OSError:
            continue  # deleted at this moment
    return True
