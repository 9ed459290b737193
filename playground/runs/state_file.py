"""A worker's report: state.json, written no more often than somebody needs it."""

from __future__ import annotations

import dataclasses
import math
import time
from pathlib import Path
from typing import Any

from playground.runs import store

#: Between two writes of an unchanged status, while somebody watches the run and while nobody does.
WATCHED_SECONDS, UNWATCHED_SECONDS = 0.1, 0.25


class StateFile:
    """The state of one run in memory, and on the disk. state: now.  written: as others read it."""

    def __init__(self, folder: Path) -> None:
        """As the last worker left it."""
        self.folder = folder
        self.state = self.written = store.state_of(folder)
        self._written_at = -math.inf

    def set(self, **values: Any) -> None:
        """Change fields of the state in memory."""
        self.state = dataclasses.replace(self.state, **values)

    def is_due(self, watched: bool) -> bool:
        """Whether to write the state now: at intervals, and at once after a command, which must not be repeated."""
        since = time.monotonic() - self._written_at
        return self.state.heard != self.written.heard or since >= (WATCHED_SECONDS if watched else UNWATCHED_SECONDS)

    def write(self, status: str, **values: Any) -> None:
        """Write the state with another status and these fields.

        Skipped for a paused run in which only the processor time changed: a new file tells the energy meters of other
        runs that this one trains.
        """
        self.set(status=status, **values)
        unchanged = dataclasses.replace(self.state, cpu_seconds=self.written.cpu_seconds) == self.written
        if status == store.PAUSED and unchanged:
            return
        self.written, self._written_at = self.state, time.monotonic()
        store.write_state(self.folder, self.state)
