"""The status of a run, read from its files: views poll it many times a second, with no effect on the training.

A frame is read and encoded once for all viewers. The worker only learns that the run is watched.
"""

from __future__ import annotations

import base64
import math
import threading
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.experiments.setting_words import setting_words
from playground.runs import (
    frame_io,
    json_files,
    metrics_csv,
    presence,
    recordings,
    scheduler,
    snapshots,
    store,
)
from playground.training import trainer_registry

MOST_ROWS = 4000
_LARGEST_CACHE = 24
_packed: dict[Path, tuple[int, int, dict[str, Any]]] = {}  # file -> its modification time, step and frame
_lock = threading.Lock()


def poll_run(request: Any) -> dict[str, Any]:
    """The status of a run, for its views.

    request: {"run", "since": [edition, bytes], "frame_since": step, "frame_mark", "at": a snapshot's step or None,
    "owner": the visitor's token, "aside": true if the run is only drawn beside another one, which counts as watched}.

    Returns {"run", "name", "status", "explained", "step", "steps", "seen", "seconds", "cpu_seconds", "place",
    "waits", "parent", "names", "rows", "again", "since", "events", "kept", "frame", "frame_step", "frame_mark", "mine",
    "private", "rates", "recorded"} or {"error"}.

    rows: those after `since`; again: these are all rows and replace earlier ones.  kept: steps of the snapshots.
    frame: None unless newer than frame_since and frame_mark; the mark distinguishes frames of one step.
    mine: whether this visitor may command the run.  private: trained on its owner's data, so only they can fork it.
    waits: what a queued run waits for, in a sentence, "" for others.
    rates: of a run that failed, its learning rates by name, {} for others.
    recorded: a run of the page itself, to watch (recordings.py): it never changes, and kept are the steps of its film.
    """
    try:
        return _poll_run(request if isinstance(request, dict) else {})
    except PlaygroundError as error:
        return {"error": str(error)}


def _poll_run(request: dict[str, Any]) -> dict[str, Any]:
    if recordings.is_recorded(request.get("run")):
        return _poll_recording(request)
    folder = store.run_dir(str(request.get("run", "")))
    spec, state = store.spec_of(folder.name), store.state_of(folder)
    scheduler.start_polling()
    if not request.get("aside"):
        presence.mark_watched(folder)
    edition, start = _since(request.get("since"))
    again = edition != state.edition
    rows, end = metrics_csv.read_rows(folder / "curve.csv", state.names, 0 if again else start)
    rows = _thin(rows)
    events, _ = json_files.read_lines(folder / "events.jsonl")
    steps = _snapshot_steps(folder)
    at = request.get("at") if type(request.get("at")) is int else None
    path = snapshots.snapshot_path(folder, at).with_suffix(".npz") if at in steps else folder / "frame.npz"
    if at not in steps and not path.exists() and steps:
        path = snapshots.snapshot_path(folder, steps[-1]).with_suffix(".npz")
    step, mark, frame = _frame(path)
    known = request.get("frame_mark", mark) == mark and step == request.get("frame_since")
    return {
        **_facts(spec, state),
        "place": scheduler.queue_position(spec) if state.status == store.QUEUED else 0,
        "waits": _waits(str(request.get("owner", ""))) if state.status == store.QUEUED else "",
        "rows": _finite(rows),
        "again": again,
        "since": [state.edition, end],
        "events": _events(spec, events),
        "kept": steps,
        "frame": None if known else frame,
        "frame_step": step,
        "frame_mark": mark,
        "mine": bool(spec.owner) and spec.owner == request.get("owner"),
        "private": _is_private(folder),
        "rates": _rates(spec.run) if state.status == store.FAILED else {},
        "recorded": False,
    }


def _waits(owner: str) -> str:
    """What a queued run waits for, in a sentence; "" while there is a free slot. owner: of the visitor that looks."""
    active = [spec for spec in store.list_specs() if store.state_of_run(spec.run).status == store.RUNNING]
    if len(active) < (most := scheduler.max_concurrent()):
        return ""
    names = [say("train.run.named", name=spec.name) for spec in active if spec.owner == owner]
    if others := len(active) - len(names):
        names.append(say("train.run.waits_others", count=others))
    return say("train.run.waits", most=most, names=", ".join(names))


def _rates(run: str) -> dict[str, float]:
    return {name: value for name, value in current_settings(run).items() if name == "rate" or name.endswith("_rate")}


def _facts(spec: store.RunSpec, state: store.RunState) -> dict[str, Any]:
    """What a poll says of every run."""
    return {
        "run": spec.run, "name": spec.name, "family": spec.family, "dataset": spec.dataset, "status": state.status,
        "explained": state.explained, "step": state.step, "steps": spec.settings.get("steps", 0), "seen": state.seen,
        "seconds": state.seconds, "cpu_seconds": state.cpu_seconds, "parent": spec.parent, "names": list(state.names),
    }  # fmt: skip


