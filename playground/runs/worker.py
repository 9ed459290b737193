"""The process of one run: python -m playground.runs.worker FOLDER. It trains, executes commands and writes results.

It needs no server: viewers read its files. After a kill at any moment another worker resumes from the last
checkpoint, at most CHECKPOINT_SECONDS old, and computes the same numbers.
"""

from __future__ import annotations

import contextlib
import math
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import Timeout

from playground.core import hardware
from playground.core.catalogue import say
from playground.core.files import is_forbidden, is_no_room
from playground.runs import edit_log, energy_meter, frame_io, json_files, metrics_csv, presence, snapshots, store
from playground.runs.run_failure import explain_failure
from playground.runs.state_file import StateFile
from playground.runs.step_clock import StepClock
from playground.training import trainer_registry
from playground.training.number_words import number_words

if TYPE_CHECKING:
    from playground.training.trainer import Trainer

CHECKPOINT_SECONDS = 8.0
#: Between two reads of commands.jsonl.
POLL_SECONDS = 0.05
#: Frames take at most this share of the time.
FRAME_SHARE = 0.03
#: A paused run that nobody watches ends its process after so long; a run without a server, at a checkpoint.
PAUSE_LIMIT_SECONDS = 60.0


def main(arguments: list[str]) -> int:
    """Train the run in this folder until its last step or a stop. Returns the process's exit status."""
    hardware.prepare_environment()
    folder = Path(arguments[0])
    with contextlib.suppress(Timeout), store.worker_lock(folder).acquire(timeout=5):  # else another worker has it
        Worker(folder).run()
    return 0


