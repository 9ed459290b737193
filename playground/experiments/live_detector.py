"""The live detector: detectors.py on a run's files, polled by a view about once a second."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.experiments import detector_scope, detectors, training_trace
from playground.runs import frame_io, metrics_csv, recordings, snapshots, store

_MOST_ROWS = 4000


def diagnose_run(request: Any) -> dict[str, Any]:
    """The findings in a run, {"run"}.

    Returns {"step", "young", "note", "judged", "findings": [{"name", "title", "sentence"}]} or {"error"}.
    young: too few steps for most detectors.  note: how many modes are covered, and whether the distance was smaller
    before; or "".  judged: a sentence on which failures were looked for.
    """
    try:
        run = str(request.get("run", "")) if isinstance(request, dict) else ""
        state, rows, frame = _read(run)
        stride = max(1, len(rows) // _MOST_ROWS)  # the first and the last rows whole, those between thinned
        rows = rows[:100] + rows[100:-1000:stride] + rows[max(100, len(rows) - 1000) :]
        findings = detectors.diagnose(state.names, rows, frame)
    except PlaygroundError as error:
        return {"error": str(error)}
    step = int(rows[-1][0]) if rows else 0
    values = [dataclasses.asdict(finding) for finding in findings]
    trace = training_trace.TrainingTrace(tuple(state.names), rows, frame)
    worse = detector_scope.worse_than_before(trace, is_recorded=recordings.is_recorded(run))
    note = " ".join(filter(None, (_note(frame), worse)))
    return {
        "step": step, "young": step < training_trace.PATIENCE, "note": note, "judged": detector_scope.judged(trace),
        "findings": values,
    }  # fmt: skip


def _read(run: str) -> tuple[store.RunState, list[list[float]], Mapping[str, Any]]:
    """(state, rows, newest frame) of a run, a recorded one too. Raises PlaygroundError if there is none."""
    if recordings.is_recorded(run):
        recording = recordings.read(run)
        return recording.state, [list(row) for row in recording.rows], recording.last_frame()
    folder = store.run_dir(run)
    state = store.state_of(folder)
    return state, metrics_csv.read_rows(folder / "curve.csv", state.names)[0], _frame(folder)


def _note(frame: Mapping[str, Any]) -> str:
    """A sentence on how many modes are covered, "" for data without modes."""
    modes, covered = frame.get("modes", 0), frame.get("modes_covered", math.nan)
    return say("train.detector.modes", count=int(covered), modes=modes) if modes and math.isfinite(covered) else ""


def _frame(folder: Any) -> dict[str, Any]:
    """The newest frame of the run, {} without one."""
    read = frame_io.read_frame(folder / "frame.npz")
    steps = snapshots.snapshot_steps(folder)
    if read is None and steps:
        read = frame_io.read_frame(snapshots.snapshot_path(folder, steps[-1]).with_suffix(".npz"))
    return read[1] if read is not None else {}
