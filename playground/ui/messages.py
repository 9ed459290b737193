"""The sentences that more than one panel shows, each in one place; all are values for the notice view."""

from __future__ import annotations

from playground.core.errors import PlaygroundError
from playground.core.verification import Verification
from playground.ui.notice import notice

Notice = dict[str, str]


def error_notice(error: PlaygroundError) -> Notice:
    """What went wrong, in the error's own sentence."""
    return notice(str(error), "error")


def cannot_follow(error: PlaygroundError) -> Notice:
    """A link whose recipe is not valid here."""
    return notice(f"This link cannot be followed. {error}", "error")


def verification_notice(verification: Verification, unit: str = "pixel for pixel") -> Notice:
    """Whether a link's result was reproduced. unit: what was compared, in words: "token for token"."""
    if verification.reproduced:
        return notice(f"Reproduced ✓ {unit}.", "ok")
    return notice(f"Differs: {verification.difference}.", "warning")


def stopped(detail: str = "") -> Notice:
    """After Stop. detail: how far it came, as "at step 3 of 20"."""
    return notice(f"Stopped {detail}." if detail else "Stopped.")