def _events(spec: store.RunSpec, events: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The changes of a run, each with its settings in words."""
    changes = [(event.get("step", 0), event.get("settings", {})) for event in events]
    return [
        {"step": step, "settings": settings, "words": setting_words(spec.family, spec.dataset, settings)}
        for step, settings in changes
    ]


def _finite(rows: Sequence[Sequence[float]]) -> list[list[float | None]]:
    return [[number if math.isfinite(number) else None for number in row] for row in rows]


def _poll_recording(request: dict[str, Any]) -> dict[str, Any]:
    """The answer for a recorded run: all its rows at first, and the frame of a step, the last one by default."""
    recording = recordings.read(str(request["run"]))
    steps, at, since = list(recording.frames), request.get("at"), _since(request.get("since"))
    step = at if type(at) is int and at in recording.frames else steps[-1] if steps else -1
    is_first = since[0] != recording.state.edition
    return {
        **_facts(recording.spec, recording.state),
        "place": 0, "waits": "", "rows": _finite(recording.rows if is_first else []), "again": is_first,
        "since": [recording.state.edition, 0], "events": _events(recording.spec, recording.events), "kept": steps,
        "frame": None if step == request.get("frame_since") else _pack_recorded(recording.spec.run, step),
        "frame_step": step, "frame_mark": "", "mine": False, "private": False, "rates": {}, "recorded": True,
    }  # fmt: skip


def _pack_recorded(run: str, step: int) -> dict[str, Any] | None:
    frame = recordings.read(run).frames.get(step)
    return None if frame is None else {name: pack(value) for name, value in frame.items()}


def _thin(rows: list[list[float]]) -> list[list[float]]:
    """At most about MOST_ROWS of the rows: evenly spaced, the last, and each number's lowest and highest."""
    if len(rows) <= MOST_ROWS:
        return rows
    numbers = np.array([row[3:] for row in rows])
    finite = np.isfinite(numbers)
    lowest, highest = np.where(finite, numbers, np.inf).argmin(0), np.where(finite, numbers, -np.inf).argmax(0)
    stride = math.ceil(len(rows) / MOST_ROWS)
    kept = {*range(0, len(rows), stride), len(rows) - 1, *lowest.tolist(), *highest.tolist()}
    return [rows[place] for place in sorted(kept)]


@lru_cache(maxsize=256)
def _is_private(folder: Path) -> bool:
    return bool(store.user_files(folder))


def _snapshot_steps(folder: Path) -> list[int]:
    """The kept steps; the folder is listed again only if something was written there."""
    try:
        changed_at = (folder / "kept").stat().st_mtime_ns
    except OSError:
        return []
    return list(_snapshot_steps_at(folder, changed_at))


@lru_cache(maxsize=64)
def _snapshot_steps_at(folder: Path, _changed_at: int) -> tuple[int, ...]:
    return tuple(snapshots.snapshot_steps(folder))


def _since(value: Any) -> tuple[int, int]:
    """(edition, bytes) of the previous answer; (-1, 0) for anything else."""
    if isinstance(value, list) and len(value) == 2 and all(type(part) is int and part >= 0 for part in value):
        return value[0], value[1]
    return -1, 0


def _frame(path: Path) -> tuple[int, str, dict[str, Any] | None]:
    """(step, mark, frame) of a frame's file, encoded once for all viewers; (-1, "", None) without one."""
    try:
        stamp = path.stat().st_mtime_ns
    except OSError:
        return -1, "", None
    with _lock:
        known = _packed.get(path)
        if known is not None and known[0] == stamp:
            return known[1], str(stamp), known[2]
    read = frame_io.read_frame(path)
    if read is None:
        return -1, "", None
    step, frame = read
    packed = {name: pack(value) for name, value in frame.items()}
    with _lock:
        _packed[path] = (stamp, step, packed)
        while len(_packed) > _LARGEST_CACHE:
            _packed.pop(next(iter(_packed)))
    return step, str(stamp), packed


def pack(value: Any) -> Any:
    """An array as {"shape", "dtype", "data": base64}; NaN and infinity as None; other values unchanged."""
    if isinstance(value, np.ndarray):
        kind = value.dtype if value.dtype in (np.uint8, np.uint16, np.int32) else np.dtype(np.float32)
        array = np.ascontiguousarray(value, kind)
        return {"shape": list(array.shape), "dtype": kind.name, "data": base64.b64encode(array.tobytes()).decode()}
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def current_settings(run: str) -> dict[str, Any]:
    """A run's settings in force, with the changes that its worker has not read yet: see run_control.send_command."""
    folder, spec = store.run_dir(run), store.spec_of(run)
    state = store.state_of(folder)
    lines, _ = json_files.read_lines(folder / "events.jsonl")
    if state.status not in store.ENDED:
        lines += json_files.read_lines(folder / "commands.jsonl", state.heard)[0]
    settings = dict(spec.settings)
    for line in lines:
        settings |= line["settings"] if isinstance(line.get("settings"), dict) else {}
    return settings


def current_setting(run: str, name: str) -> Any:
    """A run's setting in force: see current_settings."""
    return current_settings(run).get(name)


def panels_of(runs: Sequence[str]) -> set[str]:
    """The kinds of those runs that still exist: "toy_2d" for points of the plane, else their family."""
    known = [spec for spec in store.list_specs() if spec.run in runs]
    known += [recordings.read(run).spec for run in runs if recordings.is_recorded(run)]
    return {"toy_2d" if spec.dataset in trainer_registry.SHAPES else spec.family for spec in known}


def existing_runs(runs: Sequence[object]) -> list[str]:
    """Those of some ids that a link names that are ids of runs, recorded ones among them."""
    return [run for run in runs if isinstance(run, str) and (recordings.is_recorded(run) or store.has_run(run))]


def lineage_of(run: str, title: str = "") -> list[dict[str, str]]:
    """The runs that a run's curves draw: itself, and its parent if it is a fork and the parent still exists."""
    try:
        parent = store.spec_of(run).parent
        store.run_dir(parent)
    except PlaygroundError:
        return [{"run": run, "title": title}]
    return [{"run": run, "title": say("train.run.fork")}, {"run": parent, "title": say("train.run.parent")}]
