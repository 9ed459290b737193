"""Runs on the disk, one folder each: request, status, owner.

run.json: the RunSpec.  state.json: the RunState.  commands.jsonl: commands to the worker.  events.jsonl: settings that
changed during the run, with their steps.  curve.csv: the numbers of each step.  latest.pt: the checkpoint to resume
from.  kept/: snapshots.  Files are replaced atomically or only appended to: a kill at any moment leaves them readable.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from playground.core.catalogue import say
from playground.core.dataclass_json import decode
from playground.core.errors import PlaygroundError
from playground.core.files import explain_disk_errors, is_no_room
from playground.core.paths import models_dir
from playground.runs.json_files import overwrite_json, write_json
from playground.runs.run_names import new_name

QUEUED, RUNNING, PAUSED, DONE, STOPPED, FAILED = "queued", "running", "paused", "done", "stopped", "failed"
ENDED = (DONE, STOPPED, FAILED)
LONGEST_NAME = 40
#: How often a run's process was killed, and when: see scheduler.py.
RESTARTS = "restarts.json"
_ID = re.compile(r"[0-9a-f]{32}")


@dataclasses.dataclass(frozen=True, eq=False)
class RunSpec:
    """The request of a run: the content of run.json, whose keys are these names.

    run: its id, 128 random bits in hexadecimal.  name: for people; named: whether its owner chose the name.
    settings: of the trainer, complete, JSON values.  owner: the visitor's token.  parent, forked_at: the run and
    step it was forked from, "" and 0 for none.  created: seconds since 1970.  threads: of its process; another
    number rounds differently, so a fork keeps its parent's.
    """

    run: str
    name: str
    family: str
    dataset: str
    settings: dict[str, Any]
    seed: int
    owner: str
    created: float
    parent: str = ""
    forked_at: int = 0
    named: bool = False
    threads: int = 1


@dataclasses.dataclass(frozen=True)
class RunState:
    """The status of a run: the content of state.json, whose keys are these names.

    explained: why it ended, or why a change was refused, in a sentence.  seconds, cpu_seconds: of training, over all
    processes that it had.  heard: bytes of commands.jsonl that were carried out.  edition: how many processes it had.
    names: of its numbers.  measured_kwh: kilowatt-hours, or None unless all of them were measured.
    """

    status: str = QUEUED
    explained: str = ""
    step: int = 0
    seen: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    heard: int = 0
    edition: int = 0
    names: tuple[str, ...] = ()
    measured_kwh: float | None = None


def runs_dir() -> Path:
    """The folder of all runs: PLAYGROUND_RUNS_DIR, or runs/ beside the models. May not exist yet."""
    chosen = os.environ.get("PLAYGROUND_RUNS_DIR")
    return Path(chosen).expanduser().absolute() if chosen else models_dir() / "runs"


def run_dir(run: str) -> Path:
    """A run's folder. Raises PlaygroundError if there is none."""
    if not isinstance(run, str) or not has_run(run):
        raise PlaygroundError(say("train.run.missing"))
    return runs_dir() / run


def has_run(run: str) -> bool:
    """Whether there is a run with that id."""
    return bool(_ID.fullmatch(run)) and (runs_dir() / run / "run.json").exists()


def create_run(
    family: str,
    dataset: str,
    settings: Mapping[str, Any],
    seed: int,
    owner: str,
    files: Mapping[str, bytes] | None = None,
    threads: int = 1,
) -> RunSpec:
    """A new run, queued. files: name -> content of its user's own data. Raises PlaygroundError if the disk is full."""
    name = new_name({spec.name for spec in list_specs(owner)})
    run = secrets.token_hex(16)
    spec = RunSpec(run, name, family, dataset, dict(settings), seed, owner, time.time(), threads=threads)
    create_run_dir(spec, files or {})
    return spec


def create_run_dir(spec: RunSpec, files: Mapping[str, bytes], state: RunState | None = None) -> Path:
    """Create the folder of a new run atomically. state: that of a fork, which starts at a later step."""
    unfinished = runs_dir() / f".{spec.run}"
    with explain_disk_errors(runs_dir()):
        try:
            unfinished.mkdir(parents=True)
            for name, content in files.items():
                (unfinished / name).write_bytes(content)
            write_json(unfinished / "state.json", dataclasses.asdict(state or RunState()))
            write_json(unfinished / "run.json", dataclasses.asdict(spec))
            return unfinished.rename(runs_dir() / spec.run)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)


