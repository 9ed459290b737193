"""The status of a run, read from its files: views poll it many times a second, with no effect on the training.

A frame is read and encoded once for all viewers. The worker only learns that the run is watched.
"""

from __future__ import annotations

import base64
import contextlib
import json
import math
import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.runs import disk_quota, frame_io, json_files, metrics_csv, presence, scheduler, snapshots, store
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
    "parent", "names", "rows", "again", "since", "events", "kept", "frame", "frame_step", "frame_mark", "mine",
    "private"} or {"error"}.

    rows: those after `since`; again: these are all rows and replace earlier ones.  kept: steps of the snapshots.
    frame: None unless newer than frame_since and frame_mark; the mark distinguishes frames of one step.
    mine: whether this visitor may command the run.  private: trained on its owner's data, so only they can fork it.
    """
    try:
        return _poll_run(request if isinstance(request, dict) else {})
    except PlaygroundError as error:
        return {"error": str(error)}


def _poll_run(request: dict[str, Any]) -> dict[str, Any]:
    folder = store.run_dir(str(request.get("run", "")))
    spec, state = store.spec_of(folder.name), store.state_of(folder)
    scheduler.start_polling()
    if not request.get("aside"):
        presence.mark_watched(folder)
    edition, start = _since(request.get("since"))
    again = edition != state.edition
    rows, end = metrics_csv.read_rows(folder / "curve.csv", 0 if again else start)
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
        "run": spec.run,
        "name": spec.name,
        "family": spec.family,
        "dataset": spec.dataset,
        "status": state.status,
        "explained": state.explained,
        "step": state.step,
        "steps": spec.settings.get("steps", 0),
        "seen": state.seen,
        "seconds": state.seconds,
        "cpu_seconds": state.cpu_seconds,
        "place": scheduler.queue_position(spec) if state.status == store.QUEUED else 0,
        "parent": spec.parent,
        "names": list(state.names),
        "rows": [[number if math.isfinite(number) else None for number in row] for row in rows],
        "again": again,
        "since": [state.edition, end],
        "events": [{"step": event.get("step", 0), "settings": event.get("settings", {})} for event in events],
        "kept": steps,
        "frame": None if known else frame,
        "frame_step": step,
        "frame_mark": mark,
        "mine": bool(spec.owner) and spec.owner == request.get("owner"),
        "private": _is_private(folder),
    }


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
    return {"toy_2d" if spec.dataset in trainer_registry.SHAPES else spec.family for spec in known}


def lineage_of(run: str, title: str = "") -> list[dict[str, str]]:
    """The runs that a run's curves draw: itself, and its parent if it is a fork and the parent still exists."""
    try:
        parent = store.spec_of(run).parent
        store.run_dir(parent)
    except PlaygroundError:
        return [{"run": run, "title": title}]
    return [{"run": run, "title": say("train.run.fork")}, {"run": parent, "title": say("train.run.parent")}]


def describe_fork(run: str) -> str:
    """A sentence on a fork: the step that it begins at, and what differs from there."""
    spec = store.spec_of(run)
    changes = describe_changes(spec, None, store.run_dir(run))
    sentence = say("train.run.forked", name=spec.name, changes=changes)
    if spec.family == "language" and " steps " in changes:
        return say("train.run.forked_schedule", sentence=sentence)
    return sentence


def runs_of_owner(owner: str) -> list[dict[str, Any]]:
    """A visitor's runs, newest first, as dictionaries.

    Keys: "run", "name", "family", "dataset", "status", "step", "steps", "seconds", "changed", "named", "bytes", "kept".
    changed: what differs from its parent, or from the run before it.
    """
    specs = store.list_specs(owner) if owner else []
    runs = []
    for place, spec in enumerate(specs):
        folder = store.runs_dir() / spec.run
        state = store.state_of(folder)
        before = next((one for one in reversed(specs[:place]) if one.family == spec.family), None)
        runs.append(
            {
                "run": spec.run, "name": spec.name, "family": spec.family, "dataset": spec.dataset,
                "status": state.status, "step": state.step, "steps": spec.settings.get("steps", 0),
                "seconds": state.seconds, "changed": describe_changes(spec, before, folder), "named": spec.named,
                "bytes": disk_quota.disk_usage(folder), "kept": snapshots.snapshot_steps(folder),
            }
        )  # fmt: skip
    return runs[::-1]


def describe_changes(spec: store.RunSpec, before: store.RunSpec | None, folder: Path) -> str:
    """One line: the differences from the parent, or from the visitor's previous run of the same family."""
    if spec.parent:
        events, _ = json_files.read_lines(folder / "events.jsonl")
        own = [event["settings"] for event in events if event.get("step") == spec.forked_at]
        name = say("train.run.deleted_parent")
        with contextlib.suppress(PlaygroundError):
            parent = store.spec_of(spec.parent)
            name = say("train.run.named", name=parent.name)
            own += [{"steps": spec.settings["steps"]}] if spec.settings["steps"] != parent.settings["steps"] else []
        changes = "; ".join(_describe_settings(settings) for settings in own) or say("train.run.nothing_changed")
        return say("train.run.changes_from", parent=name, step=spec.forked_at, changes=changes)
    if before is None:
        return say("train.run.first_of_kind")
    differ = {name: value for name, value in spec.settings.items() if before.settings.get(name) != value}
    if spec.dataset != before.dataset:
        differ = {"data": spec.dataset, **differ}
    if spec.seed != before.seed:
        differ["seed"] = spec.seed
    return _describe_settings(differ) if differ else say("train.run.same_as", name=before.name)


def _describe_settings(settings: dict[str, Any]) -> str:
    parts = [
        f"{name.replace('_', ' ')} {value if isinstance(value, str) else json.dumps(value)}"[:60]
        for name, value in settings.items()
    ]
    return ", ".join(parts[:6]) + (" …" if len(parts) > 6 else "")
