"""Checkpoints for the time machine: a bounded number, evenly spaced over the steps so far, each with its frame.

They are taken at multiples of a stride. When there are too many, every second one is deleted and the stride doubles.
"""

from __future__ import annotations

import math
import os
import re
from pathlib import Path
from typing import Any

from playground.runs import frame_io
from playground.training.trainer import Frame

MOST_SNAPSHOTS = 32
#: The stride that a very long run begins with, in steps.
LARGEST_FIRST_STRIDE = 1000
#: For all snapshots of a run together, but at least so many are kept. One of a fine-tuning takes 20 MB.
MOST_BYTES, FEWEST_KEPT = 48 << 20, 4
_NAME = re.compile(r"step-(\d+)\.pt")


def snapshot_path(folder: Path, step: int) -> Path:
    """The file of a snapshot; its frame has the same name, ending in .npz."""
    return folder / "kept" / f"step-{step:09d}.pt"


def snapshot_steps(folder: Path) -> list[int]:
    """The steps that a run has snapshots of, ascending."""
    matches = (_NAME.fullmatch(path.name) for path in (folder / "kept").glob("step-*.pt"))
    return sorted(int(match[1]) for match in matches if match)


class Snapshots:
    """The snapshots of one run."""

    def __init__(self, folder: Path, steps: float, first: int = 0) -> None:
        """steps: the planned number of the run.  first: the step that it was forked at."""
        self.folder = folder
        # About 28 at first: each takes as long as some steps of the smallest nets.
        self.stride = max(1, min(int(steps) // (MOST_SNAPSHOTS - 4), LARGEST_FIRST_STRIDE))
        even = [step for step in snapshot_steps(folder)[:-1] if step != first]  # the last may be the step of a stop
        if len(even) > 2:
            self.stride = math.gcd(*even)  # a resumed run keeps its stride

    def is_due(self, step: int) -> bool:
        """Whether a snapshot of this step is to be taken."""
        return step % self.stride == 0

    def take(self, step: int, state: dict[str, Any], frame: Frame) -> None:
        """Write a snapshot, and thin out the others if there are too many."""
        from playground.training import checkpoints  # imports torch, which a page does not need to read snapshots

        path = snapshot_path(self.folder, step)
        checkpoints.write(path, state, lasting=False)
        frame_io.write_frame(path.with_suffix(".npz"), step, frame)
        steps = snapshot_steps(self.folder)
        most = max(FEWEST_KEPT, min(MOST_SNAPSHOTS, MOST_BYTES // max(1, path.stat().st_size)))
        while len(steps) > most:
            self.stride *= 2
            surplus = [one for one in steps if one % self.stride and one != step]
            for one in surplus:
                snapshot_path(self.folder, one).unlink(missing_ok=True)
                snapshot_path(self.folder, one).with_suffix(".npz").unlink(missing_ok=True)
            steps = [one for one in steps if one not in surplus]


def link_latest(folder: Path, step: int) -> None:
    """Make the snapshot of a run's last step its latest checkpoint, too: one file with two names."""
    unfinished = folder / f".latest.{os.getpid()}"
    try:
        os.link(snapshot_path(folder, step), unfinished)
        unfinished.replace(folder / "latest.pt")
    except OSError:  # a file system without hard links keeps both
        unfinished.unlink(missing_ok=True)


def snapshot_latest(folder: Path) -> None:
    """Make a snapshot of a paused run's latest checkpoint, for forks.

    Nothing if there is no checkpoint, or if its step is not that of the newest frame.
    """
    from playground.training import checkpoints  # imports torch

    stored, frame = checkpoints.read(folder / "latest.pt"), frame_io.read_frame(folder / "frame.npz")
    step = None if stored is None else stored.get("step")
    if stored is None or frame is None or frame[0] != step or step in snapshot_steps(folder):
        return
    path = snapshot_path(folder, step)
    frame_io.write_frame(path.with_suffix(".npz"), step, frame[1])
    checkpoints.write(path, {**stored, "heard": 0})  # a fork reads its own commands, from their start
