"""Notices that more than one panel shows: values of the notice view."""

from __future__ import annotations

import traceback

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.files import is_no_room
from playground.core.verification import Verification
from playground.ui.notice import notice

Notice = dict[str, str]


def to_playground_error(error: Exception) -> PlaygroundError:
    """The error itself if it is one for visitors; else one that says that something unforeseen failed.

    What nobody foresaw is printed with its traceback, for whoever runs the server.
    """
    if isinstance(error, PlaygroundError):
        return error
    if is_no_room(error):
        return PlaygroundError(say("shared.disk.some_full"))
    traceback.print_exception(error)
    reason = (str(error).splitlines() or [""])[0][:160]
    return PlaygroundError(say("shared.outcome.unexpected", kind=type(error).__name__, reason=reason))


def error_notice(error: PlaygroundError) -> Notice:
    """An error as a notice."""
    return notice(str(error), "error")


def cannot_follow(error: PlaygroundError) -> Notice:
    """A link whose recipe is not valid."""
    return notice(say("shared.link.invalid", error=error), "error")


def verification_notice(verification: Verification, unit: str | None = None) -> Notice:
    """Whether a link's result was reproduced. unit: how it was compared, in words; None for "pixel for pixel"."""
    if verification.reproduced:
        return notice(say("shared.outcome.reproduced", unit=unit or say("shared.outcome.pixels")), "ok")
    return notice(say("shared.outcome.differs", difference=verification.difference), "warning")


def stopped(detail: str = "") -> Notice:
    """The notice after Stop. detail: where it stopped, as in "at step 3 of 20"."""
    return notice(say("shared.outcome.stopped_at", where=detail) if detail else say("shared.outcome.stopped"))