class Worker:
    """A run and its trainer, resumed from the run's checkpoint."""

    def __init__(self, folder: Path) -> None:
        """Loads nothing: see run."""
        self.folder = folder
        self.spec = store.spec_of(folder.name)
        self.state_file = StateFile(folder)
        self.checkpoint_path = folder / "latest.pt"
        self.clock, self.cpu_before, self.frame_due = StepClock(), 0.0, 0.0
        self.names: tuple[str, ...] = ()
        self.metrics: metrics_csv.MetricsWriter | None = None
        self.paused = self.stopping = False
        self.energy = energy_meter.EnergyAccount(folder, None)
        self.trainer: Trainer  # from run() on

    def run(self) -> None:
        """Train to the end. An exception becomes a failed run with a sentence that explains it."""
        self.state_file.set(status=store.RUNNING)
        try:
            store.write_state(self.folder, self.state_file.state)  # no longer queued
            import torch

            torch.set_num_threads(self.spec.threads)
            signal.signal(signal.SIGTERM, self._on_sigterm)
            spec = self.spec
            self.trainer = trainer_registry.open_trainer(
                spec.family, spec.dataset, spec.settings, spec.seed, self.folder
            )
            self._resume()
            self._train()
        except Exception as error:  # whatever a library raises: a sentence for the visitor
            if is_no_room(error) or is_forbidden(error):
                self.metrics = None  # its last rows find no room either
            with contextlib.suppress(OSError):  # of a read-only disk: see store.state_of
                self._write_state(store.FAILED, explain_failure(error, self.folder))
        finally:
            self.energy.pause()

    def _on_sigterm(self, *_: Any) -> None:
        """The server or the machine shuts down: write a checkpoint and exit; the next server resumes the run."""
        self.stopping = True

    def _resume(self) -> None:
        """Load the last checkpoint, if there is one; later changes are replayed at their steps."""
        from playground.training import checkpoints

        stored = checkpoints.resume(self.checkpoint_path, self.trainer)
        self.edits = edit_log.EditLog(self.folder, self.trainer, stored["events"] if stored is not None else 0)
        self.energy = energy_meter.EnergyAccount(self.folder, 0.0 if stored is None else stored.get("measured_kwh"))
        if stored is not None:
            self.clock, self.cpu_before = StepClock(stored), stored["cpu_seconds"]
            if stored.get("heard", 0) > self.state_file.state.heard:  # killed before state.json was written
                self.state_file.set(heard=stored["heard"])
                self.paused = stored["paused"]
        if self.edits.heard() > self.state_file.state.heard:  # else a change would be made again, and too early
            self.state_file.set(heard=self.edits.heard())
        self.cpu_before -= time.process_time()
        steps = float(self.spec.settings["steps"])
        self.snapshots = snapshots.Snapshots(self.folder, steps, self.spec.forked_at)
        self.names = tuple(stored["names"]) if stored is not None else ()
        if self.names:
            self.metrics = metrics_csv.MetricsWriter(self.folder / "curve.csv", self.names, self.trainer.step)
        else:
            (self.folder / "curve.csv").unlink(missing_ok=True)
        self.state_file.set(edition=self.state_file.state.edition + 1, names=self.names)
        self.edits.replay()
        self._write_state(self._status())

    def _status(self) -> str:
        return store.PAUSED if self.paused else store.RUNNING

    def _train(self) -> None:
        """Step after step, to the last one, a stop, or the end of this process."""
        steps = int(self.spec.settings["steps"])
        self.polled_at = self.checkpointed_at = time.monotonic()
        if not snapshots.snapshot_steps(self.folder):  # a fork's first one, too: it may fail at its first step
            self._take_snapshot()
        self._run_commands()
        self.energy.resume()
        while self.trainer.step < steps and not self.stopping:
            if time.monotonic() - self.polled_at >= POLL_SECONDS:
                self._poll()
            if self.paused:
                self._wait_while_paused()
                continue
            self.edits.replay()
            if not self._advance():
                return
            if reason := str(getattr(self.trainer, "finished", "")):
                self._finish(store.DONE, reason)
                return
        # A run that is not done keeps its status: the scheduler resumes it.
        self._finish(store.DONE if self.trainer.step >= steps else self._status())

    def _advance(self) -> bool:
        """One step; False if it failed."""
        return self._log_step(self.clock.count(self.trainer.advance))

    def _log_step(self, numbers: dict[str, float], single: bool = False) -> bool:
        """Record the numbers of a step; False if one is NaN or infinite, and the run has failed.

        single: done by hand, so it has its row wherever it falls.
        """
        if self.metrics is None:
            self.names = tuple(numbers)
            self.metrics = metrics_csv.MetricsWriter(self.folder / "curve.csv", self.names, 0)
            self.state_file.set(names=self.names)
        step = self.trainer.step
        if not all(map(math.isfinite, numbers.values())):
            self.metrics.add(step, self.clock.cpu_seconds, self.trainer.seen, numbers)
            name = next(name for name, number in numbers.items() if not math.isfinite(number))
            number = number_words(name, self.names)
            self._write_state(store.FAILED, say("train.worker.not_finite", step=step, number=number))
            return False
        if single or metrics_csv.is_logged(step) or step == int(self.spec.settings["steps"]):
            self.metrics.add(step, self.clock.cpu_seconds, self.trainer.seen, numbers)
        if self.snapshots.is_due(step):
            self._take_snapshot()
        return True

    def _poll(self) -> None:
        """Commands, checkpoint, frame and state: at most 20 times a second."""
        self.polled_at = time.monotonic()
        self._run_commands()
        if self.metrics is not None:
            if self.names != self.state_file.written.names:  # readers of rows need their names
                self._write_state(self._status())
            self.metrics.flush()
        if self.polled_at - self.checkpointed_at >= CHECKPOINT_SECONDS:
            self._write_checkpoint()
            self.stopping = self.stopping or presence.has_no_server(self.folder.parent)
        watched = presence.is_watched(self.folder)
        if self.polled_at >= self.frame_due and watched:
            self._write_frame()
        if self.paused or self.state_file.is_due(watched):
            self._write_state(self._status())

    def _write_frame(self) -> None:
        start = time.monotonic()
        frame_io.write_frame(self.folder / "frame.npz", self.trainer.step, self.trainer.frame())
        took = time.monotonic() - start
        self.frame_due = math.inf if self.paused else time.monotonic() + max(POLL_SECONDS, took / FRAME_SHARE)

    def _run_commands(self) -> None:
        """Execute the new commands."""
        commands = json_files.read_lines_with_ends(self.folder / "commands.jsonl", self.state_file.state.heard)
        for command, heard in commands:
            self.state_file.set(heard=heard)
            match command.get("do"):
                case "play" | "pause":
                    self.paused = command["do"] == "pause"
                case "step" | "part":
                    self.paused = True
                    self._single_step(command["do"])
                    # A part has no step number by which it could be repeated after a kill.
                    self._write_checkpoint(lasting=False)
                case "change":
                    explained = self.edits.apply(command.get("settings"), heard)
                    if explained is not None:
                        self.state_file.set(explained=explained)
                case "stop":
                    self._write_checkpoint()
                    self._take_snapshot()
                    self._write_frame()
                    self._write_state(store.STOPPED)
                    raise SystemExit
        if commands:
            self.frame_due = 0.0

    def _single_step(self, what: str) -> None:
        """A step, or the next part of one, of a paused run; nothing after its last step."""
        if self.trainer.step >= int(self.spec.settings["steps"]):
            return
        part = getattr(self.trainer, "part", None)
        if what == "part" and part is not None:
            before, numbers = self.trainer.step, self.clock.count(part)
            if self.trainer.step == before or self._log_step(numbers, single=True):
                return
        elif self._log_step(self.clock.count(self.trainer.advance), single=True):
            return
        raise SystemExit

    def _wait_while_paused(self) -> None:
        """Poll for commands; end the process after PAUSE_LIMIT_SECONDS without a viewer."""
        since = time.monotonic()
        self.energy.pause()
        self._write_checkpoint()
        while self.paused and not self.stopping:
            self._poll()
            time.sleep(POLL_SECONDS)
            if time.monotonic() - since > PAUSE_LIMIT_SECONDS and not presence.is_watched(self.folder):
                self.stopping = True
        self.energy.resume()

    def _take_snapshot(self) -> None:
        """A checkpoint and its frame for the time machine."""
        # A fork reads its own commands from their start. Its energy is that of now, not of the last checkpoint.
        state = self._checkpoint_state() | {"heard": 0, "measured_kwh": self.energy.kwh()}
        self.snapshots.take(self.trainer.step, state, self.trainer.frame())

    def _checkpoint_state(self) -> dict[str, Any]:
        return {
            "course": self.trainer.state_dict(),
            "step": self.trainer.step,
            **self.clock.as_checkpoint(),
            "cpu_seconds": self.cpu_before + time.process_time(),
            "names": list(self.names),
            "events": self.edits.applied,
            "heard": self.state_file.state.heard,
            "paused": self.paused,
            "measured_kwh": self.state_file.state.measured_kwh,
        }

    def _write_checkpoint(self, lasting: bool = True) -> None:
        """Write latest.pt, after curve.csv: rows of steps in the checkpoint are not computed again."""
        from playground.training import checkpoints

        if self.metrics is not None:
            self.metrics.flush()
        self.state_file.set(measured_kwh=self.energy.kwh())
        checkpoints.write(self.checkpoint_path, self._checkpoint_state(), lasting)
        self.checkpointed_at = time.monotonic()

    def _finish(self, status: str, explained: str = "") -> None:
        self._write_checkpoint()
        (self.folder / store.RESTARTS).unlink(missing_ok=True)  # it was not killed
        if status == store.DONE:
            self._take_snapshot()
            snapshots.link_latest(self.folder, self.trainer.step)
        frame_io.write_frame(self.folder / "frame.npz", self.trainer.step, self.trainer.frame())
        self._write_state(status, explained)

    def _write_state(self, status: str, explained: str = "") -> None:
        """Report the status and all counters. explained: "" keeps the earlier sentence."""
        if self.metrics is not None and status != store.RUNNING:
            self.metrics.flush()
        state = self.state_file.state
        trainer = getattr(self, "trainer", None)  # None if its data could not be loaded
        self.state_file.write(
            status,
            explained=explained or state.explained,
            step=state.step if trainer is None else trainer.step,
            seen=state.seen if trainer is None else trainer.seen,
            seconds=round(self.clock.seconds, 3),
            cpu_seconds=round(self.cpu_before + time.process_time(), 3),
            measured_kwh=self.energy.kwh() if status in store.ENDED else state.measured_kwh,
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
