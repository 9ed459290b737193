"""Where runs lie on the disk, a folder each, and what is in it: who may have it, how it stands, what was changed.

run.json: the spec.  state.json: how it stands.  commands.jsonl: what was asked of the worker.  events.jsonl: what was
changed, with its step.  curve.csv: the numbers.  latest.pt: where it is taken up.  kept/: the time machine.
Every file is replaced in one step or only ever appended to, so a kill at any moment leaves it readable.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from playground.core.errors import PlaygroundError
from playground.runs.names import new_name
from playground.zoo import model_files
from playground.zoo.fetch import models_dir

QUEUED, RUNNING, PAUSED, DONE, STOPPED, FAILED = "queued", "running", "paused", "done", "stopped", "failed"
ENDED = (DONE, STOPPED, FAILED)
LONGEST_NAME = 40
#: Of all runs together; PLAYGROUND_RUNS_BYTES says otherwise.
DISK_BYTES = 2 << 30
_ID = re.compile(r"[0-9a-f]{32}")


@dataclasses.dataclass(frozen=True, eq=False)
class Spec:
    """What a run is. run: its name to the machine, not to be guessed.  name: to people; named: they chose it.

    settings: checked, whole, JSON values.  owner: the visitor's token.  parent, forked_at: the run and the step that
    this one left, or "" and 0.  created: seconds since 1970.  threads: of its process; other numbers would round
    otherwise, so a fork has its parent's.
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
class State:
    """How a run stands. explained: why it ended, in a sentence.  seconds: of training, over all starts.

    heard: bytes of commands.jsonl that were obeyed.  edition: how often it was taken up.  cpu_seconds: as seconds.
    measured_kwh: kilowatt-hours, where an instrument counted all of them.
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
    """Where all runs are kept: PLAYGROUND_RUNS_DIR, or runs beside the models. May not exist yet."""
    chosen = os.environ.get("PLAYGROUND_RUNS_DIR")
    return Path(chosen).expanduser().absolute() if chosen else models_dir() / "runs"


def folder_of(run: str) -> Path:
    """A run's folder. Raises PlaygroundError if there is none."""
    folder = runs_dir() / run if isinstance(run, str) and _ID.fullmatch(run) else None
    if folder is None or not (folder / "run.json").exists():
        raise PlaygroundError("There is no such run any more: choose one of the list, or start a new one.")
    return folder


def create(
    family: str,
    dataset: str,
    settings: Mapping[str, Any],
    seed: int,
    owner: str,
    files: Mapping[str, bytes] | None = None,
    threads: int = 1,
) -> Spec:
    """A new run, queued, with the files that it brought. Raises PlaygroundError if there is no room."""
    name = new_name({spec.name for spec in specs(owner)})
    run = secrets.token_hex(16)
    spec = Spec(run, name, family, dataset, dict(settings), seed, owner, time.time(), threads=threads)
    lay_down(spec, files or {})
    return spec


def lay_down(spec: Spec, files: Mapping[str, bytes], state: State | None = None) -> Path:
    """The spec's new folder, in one step. state: of one that goes on from where another was."""
    unfinished = runs_dir() / f".{spec.run}"
    with model_files.explained_disk_errors(runs_dir()):
        try:
            unfinished.mkdir(parents=True)
            for name, content in files.items():
                (unfinished / name).write_bytes(content)
            write_json(unfinished / "state.json", dataclasses.asdict(state or State()))
            write_json(unfinished / "run.json", dataclasses.asdict(spec))
            return unfinished.rename(runs_dir() / spec.run)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)


def spec_of(run: str) -> Spec:
    """Raises PlaygroundError if there is no such run."""
    return _spec(folder_of(run))


