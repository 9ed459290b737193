"""What the detectors can judge in a run, and a remark that is no failure: a number was better before."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from playground.core.catalogue import say
from playground.experiments.training_trace import TrainingTrace


@dataclass(frozen=True)
class Measure:
    """A number of a run that falls as the model gets better.

    column: its name.  only_with: a column that such a run has too, "" for any.  key: of the remark's sentence.
    times, by, count: worse is the median of the last `count` measurements that is so many times, and by so much, above
    the lowest such median.
    """

    column: str
    only_with: str
    key: str
    times: float
    by: float
    count: int


#: The JS divergence of points swings: a GAN's healthy one by half. Losses on fixed held-out data hardly do.
MEASURES = (
    Measure("js", "", "worse", 1.5, 0.04, 5),
    Measure("held_out", "bits", "worse_bits", 1.0, 0.1, 3),
    Measure("held_out", "v", "worse_held_out", 1.05, 0.0, 3),
    Measure("held-out", "", "worse_text", 1.0, 0.03, 3),
)
#: A column that only one kind of run has -> that kind, as in the catalogue.
_KINDS = {
    "score_fake": "points_gan", "code_kl": "points_vae", "js": "points_flow", "told_apart": "gan", "bits": "vae",
    "v": "diffusion",
}  # fmt: skip


def judged(trace: TrainingTrace) -> str:
    """For a run without findings: which failures were looked for, and what none of its numbers can say."""
    kind = next((kind for column, kind in _KINDS.items() if column in trace.names), "language")
    sentence = say("train.detector.healthy", failures=say(f"train.detector.judged.{kind}"))
    return say("train.detector.no_quality", judged=sentence) if kind == "gan" else sentence


def worse_than_before(trace: TrainingTrace, *, is_recorded: bool = False) -> str:
    """Sentences if one of MEASURES is well above its lowest so far, "" if none is.

    is_recorded: the run is a recording, whose end need not be what the page shows.
    """
    for measure in MEASURES:
        if measure.column in trace.names and (not measure.only_with or measure.only_with in trace.names):
            return _worse(trace, measure, is_recorded)
    return ""


def _worse(trace: TrainingTrace, measure: Measure, is_recorded: bool) -> str:
    numbers = trace.column(measure.column)
    is_new = np.isfinite(numbers) & np.concatenate([[True], numbers[1:] != numbers[:-1]]) if len(numbers) else []
    places = np.flatnonzero(is_new)
    if len(places) < 2 * measure.count:
        return ""
    windows = np.lib.stride_tricks.sliding_window_view(numbers[places], measure.count)
    medians = np.median(windows, axis=1)
    best, now = int(medians.argmin()), float(medians[-1])
    lowest = float(medians[best])
    if not math.isfinite(now) or now < measure.times * lowest or now - lowest < measure.by or now <= lowest:
        return ""
    step, end = (int(trace.rows[int(place)][0] or 0) for place in (places[best + measure.count // 2], -1))
    when = say("train.detector.at_the_end", step=end) if is_recorded else say("train.detector.at_present")
    worse = say(f"train.detector.{measure.key}", now=now, when=when, lowest=lowest, step=step)
    single = int(places[numbers[places].argmin()])
    values = {"count": measure.count, "single": float(numbers[single]), "step": int(trace.rows[single][0] or 0)}
    return f"{worse} {say('train.detector.medians', **values)}"
