"""Recorded runs: trainings of this page, stored with it, that panels show before a visitor has started one.

A recording has a run's numbers and its frames at some steps, in one file of assets/examples, and no weights: it can be
watched, not steered or forked. experiments/recorder.py makes them.
"""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.core.paths import EXAMPLES
from playground.runs.store import DONE, RunSpec, RunState
from playground.training.trainer import Frame

#: Of the ids of recorded runs.
PREFIX = "recorded-"
NAMES = ("toy_2d", "image_model", "language_model", "fine_tuning", "collapse", "cured")
_HEADER, _ROWS, _SAME, _EACH = "words.json", "rows", "same.", "each."


@dataclasses.dataclass(frozen=True, eq=False)
class Recording:
    """A run as it was.

    rows: as read_rows of metrics_csv.py returns them.  events: {"step", "settings"} of each change.
    frames: step -> frame, in the order of the steps.  comparison: of a fine-tuning, before and after; {} for others.
    """

    spec: RunSpec
    state: RunState
    rows: Sequence[Sequence[float]]
    events: Sequence[Mapping[str, Any]]
    frames: Mapping[int, Frame]
    comparison: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def last_frame(self) -> Frame:
        """The frame of its last step, {} without one."""
        return self.frames[max(self.frames)] if self.frames else {}


def run_id(name: str) -> str:
    """The id of a recorded run, which no visitor's run has."""
    return PREFIX + name


def is_recorded(run: object) -> bool:
    """Whether an id is that of a recorded run."""
    return isinstance(run, str) and run.removeprefix(PREFIX) in NAMES and run.startswith(PREFIX)


@cache
def read(run: str) -> Recording:
    """A recorded run. run: its id.  Raises OSError if its file is missing."""
    content = (EXAMPLES / file_name(run)).read_bytes()
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        header = json.loads(file[_HEADER].tobytes())
        arrays = {name: file[name] for name in file.files if name != _HEADER}
    same = header["same"] | {name.removeprefix(_SAME): array for name, array in arrays.items() if name[:5] == _SAME}
    each = {name.removeprefix(_EACH): array for name, array in arrays.items() if name[:5] == _EACH}
    frames = {
        step: {**same, **header["each"][place], **{name: array[place] for name, array in each.items()}}
        for place, step in enumerate(header["steps"])
    }
    state = RunState(**{**header["state"], "names": tuple(header["state"]["names"])})
    rows, comparison = arrays[_ROWS].tolist(), header.get("comparison", {})
    return Recording(RunSpec(**header["spec"]), state, rows, header["events"], frames, comparison)


def file_name(run: str) -> str:
    """Of a recorded run, in assets/examples."""
    return f"train.{run.removeprefix(PREFIX)}.npz"


def write(recording: Recording) -> int:
    """Store a recording -> bytes of its file. What is the same in all frames is stored once."""
    frames = list(recording.frames.values())
    arrays: dict[str, NDArray[Any]] = {_ROWS: np.array(recording.rows, np.float64)}
    same: dict[str, Any] = {}
    each: list[dict[str, Any]] = [{} for _ in frames]
    for name in frames[0] if frames else ():
        values = [frame[name] for frame in frames]
        if isinstance(values[0], np.ndarray):
            stacked = _compact(np.stack([np.asarray(value) for value in values]))
            is_same = bool((stacked == stacked[:1]).all())
            arrays[(_SAME if is_same else _EACH) + name] = stacked[0] if is_same else stacked
        elif all(value == values[0] for value in values):
            same[name] = _plain(values[0])
        else:
            for part, value in zip(each, values, strict=True):
                part[name] = _plain(value)
    header = {
        "spec": dataclasses.asdict(recording.spec), "state": dataclasses.asdict(recording.state),
        "events": list(recording.events), "steps": list(recording.frames), "same": same, "each": each,
        "comparison": dict(recording.comparison),
    }  # fmt: skip
    arrays[_HEADER] = np.frombuffer(json.dumps(header).encode(), np.uint8)
    content = io.BytesIO()
    np.savez_compressed(content, allow_pickle=False, **arrays)
    return (EXAMPLES / file_name(recording.spec.run)).write_bytes(content.getvalue())


def _compact(array: NDArray[Any]) -> NDArray[Any]:
    """Points and fields with three digits, which is more than a screen shows."""
    return array.astype(np.float16) if array.dtype == np.float32 else array


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def ended_state(state: RunState) -> RunState:
    """A recording's state: it has ended, whatever its run was still to do."""
    return dataclasses.replace(state, status=DONE, heard=0, edition=1)