def _spec(folder: Path) -> Spec:
    try:
        return Spec(**json.loads((folder / "run.json").read_text("utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise PlaygroundError(f"The run in {folder.name} is damaged: delete its folder.") from error


def state_of(folder: Path) -> State:
    """How the run stands."""
    try:
        values = json.loads((folder / "state.json").read_text("utf-8"))
        return State(**{**values, "names": tuple(values["names"])})
    except (OSError, ValueError, TypeError, KeyError):
        return State(FAILED, "This run's notes are damaged: delete it.")


def write_state(folder: Path, state: State) -> None:
    """Replace it."""
    write_json(folder / "state.json", dataclasses.asdict(state))


def specs(owner: str | None = None) -> list[Spec]:
    """The runs of a visitor, or of everybody, oldest first."""
    found = []
    for path in runs_dir().glob("*/run.json") if runs_dir().exists() else []:
        if not _ID.fullmatch(path.parent.name):
            continue
        try:
            spec = _spec(path.parent)
        except PlaygroundError:
            continue
        if owner is None or spec.owner == owner:
            found.append(spec)
    return sorted(found, key=lambda spec: spec.created)


def write_json(path: Path, values: Mapping[str, Any]) -> None:
    """Replace the file in one step."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(3)}")
    unfinished.write_text(json.dumps(values, ensure_ascii=False), "utf-8")
    unfinished.replace(path)


def append_line(path: Path, values: Mapping[str, Any]) -> None:
    """One JSON object more, in one write."""
    line = json.dumps(values, ensure_ascii=False).encode() + b"\n"
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(file, line)
    finally:
        os.close(file)


def write_lines(path: Path, values: Iterable[Mapping[str, Any]]) -> None:
    """Replace the file, a JSON object a line, in one step."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.write_text("".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values), "utf-8")
    unfinished.replace(path)


def lines(path: Path, start: int = 0) -> tuple[list[dict[str, Any]], int]:
    """The whole lines from byte `start` on, and the byte after them; a line that cannot be read is left out."""
    found = lines_with_ends(path, start)
    return [value for value, _ in found], found[-1][1] if found else start


def lines_with_ends(path: Path, start: int = 0) -> list[tuple[dict[str, Any], int]]:
    """The whole lines from byte `start` on, each with the byte after it; what cannot be read is left out."""
    try:
        with path.open("rb") as file:
            file.seek(start)
            content = file.read()
    except OSError:
        return []
    found, end = [], start
    for line in content[: content.rfind(b"\n") + 1].splitlines(True):
        end += len(line)
        try:
            value = json.loads(line)
        except ValueError:
            continue
        if isinstance(value, dict):
            found.append((value, end))
    return found


def worker_lock(folder: Path) -> FileLock:
    """Held by a run's worker as long as it lives; the system lets go of it when it is killed."""
    return FileLock(folder / "worker.lock", timeout=0)


def is_alive(folder: Path) -> bool:
    """Whether a worker has this run. Others who ask at the same moment hold the lock for an instant: asked thrice."""
    for _ in range(3):
        try:
            with worker_lock(folder):
                return False
        except Timeout:
            time.sleep(0.003)
    return True


def rename(run: str, name: str, owner: str) -> Spec:
    """A name that a visitor chose: such a run is never dropped for room. Raises PlaygroundError for a bad one."""
    folder, spec = owned(run, owner)
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise PlaygroundError(f"A name has 1 to {LONGEST_NAME} letters, digits, signs and spaces: type another.")
    if any(other.name == name and other.run != run for other in specs(owner)):
        raise PlaygroundError(f"You have another run called “{name}”: type another name.")
    spec = dataclasses.replace(spec, name=name, named=True)
    write_json(folder / "run.json", dataclasses.asdict(spec))
    return spec


def owned(run: str, owner: str) -> tuple[Path, Spec]:
    """A run's folder and spec. Raises PlaygroundError if it is another visitor's."""
    folder = folder_of(run)
    spec = _spec(folder)
    if not owner or spec.owner != owner:
        raise PlaygroundError("This run is somebody else's: watch it, or fork it to have one of your own.")
    return folder, spec


def brought(folder: Path) -> list[Path]:
    """The files of its owner's own material, pictures or a text, that a run was started with."""
    return sorted(path for path in folder.glob("own-*") if path.is_file())


def delete(folder: Path) -> None:
    """All of it, in one step for those who look."""
    gone = folder.with_name(f".gone-{folder.name}")
    folder.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)


def bytes_of(folder: Path) -> int:
    """What a run takes on the disk."""
    return sum(_files(folder))


def _files(folder: Path) -> Iterator[int]:
    for path in folder.rglob("*"):
        try:
            if path.is_file():
                yield path.stat().st_size
        except OSError:
            continue


def disk_bytes() -> int:
    """What all runs together may take."""
    asked = os.environ.get("PLAYGROUND_RUNS_BYTES", "")
    return int(asked) if asked.isdigit() else DISK_BYTES


def make_room() -> list[Spec]:
    """Drop the oldest runs that nobody named and that have ended, until all fit. Returns those; each owner is told."""
    sizes = {spec.run: bytes_of(runs_dir() / spec.run) for spec in specs()}
    total, dropped = sum(sizes.values()), []
    for spec in specs():
        folder = runs_dir() / spec.run
        if total <= disk_bytes():
            break
        if spec.named or state_of(folder).status not in ENDED or is_alive(folder):
            continue
        delete(folder)
        total -= sizes[spec.run]
        dropped.append(spec)
        append_line(runs_dir() / "dropped.jsonl", {"name": spec.name, "owner": spec.owner, "at": time.time()})
    return dropped


def dropped_of(owner: str) -> list[str]:
    """Names of this visitor's runs that were dropped for room, the newest last."""
    found, _ = lines(runs_dir() / "dropped.jsonl")
    return [str(line["name"]) for line in found if line.get("owner") == owner]
