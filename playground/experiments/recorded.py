"""The recorded runs that the Train tab opens on, for its panels: see runs/recordings.py."""

from __future__ import annotations

from dataclasses import dataclass

from playground.runs import recordings
from playground.runs.recordings import NAMES as NAMES
from playground.runs.recordings import is_recorded as is_recorded


@dataclass(frozen=True)
class Course:
    """A number of a recorded run. first: at its first step.  lowest, highest: over all; lowest_at: that step."""

    first: float
    last: float
    lowest: float
    lowest_at: int
    highest: float


def recorded_run(name: str) -> str:
    """The id of a recorded run: one of recordings.NAMES."""
    return recordings.run_id(name)


def course(name: str, number: str) -> Course:
    """How a number of a recorded run went."""
    recording = recordings.read(recordings.run_id(name))
    place = 3 + recording.state.names.index(number)
    values = [row[place] for row in recording.rows]
    lowest = min(range(len(values)), key=values.__getitem__)
    return Course(values[0], values[-1], values[lowest], int(recording.rows[lowest][0]), max(values))
