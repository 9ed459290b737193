"""A frame of a run as an .npz file: its arrays, and its numbers and strings as JSON in one more array."""

from __future__ import annotations

import io
import json
import zlib
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from playground.core.files import replace_file
from playground.training.trainer import Frame

_HEADER = "words.json"


def write_frame(path: Path, step: int, frame: Frame) -> None:
    """Replace the file atomically. step: the step that the frame shows."""
    arrays = {name: value for name, value in frame.items() if isinstance(value, np.ndarray)}
    others = {name: _to_json(value) for name, value in frame.items() if name not in arrays}
    header = np.frombuffer(json.dumps({"step": step, "others": others}).encode(), np.uint8)
    content = io.BytesIO()
    np.savez(content, allow_pickle=False, **{**arrays, _HEADER: header})
    replace_file(path, content.getvalue())


def read_frame(path: Path) -> tuple[int, dict[str, Any]] | None:
    """(step, frame); None if there is no file or it cannot be read."""
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
            header = json.loads(file[_HEADER].tobytes())
            arrays = {name: file[name] for name in file.files if name != _HEADER}
        return int(header["step"]), {**header["others"], **arrays}
    except (OSError, ValueError, KeyError, TypeError, EOFError, OverflowError, RecursionError, BadZipFile, zlib.error):
        return None


def _to_json(value: Any) -> float | int | str:
    if isinstance(value, np.generic):
        return value.item()  # type: ignore[no-any-return]
    if isinstance(value, float | int | str):
        return value
    raise ValueError(f"a frame holds arrays, numbers and strings, not {type(value).__name__}")
