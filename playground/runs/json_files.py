"""JSON and JSON-lines files that stay readable after a kill at any moment: replaced whole, or appended in one write."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from playground.core.files import replace_file


def write_json(path: Path, values: Mapping[str, Any]) -> None:
    """Replace the file atomically. Raises OSError if the disk is full."""
    replace_file(path, json.dumps(values, ensure_ascii=False).encode())


def overwrite_json(path: Path, values: Mapping[str, Any]) -> None:
    """Overwrite a small file in its place, which needs no room; a reader at this moment may find it broken."""
    with path.open("r+b") as file:
        file.write(json.dumps(values, ensure_ascii=False).encode())
        file.truncate()


def read_json(path: Path) -> dict[str, Any]:
    """The file's object; {} if there is none, or if it cannot be read."""
    try:
        value = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def append_line(path: Path, values: Mapping[str, Any]) -> None:
    """Append one JSON object as a line, in a single write. Raises OSError if the disk is full."""
    line = json.dumps(values, ensure_ascii=False).encode() + b"\n"
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        written = os.write(file, line)
        if written < len(line):  # a broken line would take the next one along
            os.ftruncate(file, os.fstat(file).st_size - written)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    finally:
        os.close(file)


def write_lines(path: Path, values: Iterable[Mapping[str, Any]]) -> None:
    """Replace the file atomically, a JSON object a line. Raises OSError if the disk is full."""
    lines = "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values)
    replace_file(path, lines.encode())


def read_lines(path: Path, start: int = 0) -> tuple[list[dict[str, Any]], int]:
    """The complete lines from byte `start`, and the byte after them. Lines that are not JSON objects are skipped."""
    lines = read_lines_with_ends(path, start)
    return [value for value, _ in lines], lines[-1][1] if lines else start


def read_lines_with_ends(path: Path, start: int = 0) -> list[tuple[dict[str, Any], int]]:
    """The complete lines from byte `start`, each with the byte after it. Other lines than JSON objects are skipped."""
    try:
        with path.open("rb") as file:
            file.seek(start)
            content = file.read()
    except OSError:
        return []
    lines, end = [], start
    for line in content[: content.rfind(b"\n") + 1].splitlines(True):
        end += len(line)
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            lines.append((value, end))
    return lines
