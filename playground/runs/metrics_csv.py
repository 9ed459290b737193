"""The numbers of a run, a line for a step, as CSV: step, seconds, seen, then the course's own numbers.

Every step at first; later every second, fourth, …: some thousand lines for each doubling of the steps, the same ones
however often the run was interrupted.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

OWN = ("step", "seconds", "seen")
_EVERY_STEP_UNTIL = 2000


def is_kept(step: int) -> bool:
    """Whether a step has a line."""
    if step < _EVERY_STEP_UNTIL:
        return True
    return step % (1 << int(math.log2(step / _EVERY_STEP_UNTIL)) + 1) == 0


class Writer:
    """Appends lines. They reach the file when flush() is called."""

    def __init__(self, path: Path, names: Sequence[str], step: int) -> None:
        """Go on after this step: lines of later ones are dropped, the run is about to make them again."""
        head = ",".join((*OWN, *names)) + "\n"
        unfinished = path.with_name(f".{path.name}")
        unfinished.write_text(until(path, step) or head, "utf-8")
        unfinished.replace(path)
        self._file = path.open("a", encoding="utf-8")

    def add(self, step: int, seconds: float, seen: int, numbers: Mapping[str, float]) -> None:
        """One line."""
        self._file.write(f"{step},{seconds:.3f},{seen}," + ",".join(repr(float(n)) for n in numbers.values()) + "\n")

    def flush(self) -> None:
        """To the file, for those who read it."""
        self._file.flush()

    def close(self) -> None:
        """The file."""
        self._file.close()


def until(path: Path, step: int) -> str:
    """A curve's file with its heading and the lines up to this step; "" if there is none."""
    if not step or not path.exists():
        return ""
    heading, *lines = path.read_text("utf-8").splitlines(True) or [""]
    return heading + "".join(line for line in lines if _step(line) <= step)


def _step(line: str) -> int:
    """Of a line; one that was cut off counts as never written."""
    first, _, rest = line.partition(",")
    return int(first) if rest.endswith("\n") and first.isdigit() else 1 << 62


def read(path: Path, start: int = 0) -> tuple[list[list[float]], int]:
    """The whole lines from byte `start` on as numbers, and the byte after them. start 0 leaves out the heading."""
    try:
        with path.open("rb") as file:
            file.seek(start)
            content = file.read()
    except OSError:
        return [], start
    whole = content[: content.rfind(b"\n") + 1]
    rows = whole.decode("utf-8").splitlines()[0 if start else 1 :]
    return [[float(value) for value in row.split(",")] for row in rows], start + len(whole)
