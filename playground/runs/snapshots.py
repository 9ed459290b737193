"""The time machine's checkpoints: spread evenly over the steps so far, a bounded number, each with its frame.

They stand at the multiples of a stride. When there are too many, every second one goes and the stride doubles.
"""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

from playground.runs import frame_io
from playground.runs.protocol import Frame

MOST = 32
#: Steps between the first of them, of a run that is to be very long.
LONGEST_FIRST = 1000
MOST_BYTES = 200 << 20
_NAME = re.compile(r"step-(\d+)\.pt")


def path_of(folder: Path, step: int) -> Path:
    """Of a kept checkpoint; its frame has the same name and ends in .npz."""
    return folder / "kept" / f"step-{step:09d}.pt"


def steps_of(folder: Path) -> list[int]:
    """The steps that are kept, in their order."""
    found = (_NAME.fullmatch(path.name) for path in (folder / "kept").glob("step-*.pt"))
    return sorted(int(match[1]) for match in found if match)


class Kept:
    """The checkpoints of one run."""

    def __init__(self, folder: Path, steps: float) -> None:
        """steps: how many the run is to make."""
        self.folder = folder
        # Some 30 in all from the start: each takes as long as some steps of the smallest nets.
        self.stride = max(1, min(int(steps) // (MOST - 4), LONGEST_FIRST))
        even = steps_of(folder)[:-1]  # the last may be where a run was stopped
        if len(even) > 2:
            self.stride = math.gcd(*even)  # taken up: as it was

    def is_due(self, step: int) -> bool:
        """Whether this step is kept."""
        return step % self.stride == 0

    def keep(self, step: int, state: dict[str, Any], frame: Frame) -> None:
        """Write them, and thin out what has become too much."""
        from playground.training import checkpoints

        path = path_of(self.folder, step)
        checkpoints.write(path, state, lasting=False)
        frame_io.write(path.with_suffix(".npz"), step, frame)
        steps = steps_of(self.folder)
        most = max(4, min(MOST, MOST_BYTES // max(1, path.stat().st_size)))
        while len(steps) > most:
            self.stride *= 2
            gone = [one for one in steps if one % self.stride and one != step]
            for one in gone:
                path_of(self.folder, one).unlink(missing_ok=True)
                path_of(self.folder, one).with_suffix(".npz").unlink(missing_ok=True)
            steps = [one for one in steps if one not in gone]


def keep_latest(folder: Path) -> None:
    """Where a run that rests was left is kept too, so that what goes on from it begins there. Nothing if it has begun

    nowhere, or its frame is another step's.
    """
    from playground.training import checkpoints

    stored, frame = checkpoints.read(folder / "latest.pt"), frame_io.read(folder / "frame.npz")
    step = None if stored is None else stored.get("step")
    if stored is None or frame is None or frame[0] != step or step in steps_of(folder):
        return
    path = path_of(folder, step)
    frame_io.write(path.with_suffix(".npz"), step, frame[1])
    checkpoints.write(path, {**stored, "heard": 0})  # a fork hears its own commands
