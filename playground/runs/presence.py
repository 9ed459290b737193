"""Whether somebody watches a run and whether a server is running: files that they touch and workers check."""

from __future__ import annotations

import math
import os
import time
from pathlib import Path

#: A run counts as watched for so long after a viewer polled it.
WATCHED_SECONDS = 3.0
#: Without a poll of the scheduler for so long, there is no server.
NO_SERVER_SECONDS = 900.0
_TOUCH_SECONDS = 1.0


def mark_watched(folder: Path) -> None:
    """Mark that a viewer polled the run; at most once a second, because viewers poll many times a second."""
    path = folder / "watched"
    try:
        if time.time() - path.stat().st_mtime < _TOUCH_SECONDS:
            return
    except OSError:
        path.touch(exist_ok=True)
    os.utime(path)


def is_watched(folder: Path) -> bool:
    """Whether a viewer polled the run within WATCHED_SECONDS."""
    return _seconds_since_touch(folder / "watched") < WATCHED_SECONDS


def mark_server(runs_dir: Path) -> None:
    """Mark that a server's scheduler polls the runs."""
    (runs_dir / "tended").touch()  # workers of all versions read this name


def has_no_server(runs_dir: Path) -> bool:
    """Whether a scheduler polled the runs once, and none has for NO_SERVER_SECONDS."""
    return NO_SERVER_SECONDS < _seconds_since_touch(runs_dir / "tended") < math.inf


def _seconds_since_touch(path: Path) -> float:
    """Seconds since a file was touched; infinite without such a file."""
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return math.inf
