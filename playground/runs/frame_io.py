"""What is shown of a run at one step, as a file: an .npz of its arrays, and its numbers and sentences as JSON in it."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from playground.runs.protocol import Frame

_WORDS = "words.json"


def write(path: Path, step: int, frame: Frame) -> None:
    """Replace the file in one step. step: how many were done."""
    arrays = {name: value for name, value in frame.items() if isinstance(value, np.ndarray)}
    others = {name: _plain(value) for name, value in frame.items() if name not in arrays}
    words = np.frombuffer(json.dumps({"step": step, "others": others}).encode(), np.uint8)
    content = io.BytesIO()
    np.savez(content, allow_pickle=False, **{**arrays, _WORDS: words})
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.write_bytes(content.getvalue())
    unfinished.replace(path)


def read(path: Path) -> tuple[int, dict[str, Any]] | None:
    """The step and the frame, its arrays as NumPy's; None if there is none that can be read."""
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
            words = json.loads(file[_WORDS].tobytes())
            arrays = {name: file[name] for name in file.files if name != _WORDS}
    except (OSError, ValueError, KeyError, EOFError):
        return None
    return int(words["step"]), {**words["others"], **arrays}


def _plain(value: Any) -> float | int | str:
    if isinstance(value, np.generic):
        return value.item()  # type: ignore[no-any-return]
    if isinstance(value, float | int | str):
        return value
    raise ValueError(f"a frame holds arrays, numbers and strings, not {type(value).__name__}")
