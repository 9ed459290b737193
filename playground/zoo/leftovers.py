"""Deletes what processes that were killed have left unfinished in the models' folder.

A model that is fetched again is cleared then (model_files.py); here are those that nobody asks for again.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from filelock import FileLock, Timeout

from playground.core.paths import models_dir

#: Names of unfinished folders beside the one that they become: see model_files.new_unfinished_folder, replace_folder.
_UNFINISHED = re.compile(r"\.(?P<name>.+)\.(unfinished|replaced)-\d+")
#: Folders in the models' folder that hold models.
_SHELVES = (".", "hub", "tuned", "own")


def delete_leftovers() -> list[Path]:
    """Deletes the unfinished folders of all models that no process works at, and returns them."""
    deleted = []
    for shelf in _SHELVES:
        for folder in sorted((models_dir() / shelf).glob(".*")):
            match = _UNFINISHED.fullmatch(folder.name)
            if match and folder.is_dir():
                deleted += _delete([folder], folder.with_name(match["name"]))
        for model in sorted((models_dir() / shelf).glob("*")):
            inside = [part for part in model.glob(".*") if part.is_dir() and _UNFINISHED.fullmatch(part.name)]
            deleted += _delete(inside, model)
    for download in sorted((models_dir() / ".downloads").glob("*")):
        inside = [part for part in download.glob(".*") if part.is_dir() and _UNFINISHED.fullmatch(part.name)]
        deleted += _delete(inside, models_dir() / download.name)
    return deleted


def _delete(folders: list[Path], model: Path) -> list[Path]:
    """Deletes folders under the lock of their model's folder; none if another process has it."""
    if not folders:
        return []
    try:
        with FileLock(model.with_name(f".{model.name}.lock"), timeout=0):
            for folder in folders:
                shutil.rmtree(folder, ignore_errors=True)
    except (Timeout, OSError):  # another process works at it, or the folder is read-only
        return []
    return folders
