"""The events that run, by their id: Stop on one that ends at the same moment is no error.

Gradio closes an event's iterator, waits until that is done, and then forgets it; the event's own end forgets it
meanwhile, and Stop was answered with a KeyError, a status of 500 and an error in the browser's console.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any


class RunningEvents(dict[str, AsyncIterator[Any]]):
    """Event id -> its iterator. What is not there can be forgotten."""

    def __delitem__(self, event_id: str) -> None:
        """Forgets an event, if it still runs."""
        self.pop(event_id, None)
