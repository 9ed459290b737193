"""Worker processes of the coin trainer, forked from one that has imported torch: each is there in an instant."""

from __future__ import annotations

import multiprocessing
import os
import sys
from multiprocessing.context import ForkServerProcess
from pathlib import Path

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["torch", "coin_trainer", "playground.runs.worker"])

#: The environment variable of the most bytes that a worker may write into one file: for it, a larger one finds no room.
LARGEST_FILE = "COIN_LARGEST_FILE"


class WorkerProcess:
    """A worker of one run, with what the scheduler uses of a subprocess.Popen."""

    def __init__(self, folder: Path) -> None:
        self._process: ForkServerProcess = _CONTEXT.Process(target=_work, args=[str(folder), dict(os.environ)])
        self._process.start()
        assert self._process.pid is not None
        self.pid = self._process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self) -> None:
        self._process.join()

    def kill(self) -> None:
        self._process.kill()


def _work(folder: str, environment: dict[str, str]) -> None:
    """The new process: what `python -m playground.runs.worker FOLDER` does, but for the trainer and the meter."""
    import coin_trainer

    from playground.runs import energy_meter, worker
    from playground.training import trainer_registry

    os.environ.update(environment)
    if LARGEST_FILE in environment:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (int(environment[LARGEST_FILE]),) * 2)
    log = os.open(os.path.join(folder, "log.txt"), os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(log, 1)
    os.dup2(log, 2)
    energy_meter.open_meter = coin_trainer.Clock  # type: ignore[assignment]
    trainer_registry.trainers = coin_trainer.trainers
    worker.CHECKPOINT_SECONDS = 0.3
    sys.exit(worker.main([folder]))
