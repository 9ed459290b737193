"""Records the runs that the Train tab opens on: python -m playground.stored_results train.toy_2d trains one again.

Each is trained by the worker of the page, with the settings that its panel opens with, and stored: runs/recordings.py.
"""

from __future__ import annotations

import dataclasses
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playground.data.user_text import example
from playground.experiments import finetune_eval, finetune_request, image_model, language_model, toy_2d
from playground.experiments.failures import cured_settings, failure
from playground.runs import metrics_csv, recordings, store
from playground.runs.json_files import read_lines
from playground.runs.worker import Worker
from playground.training import trainer_registry
from playground.training.trainer import Frame

#: Of a recording's numbers: more than a chart is wide.
MOST_ROWS = 500
#: The first step that is shown after the untrained model.
_FIRST = 8
#: Parts of a GAN's frames that would take most of the file.
_UNSEEN = ("nearest", "near", "far", "copied", "wish", "asked", "asked_scores")


@dataclass(frozen=True)
class Script:
    """What is recorded. settings: those that differ from the defaults.  until: the last step.

    at: the steps that are shown.  without: parts of the frames that the panel does not show.  files: its text.
    """

    family: str
    dataset: str
    settings: Mapping[str, Any]
    until: int
    at: Sequence[int]
    without: Sequence[str] = ()
    files: Mapping[str, bytes] = dataclasses.field(default_factory=dict)


def growing_steps(until: int, count: int) -> list[int]:
    """0 and about `count` steps up to `until`, closer at first, when a training changes fastest."""
    return sorted({0, *(round(_FIRST * (until / _FIRST) ** (place / (count - 1))) for place in range(count)), until})


def script(name: str) -> Script:
    """Of a recorded run: one of recordings.NAMES."""
    collapse = failure("plane")
    match name:
        case "toy_2d":
            return Script("gan", "ring", {}, toy_2d.DEFAULTS["steps"], growing_steps(toy_2d.DEFAULTS["steps"], 72))
        case "image_model":
            steps = image_model.STEPS_AT_FIRST
            return Script("gan", "avatars", {"steps": steps}, steps, growing_steps(steps, 22), _UNSEEN)
        case "language_model":
            steps = language_model.DEFAULTS["steps"]
            return Script("language", "austen", {}, steps, growing_steps(steps, 18))
        case "fine_tuning":
            kind, text = finetune_request.DATASETS[0], example("text").encode()
            settings = finetune_request.defaults(kind)
            at = range(0, settings["steps"] + 1, settings["look_every"])
            return Script("lora", kind, settings, at[-1], at, files={"own-text.txt": text})
        case "collapse":
            return Script("gan", collapse.dataset, collapse.settings, 4_000, growing_steps(4_000, 56))
        case "cured":
            return Script("gan", collapse.dataset, cured_settings(collapse), 4_000, [4_000], ("arrows", "grid"))
    raise ValueError(f"there is no recording {name!r}: {', '.join(recordings.NAMES)}")


def record(name: str) -> int:
    """Train a run and store it -> bytes of its file."""
    of = script(name)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PLAYGROUND_RUNS_DIR"] = folder
        settings = trainer_registry.read_settings(of.family, of.dataset, of.settings)
        spec = store.create_run(of.family, of.dataset, settings, 0, "", of.files)
        camera = _Camera(store.run_dir(spec.run), of)
        camera.run()
        return recordings.write(
            _developed(camera, dataclasses.replace(spec, run=recordings.run_id(name), name="", created=0.0))
        )


def _developed(camera: _Camera, spec: store.RunSpec) -> recordings.Recording:
    state = recordings.ended_state(store.state_of(camera.folder))
    rows, _ = metrics_csv.read_rows(camera.folder / "curve.csv", state.names)
    stride = max(1, len(rows) // MOST_ROWS)
    kept = [row for row in rows if row[0] in camera.frames or row is rows[-1]]
    thinned = sorted([*rows[::stride], *kept])
    events, _ = read_lines(camera.folder / "events.jsonl")
    rows = [row for place, row in enumerate(thinned) if not place or row[0] != thinned[place - 1][0]]
    return recordings.Recording(spec, state, rows, events, camera.frames, _comparison(camera))


def _comparison(camera: _Camera) -> dict[str, Any]:
    """Of a fine-tuning with its base model, as its panel compares them; {} for other runs."""
    if camera.of.family != finetune_request.FAMILY:
        return {}
    *_, last = finetune_eval.compare(finetune_eval.adapter_of_run(camera.folder.name), "", 0)
    return dataclasses.asdict(last)


class _Camera(Worker):
    """The worker of a run, which also keeps the frames of some steps. frames: step -> frame, in order."""

    def __init__(self, folder: Path, of: Script) -> None:
        super().__init__(folder)
        self.of, self.frames = of, dict[int, Frame]()

    def _log_step(self, numbers: dict[str, float], single: bool = False) -> bool:
        goes_on = super()._log_step(numbers, single)
        self._film()
        self.stopping = self.stopping or self.trainer.step >= self.of.until
        return goes_on

    def _take_snapshot(self) -> None:
        if self.trainer.step == 0:  # no other step is forked
            self._film()

    def _film(self) -> None:
        if self.trainer.step in self.of.at:
            frame = self.trainer.frame()
            self.frames[self.trainer.step] = {key: part for key, part in frame.items() if key not in self.of.without}
