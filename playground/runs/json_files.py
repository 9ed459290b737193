"""JSON and JSON-lines files that stay readable after a kill at any moment: replaced whole, or appended in one write."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any


def write_json(path: Path, values: Mapping[str, Any]) -> None:
    """Replace the file atomically."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(3)}")
    unfinished.write_text(json.dumps(values, ensure_ascii=False), "utf-8")
    unfinished.replace(path)


def read_json(path: Path) -> dict[str, Any]:
    """The file's object; {} if there is none, or if it cannot be read."""
    try:
        value = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def append_line(path: Path, values: Mapping[str, Any]) -> None:
    """Append one JSON object as a line, in a single write."""
    line = json.dumps(values, ensure_ascii=False).encode() + b"\n"
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(file, line)
    finally:
        os.close(file)


def write_lines(path: Path, values: Iterable[Mapping[str, Any]]) -> None:
    """Replace the file atomically, a JSON object a line."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.write_text("".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values), "utf-8")
    unfinished.replace(path)


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
        except ValueError:
            continue
        if isinstance(value, dict):
            lines.append((value, end))
    return lines