def spec_of(run: str) -> RunSpec:
    """A run's spec. Raises PlaygroundError if there is no such run."""
    return _read_spec(run_dir(run))


def _read_spec(folder: Path) -> RunSpec:
    try:
        spec = decode(RunSpec, json.loads((folder / "run.json").read_text("utf-8")))
    except (OSError, ValueError, RecursionError) as error:
        raise PlaygroundError(say("train.run.damaged", folder=folder.name)) from error
    if spec.run != folder.name:  # its id leads to its files
        raise PlaygroundError(say("train.run.damaged", folder=folder.name))
    return spec


def state_of(folder: Path) -> RunState:
    """A run's state; FAILED if its file cannot be read, or while its disk is read-only, where no worker can go on."""
    try:
        state = decode(RunState, json.loads((folder / "state.json").read_text("utf-8")))
    except (OSError, ValueError, RecursionError):
        return RunState(FAILED, say("train.run.damaged_state"))
    if state.status not in ENDED and not os.access(folder, os.W_OK):
        return dataclasses.replace(state, status=FAILED, explained=say("train.worker.read_only", folder=folder.parent))
    return state


def state_of_run(run: str) -> RunState:
    """The state of a run by its id: see state_of."""
    return state_of(runs_dir() / run)


def write_state(folder: Path, state: RunState) -> None:
    """Replace state.json. That of a failed run finds room on a full disk too: in the old file's place."""
    try:
        write_json(folder / "state.json", dataclasses.asdict(state))
    except OSError as error:
        if state.status != FAILED or not is_no_room(error):
            raise
        overwrite_json(folder / "state.json", dataclasses.asdict(state))


def list_specs(owner: str | None = None) -> list[RunSpec]:
    """The runs of a visitor, or of everybody, oldest first. Damaged ones are skipped."""
    specs = []
    for path in runs_dir().glob("*/run.json") if runs_dir().exists() else []:
        if not _ID.fullmatch(path.parent.name):
            continue
        try:
            spec = _read_spec(path.parent)
        except PlaygroundError:
            continue
        if owner is None or spec.owner == owner:
            specs.append(spec)
    return sorted(specs, key=lambda spec: spec.created)


def worker_lock(folder: Path) -> FileLock:
    """The lock of a run's worker, held while its process lives; the system releases it when the process is killed."""
    return FileLock(folder / "worker.lock", timeout=0)


def has_worker(folder: Path) -> bool:
    """Whether a worker process has this run. Tried three times: another process may test the lock at this moment."""
    for _ in range(3):
        try:
            with worker_lock(folder):
                return False
        except Timeout:
            time.sleep(0.003)
    return True


def rename_run(run: str, name: str, owner: str) -> RunSpec:
    """Name a run as its owner chooses, which also protects it from being deleted to free space.

    Raises PlaygroundError for a name that is too long, not printable or taken, and for another visitor's run.
    """
    folder, spec = owned_run(run, owner)
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise PlaygroundError(say("train.run.name_rule", most=LONGEST_NAME))
    if any(other.name == name and other.run != run for other in list_specs(owner)):
        raise PlaygroundError(say("train.run.name_taken", name=name))
    spec = dataclasses.replace(spec, name=name, named=True)
    with explain_disk_errors(runs_dir()):
        write_json(folder / "run.json", dataclasses.asdict(spec))
    return spec


def owned_run(run: str, owner: str) -> tuple[Path, RunSpec]:
    """A run's folder and spec. Raises PlaygroundError if it is another visitor's."""
    folder = run_dir(run)
    spec = _read_spec(folder)
    if not owner or spec.owner != owner:
        raise PlaygroundError(say("train.run.not_yours"))
    return folder, spec


def user_files(folder: Path) -> list[Path]:
    """The files with its owner's own data, pictures or text."""
    return sorted(path for path in folder.glob("own-*") if path.is_file())


def delete_run(folder: Path) -> None:
    """Delete a run; it disappears from the list at once."""
    gone = folder.with_name(f".gone-{folder.name}")
    folder.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)
