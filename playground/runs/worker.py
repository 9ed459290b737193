"""The process of one run: python -m playground.runs.worker FOLDER. It trains, obeys, and writes down what others read.

It needs no server: whoever watches reads its files. Killed at any moment, it is taken up from its last checkpoint, at
most CHECKPOINT_SECONDS old, and comes to the same numbers.
"""

from __future__ import annotations

import contextlib
import dataclasses
import math
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import Timeout

from playground.core import hardware
from playground.core.errors import PlaygroundError
from playground.runs import edit_log, energy_meter, frame_io, metrics_csv, snapshots, store, trainer_registry

if TYPE_CHECKING:
    from playground.runs.protocol import Course

CHECKPOINT_SECONDS = 8.0
#: Between two looks at the commands: 20 a second. Between two writings of how it stands: while somebody looks, and not.
BEAT, WATCHED_BEAT, UNWATCHED_BEAT = 0.05, 0.1, 0.25
#: A frame may take this share of the time, and nobody gets it who has not looked for so many seconds.
FRAME_SHARE, WATCHED_SECONDS = 0.03, 3.0
#: A paused run gives its process back after so many seconds, and any run when no server has been there for so many.
PATIENCE, ALONE = 60.0, 900.0


def main(arguments: list[str]) -> int:
    """Train the run in this folder to its end, or until it is told to stop. Returns the process's exit status."""
    hardware.prepare_environment()
    folder = Path(arguments[0])
    with contextlib.suppress(Timeout), store.worker_lock(folder).acquire(timeout=5):  # or another worker has it
        Worker(folder).work()
    return 0


