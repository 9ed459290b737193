"""What handlers of a page that a test serves were called with: written by the server's threads, read by the test."""

from __future__ import annotations

import threading
from typing import Any

#: Seconds until a call that does not come fails its test: a busy machine is slow, not wrong.
PATIENCE = 45


class Calls(list[tuple[str, Any]]):
    """Calls in their order: (name, value)."""

    def __init__(self) -> None:
        super().__init__()
        self._changed = threading.Condition()

    def note(self, name: str, value: Any) -> None:
        with self._changed:
            self.append((name, value))
            self._changed.notify_all()

    def wait_for(self, count: int) -> None:
        """Waits until there are so many."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self) >= count, PATIENCE), f"{len(self)} calls of {count}: {self}"
