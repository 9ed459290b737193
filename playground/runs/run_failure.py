"""Why a run failed, in a sentence."""

from __future__ import annotations

import traceback
from pathlib import Path

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.files import is_forbidden, is_no_room


def explain_failure(error: Exception, folder: Path) -> str:
    """The sentence for what ended a run. What nobody foresaw is printed with its traceback, for the run's log."""
    if is_no_room(error):
        return say("train.worker.full", folder=folder.parent)
    if is_forbidden(error):
        return say("train.worker.read_only", folder=folder.parent)
    if isinstance(error, PlaygroundError):
        return str(error)
    if isinstance(error, MemoryError):
        return say("train.worker.memory")
    traceback.print_exception(error)
    return say("train.worker.broke_down")
