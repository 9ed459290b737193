"""Settings changed during a run: recorded with their steps in events.jsonl, and replayed when it is resumed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playground.core.errors import PlaygroundError
from playground.runs import json_files
from playground.training.trainer import Trainer


class EditLog:
    """The changes of one run. applied: how many of them the trainer has."""

    def __init__(self, folder: Path, trainer: Trainer, applied: int) -> None:
        """applied: in the checkpoint that the trainer was resumed from."""
        self.path, self.trainer, self.applied = folder / "events.jsonl", trainer, applied
        self.events, _ = json_files.read_lines(self.path)
        self._latest: tuple[int, Any] = (-1, None)  # step and settings of the latest request

    def replay(self) -> None:
        """Apply the recorded changes up to the trainer's step that it does not have yet."""
        while self.applied < len(self.events) and self.events[self.applied].get("step", 0) <= self.trainer.step:
            self.trainer.change(self.events[self.applied]["settings"])
            self.applied += 1

    def heard(self) -> int:
        """Up to where commands.jsonl is recorded here: a worker that is killed may not have written its state since."""
        places = (event.get("heard") for event in self.events)
        return max((place for place in places if isinstance(place, int)), default=0)

    def apply(self, settings: Any, heard: int) -> str | None:
        """Change settings and record it. Returns "", or the reason why nothing was changed.

        heard: where its command ends in commands.jsonl.

        None without a request, and for the same one again at the same step: Gradio may report a choice twice.
        """
        request = (self.trainer.step, settings)
        if not isinstance(settings, dict) or request == self._latest:
            return None
        self._latest = request
        try:
            self.trainer.change(settings)
        except PlaygroundError as error:
            return str(error)
        event = {"step": self.trainer.step, "settings": settings, "heard": heard}
        self.events.insert(self.applied, event)  # before later ones
        json_files.write_lines(self.path, self.events)
        self.applied += 1
        return ""
