"""What was changed while a run went on: noted with its step in events.jsonl, and made again by whoever takes it up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playground.core.errors import PlaygroundError
from playground.runs import store
from playground.runs.protocol import Course


class Changes:
    """The changes of one run. done: how many of those that are noted the course holds."""

    def __init__(self, folder: Path, course: Course, done: int) -> None:
        """done: as its checkpoint says."""
        self.path, self.course, self.done = folder / "events.jsonl", course, done
        self.noted, _ = store.lines(self.path)
        self._said: tuple[int, Any] = (-1, None)  # the last that was asked for, and at which step

    def again(self) -> None:
        """Make those that were noted for this step and that the course does not hold."""
        while self.done < len(self.noted) and self.noted[self.done].get("step", 0) <= self.course.step:
            self.course.change(self.noted[self.done]["settings"])
            self.done += 1

    def obey(self, settings: Any) -> str | None:
        """Change, and note it with its step. A bad change changes nothing: why, in a sentence; "" for a good one.

        None: nothing was asked, for the page's frame may report a choice twice.
        """
        asked = (self.course.step, settings)
        if not isinstance(settings, dict) or asked == self._said:
            return None
        self._said = asked
        try:
            self.course.change(settings)
        except PlaygroundError as error:
            return str(error)
        self.noted.insert(self.done, {"step": self.course.step, "settings": settings})  # before those still to come
        store.write_lines(self.path, self.noted)
        self.done += 1
        return ""
