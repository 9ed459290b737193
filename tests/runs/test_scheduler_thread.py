"""The thread that polls runs, and its end."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from playground.runs import scheduler


class Worker:
    """A process that notes whether the thread still polled when it was asked to end."""

    def __init__(self) -> None:
        self.ended_while_polled: bool | None = None

    def poll(self) -> None:
        return None

    def terminate(self) -> None:
        self.ended_while_polled = any(thread.name == "runs" for thread in threading.enumerate())


def test_polling_ends_before_the_workers_and_can_begin_again(models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    worker, polls = Worker(), threading.Semaphore(0)
    processes: dict[str, Any] = {"run": worker}
    monkeypatch.setattr(scheduler, "_processes", processes)
    monkeypatch.setattr(scheduler, "_thread", [])
    monkeypatch.setattr(scheduler, "POLL_SECONDS", 0.01)
    monkeypatch.setattr(scheduler, "poll", polls.release)
    for _ in range(2):
        scheduler.start_polling()
        assert polls.acquire(timeout=30)
        scheduler.stop_polling()
        assert worker.ended_while_polled is False
