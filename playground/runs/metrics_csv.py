"""The numbers of a run as CSV, one row per step: step, seconds, seen, then the trainer's own numbers.

seconds: processor time of the steps so far, all threads of the run together: what other runs take from the clock does
not count. In runs of before 2026-11-29 it is the clock's.

Every step at first, later every second, fourth and so on: about a thousand rows per doubling of the steps. They are the
same however often the run is interrupted.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

COLUMNS = ("step", "seconds", "seen")
_EVERY_STEP_UNTIL = 2000


def is_logged(step: int) -> bool:
    """Whether a step has a row."""
    if step < _EVERY_STEP_UNTIL:
        return True
    return step % (1 << int(math.log2(step / _EVERY_STEP_UNTIL)) + 1) == 0


class MetricsWriter:
    """Appends rows. They reach the file with flush()."""

    def __init__(self, path: Path, names: Sequence[str], step: int) -> None:
        """Continue after this step. Rows of later steps are dropped: the resumed run computes them again."""
        head = ",".join((*COLUMNS, *names)) + "\n"
        unfinished = path.with_name(f".{path.name}")
        unfinished.write_text(text_until(path, step) or head, "utf-8")
        unfinished.replace(path)
        self._file = path.open("a", encoding="utf-8")

    def add(self, step: int, seconds: float, seen: int, numbers: Mapping[str, float]) -> None:
        """Append a row. seconds: of processor time."""
        self._file.write(f"{step},{seconds:.3f},{seen}," + ",".join(repr(float(n)) for n in numbers.values()) + "\n")

    def flush(self) -> None:
        """Write the rows so far, for readers of the file."""
        self._file.flush()

    def close(self) -> None:
        """Close the file; flush() comes first."""
        self._file.close()


def text_until(path: Path, step: int) -> str:
    """The header and the rows up to this step; "" if there are none."""
    if not step or not path.exists():
        return ""
    heading, *lines = path.read_text("utf-8", "replace").splitlines(True) or [""]
    return heading + "".join(line for line in lines if _step(line) <= step)


def _step(line: str) -> int:
    """The step of a row; a truncated row gets a number above all steps and is dropped."""
    first, _, rest = line.partition(",")
    return int(first) if rest.endswith("\n") and first.isdigit() else 1 << 62


def read_rows(path: Path, names: Sequence[str], start: int = 0) -> tuple[list[list[float]], int]:
    """The complete rows from byte `start` as numbers, and the byte after them. The header, at 0, is skipped.

    names: of the trainer's own numbers.  Skips damaged rows: of other things than numbers, or of another length.
    """
    if not names:  # the run has not begun, or its state is damaged
        return [], start
    try:
        with path.open("rb") as file:
            file.seek(start)
            content = file.read()
    except OSError:
        return [], start
    whole = content[: content.rfind(b"\n") + 1]
    lines = whole.decode("utf-8", "replace").splitlines()[0 if start else 1 :]
    width = len(COLUMNS) + len(names)
    return [row for line in lines if len(row := _numbers(line)) == width], start + len(whole)


def _numbers(line: str) -> list[float]:
    """The numbers of a row; [] if it has others than numbers, or a step that is none."""
    try:
        row = [float(value) for value in line.split(",")]
    except ValueError:
        return []
    return row if math.isfinite(row[0]) else []
