"""A cache of arrays that are built once: models_dir()/data/NAME.npz, with the sha256 of their content.

A damaged file is built again. A file gets its name only when it is complete. Several threads or processes may ask at
once: one builds, the others wait.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from playground.core.files import explain_disk_errors, file_lock
from playground.core.paths import models_dir
from playground.core.progress import Report

Arrays = dict[str, NDArray[np.uint8]]


def save_array(path: Path, array: NDArray[np.float32]) -> None:
    """Writes an array; the file gets its name only when it is complete.

    Raises PlaygroundError if the folder cannot be written to or is full.
    """
    with explain_disk_errors(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".{path.stem}.{os.getpid()}.npy")
        np.save(unfinished, array, allow_pickle=False)
        unfinished.replace(path)


def load_array(path: Path, *shape: int | None) -> NDArray[np.float32] | None:
    """An array that `save_array` wrote; None if it is missing, damaged, not finite or of another shape.

    shape: the expected sizes; None for any size.
    """
    try:
        array: NDArray[np.float32] = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    fits = len(array.shape) == len(shape) and all(b in (None, a) for a, b in zip(array.shape, shape, strict=True))
    return array if fits and array.dtype == np.float32 and np.isfinite(array).all() else None


def load_or_build(
    name: str,
    keys: Sequence[str],
    build: Callable[[], Arrays],
    report: Report,
    shipped: Path | None = None,
) -> Arrays:
    """The arrays `keys` of NAME.npz; if they are missing or their sha256 is wrong, `build` makes them.

    shipped: a bundled file of the same format, which is tried first.
    Raises PlaygroundError if the folder cannot be written to or is full.
    """
    path = models_dir() / "data" / f"{name}.npz"
    for place in (shipped, path):
        arrays = _read(place, keys) if place is not None else None
        if arrays is not None:
            return arrays
    with file_lock(path, report):
        arrays = _read(path, keys)  # another process may have built it meanwhile
        if arrays is None:
            arrays = build()
            _write(path, arrays)
    return arrays


def arrays_sha256(arrays: Arrays) -> str:
    """sha256 of the arrays' names, shapes, types and bytes, hexadecimal."""
    digest = hashlib.sha256()
    for name in sorted(arrays):
        digest.update(f"{name} {arrays[name].shape} {arrays[name].dtype}".encode())
        digest.update(np.ascontiguousarray(arrays[name]).tobytes())
    return digest.hexdigest()


def _read(path: Path, keys: Sequence[str]) -> Arrays | None:
    """The arrays, or None if the file is missing, unreadable, or its sha256 is wrong."""
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            arrays = {key: file[key] for key in keys}
            recorded = str(file["sha256"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    return arrays if arrays_sha256(arrays) == recorded else None


def _write(path: Path, arrays: Arrays) -> None:
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    with explain_disk_errors(path.parent):
        try:
            with unfinished.open("wb") as file:
                np.savez_compressed(file, sha256=np.array(arrays_sha256(arrays)), **arrays)  # type: ignore[arg-type]
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
