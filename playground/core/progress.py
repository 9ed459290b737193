"""How long-running work reports its progress."""

from __future__ import annotations

from collections.abc import Callable

#: Called with what is being done and the fraction done, 0 to 1.
Report = Callable[[str, float], None]


def without_progress(_doing: str, _fraction: float) -> None:
    """A Report that ignores what it is called with."""