class Worker:
    """A run and its course, from where it was left."""

    def __init__(self, folder: Path) -> None:
        """Nothing is loaded."""
        self.folder = folder
        self.spec = store.spec_of(folder.name)
        self.state = self.told = store.state_of(folder)
        self.latest = folder / "latest.pt"
        self.seconds, self.cpu_before, self.frame_due, self.told_at = 0.0, 0.0, 0.0, 0.0
        self.curve: metrics_csv.Writer | None = None
        self.paused = self.stopping = False
        self.energy = energy_meter.Account(folder, None)

    def work(self) -> None:
        """To the end. Whatever happens is told in the state."""
        store.write_state(self.folder, dataclasses.replace(self.state, status=store.RUNNING))  # its turn has come
        import torch

        torch.set_num_threads(self.spec.threads)
        signal.signal(signal.SIGTERM, self._end_soon)
        try:
            self.course: Course = trainer_registry.open_course(self.spec, self.folder)
            self._take_up()
            self._train()
        except PlaygroundError as error:
            self._tell(store.FAILED, str(error))
        except MemoryError:
            self._tell(store.FAILED, "There was not enough memory: choose a smaller batch or a smaller net.")
        except Exception:  # whatever a library raises: the visitor gets a sentence, the log the rest
            traceback.print_exc()
            self._tell(store.FAILED, "The training broke down: fork it from a checkpoint with other settings.")
        finally:
            self.energy.rest()

    def _end_soon(self, *_: Any) -> None:
        """The machine is shut down: put the run down, to be taken up when somebody looks for it."""
        self.stopping = True

    def _take_up(self) -> None:
        """From the last checkpoint, or from the start; changes that came after it are made again at their steps."""
        from playground.training import checkpoints

        stored = checkpoints.read(self.latest)
        self.changes = edit_log.Changes(self.folder, self.course, stored["events"] if stored is not None else 0)
        self.energy = energy_meter.Account(self.folder, 0.0 if stored is None else stored.get("measured_kwh"))
        if stored is not None:
            self.course.load_state_dict(stored["course"])
            self.seconds, self.cpu_before = stored["seconds"], stored["cpu_seconds"]
            if stored.get("heard", 0) > self.state.heard:  # killed before the state told what was obeyed
                self.state, self.paused = dataclasses.replace(self.state, heard=stored["heard"]), stored["paused"]
        self.cpu_before -= time.process_time()
        self.kept = snapshots.Kept(self.folder, float(self.spec.settings["steps"]))
        self.names = tuple(stored["names"]) if stored is not None else ()
        if self.names:
            self.curve = metrics_csv.Writer(self.folder / "curve.csv", self.names, self.course.step)
        else:
            (self.folder / "curve.csv").unlink(missing_ok=True)
        self.state = dataclasses.replace(self.state, edition=self.state.edition + 1, names=self.names)
        self.changes.again()
        self._tell(store.PAUSED if self.paused else store.RUNNING)

    def _train(self) -> None:
        """Step after step."""
        steps = int(self.spec.settings["steps"])
        self.beat = self.checkpointed = time.monotonic()
        if self.course.step == 0:
            self._keep()
        self._obey()
        self.energy.count()
        while self.course.step < steps and not self.stopping:
            if time.monotonic() - self.beat >= BEAT:
                self._on_beat()
            if self.paused:
                self._wait()
                continue
            self.changes.again()
            if not self._advance():
                return
            if finished := str(getattr(self.course, "finished", "")):
                self._finish(store.DONE, finished)
                return
        if self.course.step >= steps:
            self._finish(store.DONE)
        else:  # a run that was going on is taken up by whoever tends the runs next
            self._finish(store.PAUSED if self.paused else store.RUNNING)

    def _advance(self) -> bool:
        """One step; False if it came to nothing."""
        start = time.perf_counter()
        numbers = self.course.advance()
        self.seconds += time.perf_counter() - start
        return self._note(numbers)

    def _note(self, numbers: dict[str, float]) -> bool:
        """Write down a step that is done; False if it came to nothing."""
        if self.curve is None:
            self.names = tuple(numbers)
            self.curve = metrics_csv.Writer(self.folder / "curve.csv", self.names, 0)
            self.state = dataclasses.replace(self.state, names=self.names)
        step = self.course.step
        if not all(map(math.isfinite, numbers.values())):
            self.curve.add(step, self.seconds, self.course.seen, numbers)
            name = next(name for name, number in numbers.items() if not math.isfinite(number))
            self._tell(
                store.FAILED,
                f"At step {step:,} “{name}” was no number any more: the steps had become too large. The last good "
                "checkpoint is kept: fork it with a smaller learning rate.",
            )
            return False
        if metrics_csv.is_kept(step) or step == int(self.spec.settings["steps"]):
            self.curve.add(step, self.seconds, self.course.seen, numbers)
        if self.kept.is_due(step):
            self._keep()
        return True

    def _on_beat(self) -> None:
        """What is done at most 20 times a second."""
        self.beat = time.monotonic()
        self._obey()
        if self.curve is not None:
            if self.names != self.told.names:  # nobody is to read rows whose names are not told yet
                self._tell(store.PAUSED if self.paused else store.RUNNING)
            self.curve.flush()
        if self.beat - self.checkpointed >= CHECKPOINT_SECONDS:
            self._checkpoint()
            self.stopping = self.stopping or self._is_alone()
        watched = self._is_watched()
        if self.beat >= self.frame_due and watched:
            self._show()
        heard = self.state.heard != self.told.heard  # what was obeyed is told at once: nobody is to obey it again
        if heard or self.paused or self.beat - self.told_at >= (WATCHED_BEAT if watched else UNWATCHED_BEAT):
            self._tell(store.PAUSED if self.paused else store.RUNNING)

    def _is_watched(self) -> bool:
        return _age(self.folder / "watched") < WATCHED_SECONDS

    def _is_alone(self) -> bool:
        """Whether no server tends the runs any more: then it puts the run down, and the next server takes it up."""
        return ALONE < _age(self.folder.parent / "tended") < math.inf

    def _show(self) -> None:
        start = time.monotonic()
        frame_io.write(self.folder / "frame.npz", self.course.step, self.course.frame())
        took = time.monotonic() - start
        self.frame_due = math.inf if self.paused else time.monotonic() + max(BEAT, took / FRAME_SHARE)

    def _obey(self) -> None:
        """Every command that came since the last look."""
        commands = store.lines_with_ends(self.folder / "commands.jsonl", self.state.heard)
        for command, heard in commands:
            self.state = dataclasses.replace(self.state, heard=heard)
            match command.get("do"):
                case "play" | "pause":
                    self.paused = command["do"] == "pause"
                case "step" | "part":
                    self.paused = True
                    self._one(command["do"])
                    self._checkpoint(lasting=False)  # a part has no number of its own by which it could be done again
                case "change":
                    explained = self.changes.obey(command.get("settings"))
                    if explained is not None:
                        self.state = dataclasses.replace(self.state, explained=explained)
                case "stop":
                    self._checkpoint()
                    self._keep()
                    self._show()
                    self._tell(store.STOPPED)
                    raise SystemExit
        if commands:
            self.frame_due = 0.0

    def _one(self, what: str) -> None:
        """A single step, or the next part of one, of a paused run; none past its last step."""
        if self.course.step >= int(self.spec.settings["steps"]):
            return
        part = getattr(self.course, "part", None)
        if what == "part" and part is not None:
            before, start = self.course.step, time.perf_counter()
            numbers = part()
            self.seconds += time.perf_counter() - start
            if self.course.step != before and not self._note(numbers):
                raise SystemExit
        elif not self._advance():
            raise SystemExit

    def _wait(self) -> None:
        """A paused run listens, and gives its process back when nobody comes."""
        since = time.monotonic()
        self.energy.rest()
        self._checkpoint()
        while self.paused and not self.stopping:
            self._on_beat()
            time.sleep(BEAT)
            if time.monotonic() - since > PATIENCE and not self._is_watched():
                self.stopping = True
        self.energy.count()

    def _keep(self) -> None:
        """A checkpoint and its frame for the time machine."""
        own = {"heard": 0, "measured_kwh": self.energy.kwh()}  # a fork hears its own; its energy is that of now
        self.kept.keep(self.course.step, self._whole() | own, self.course.frame())

    def _whole(self) -> dict[str, Any]:
        return {
            "course": self.course.state_dict(),
            "step": self.course.step,
            "seconds": self.seconds,
            "cpu_seconds": self.cpu_before + time.process_time(),
            "names": list(self.names),
            "events": self.changes.done,
            "heard": self.state.heard,
            "paused": self.paused,
            "measured_kwh": self.state.measured_kwh,
        }

    def _checkpoint(self, lasting: bool = True) -> None:
        """Where the run is taken up; its curve comes first, for the rows of steps that are not done again."""
        from playground.training import checkpoints

        if self.curve is not None:
            self.curve.flush()
        self.state = dataclasses.replace(self.state, measured_kwh=self.energy.kwh())
        checkpoints.write(self.latest, self._whole(), lasting)
        self.checkpointed = time.monotonic()

    def _finish(self, status: str, explained: str = "") -> None:
        self._checkpoint()
        if status == store.DONE:
            self._keep()
        frame_io.write(self.folder / "frame.npz", self.course.step, self.course.frame())
        self._tell(status, explained)

    def _tell(self, status: str, explained: str = "") -> None:
        """How the run stands, for all who look."""
        course = getattr(self, "course", None)
        if self.curve is not None and status != store.RUNNING:
            self.curve.flush()
        now = dataclasses.replace(
            self.state,
            status=status,
            explained=explained or self.state.explained,
            step=course.step if course is not None else self.state.step,
            seen=course.seen if course is not None else self.state.seen,
            seconds=round(self.seconds, 3),
            cpu_seconds=round(self.cpu_before + time.process_time(), 3),
            measured_kwh=self.energy.kwh() if status in store.ENDED else self.state.measured_kwh,
        )
        self.state = now
        if status == store.PAUSED and dataclasses.replace(now, cpu_seconds=self.told.cpu_seconds) == self.told:
            return  # a run that rests leaves no trace by which others would take it for one that trains
        self.told, self.told_at = now, time.monotonic()
        store.write_state(self.folder, now)


def _age(path: Path) -> float:
    """Seconds since a file was touched; infinite if it never was."""
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return math.inf


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
