"""How long work reports progress: by calling a Report."""

from __future__ import annotations

from collections.abc import Callable

#: Called with a few words on the current step, and the fraction done, 0 to 1.
Report = Callable[[str, float], None]


def without_progress(_doing: str, _fraction: float) -> None:
    """A Report that does nothing."""
