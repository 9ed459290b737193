"""The disk space of runs, and which are deleted when all together take too much."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

from playground.runs import store
from playground.runs.json_files import append_line, read_lines

#: For all runs together, unless PLAYGROUND_RUNS_BYTES gives another number.
DEFAULT_BYTES = 2 << 30


def disk_limit() -> int:
    """How many bytes all runs together may take."""
    value = os.environ.get("PLAYGROUND_RUNS_BYTES", "")
    return int(value) if value.isdigit() else DEFAULT_BYTES


def disk_usage(folder: Path) -> int:
    """How many bytes a run takes."""
    return sum({inode: size for inode, size in _file_sizes(folder)}.values())


def _file_sizes(folder: Path) -> Iterator[tuple[int, int]]:
    """(inode, bytes) of each file: two names of one file take its space once."""
    for path in folder.rglob("*"):
        try:
            if path.is_file():
                facts = path.stat()
                yield facts.st_ino, facts.st_size
        except OSError:
            continue  # deleted at this moment


def total_usage() -> int:
    """How many bytes all runs take."""
    return sum(disk_usage(store.runs_dir() / spec.run) for spec in store.list_specs())


def free_disk_space() -> list[store.RunSpec]:
    """Delete the oldest finished unnamed runs until the rest fit the limit. Returns the deleted ones.

    Their owners see the names in the list of runs: see dropped_names.
    """
    sizes = {spec.run: disk_usage(store.runs_dir() / spec.run) for spec in store.list_specs()}
    total, dropped = sum(sizes.values()), []
    for spec in store.list_specs():
        folder = store.runs_dir() / spec.run
        if total <= disk_limit():
            break
        if spec.named or store.state_of(folder).status not in store.ENDED or store.has_worker(folder):
            continue
        store.delete_run(folder)
        total -= sizes[spec.run]
        dropped.append(spec)
        line = {"name": spec.name, "owner": spec.owner, "at": time.time()}
        append_line(store.runs_dir() / "dropped.jsonl", line)
    return dropped


def dropped_names(owner: str) -> list[str]:
    """Names of this visitor's runs that were deleted to free space, newest last."""
    lines, _ = read_lines(store.runs_dir() / "dropped.jsonl")
    return [str(line["name"]) for line in lines if line.get("owner") == owner]
