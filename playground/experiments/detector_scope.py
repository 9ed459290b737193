"""What the detectors can judge in a run, and what they do not call a failure: a distance that was smaller before."""

from __future__ import annotations

import math

import numpy as np

from playground.core.catalogue import say
from playground.experiments.detectors import TrainingTrace

#: A distance is remarked if the median of the last measurements is so many times, and by so much, above the lowest.
WORSE_TIMES, WORSE_BY, MEASUREMENTS = 1.5, 0.04, 5
#: A column that only one kind of run has -> that kind, as in the catalogue.
_KINDS = {
    "score_fake": "points_gan", "code_kl": "points_vae", "js": "points_flow", "told_apart": "gan", "bits": "vae",
    "v": "diffusion",
}  # fmt: skip


def judged(trace: TrainingTrace) -> str:
    """A sentence for a run without findings: which failures were looked for."""
    kind = next((kind for column, kind in _KINDS.items() if column in trace.names), "language")
    return say("train.detector.healthy", failures=say(f"train.detector.judged.{kind}"))


def worse_than_before(trace: TrainingTrace) -> str:
    """A sentence if the JS divergence is well above its lowest so far, "" if not. Medians of MEASUREMENTS each."""
    js = trace.column("js")
    is_new = np.isfinite(js) & np.concatenate([[True], js[1:] != js[:-1]]) if len(js) else np.zeros(0, bool)
    values, steps = js[is_new], [trace.rows[int(place)][0] or 0 for place in np.flatnonzero(is_new)]
    if len(values) < 2 * MEASUREMENTS:
        return ""
    medians = np.median(np.lib.stride_tricks.sliding_window_view(values, MEASUREMENTS), axis=1)
    best, now = int(medians.argmin()), float(medians[-1])
    lowest = float(medians[best])
    if not math.isfinite(now) or now < WORSE_TIMES * lowest or now - lowest < WORSE_BY:
        return ""
    return say("train.detector.worse", now=now, lowest=lowest, step=int(steps[best + MEASUREMENTS // 2]))
