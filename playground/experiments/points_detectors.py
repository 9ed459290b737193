"""Detectors of failures of models on points of the plane. See detectors.py."""

from __future__ import annotations

import math
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.experiments.training_trace import NOW, PATIENCE, TrainingFinding, TrainingTrace

#: Steps that a model needs before its points may be called wrong.
POINTS_PATIENCE = 100
#: Spread of a model's points, of the data's: healthy ones stay between.
SPREAD_LEFT, SPREAD_FAR = 0.3, 2.5


def points_in_one_spot(trace: TrainingTrace) -> TrainingFinding | None:
    """Of a model on points: their spread is below SPREAD_LEFT of the data's."""
    generated, data = _spreads(trace)
    if not generated < SPREAD_LEFT * data:
        return None
    return TrainingFinding(
        "mode collapse", say("train.detector.mode_collapse.title_points"),
        say("train.detector.mode_collapse.text_points", generated=generated, real=data, share=generated / data),
    )  # fmt: skip


def points_left(trace: TrainingTrace) -> TrainingFinding | None:
    """Of a model on points: their distance from the data's middle is above SPREAD_FAR × that of the data.

    Points that moved away together are as far as points that spread out.
    """
    generated, data = _spreads(trace, from_data=True)
    if not generated > SPREAD_FAR * data:
        return None
    return TrainingFinding(
        "points far away", say("train.detector.far_away.title"),
        say("train.detector.far_away.text", generated=generated, real=data, times=generated / data),
    )  # fmt: skip


def _spreads(trace: TrainingTrace, from_data: bool = False) -> tuple[float, float]:
    """Root mean square distance of the model's points, and of the data's, from their mean, in units of the plane.

    from_data: whether the model's points are measured from the data's mean.
    NaN for a run without points, and for one with too few steps.
    """
    fake, real = trace.frame.get("fake"), trace.frame.get("real")
    if trace.steps() < POINTS_PATIENCE or not (_are_points(fake) and _are_points(real)):
        return math.nan, math.nan
    fake, real = (points.astype(np.float64) for points in (fake, real))
    middles = (real if from_data else fake).mean(0), real.mean(0)
    generated, data = (
        float(np.sqrt(np.square(points - middle).sum(1).mean()))
        for points, middle in zip((fake, real), middles, strict=True)
    )
    return generated, data


def _are_points(value: Any) -> TypeGuard[NDArray[np.float32]]:
    return isinstance(value, np.ndarray) and value.ndim == 2 and value.shape[1] == 2 and len(value) > 0


MODES_LEFT, MODES_PATIENCE, MODES_STEPS = 0.3, 500, 400


def modes_dropped(trace: TrainingTrace) -> TrainingFinding | None:
    """Of a GAN on points: less than MODES_LEFT of the modes ("modes" of the frame) are covered, by the curve's median.

    The median of MODES_STEPS, because a healthy GAN loses modes for a moment: 7 of 25 at one measurement, never below
    11 by the median, where broken ones stay below 4 (benchmarks/detectors.py).
    """
    covered_at, modes, last = trace.column("modes_covered"), trace.number("modes"), trace.steps()
    lately = [(row[0] or 0) > last - MODES_STEPS for row in trace.rows]
    covered = float(np.median(covered_at[lately])) if len(covered_at) and any(lately) else math.nan
    if trace.steps() < MODES_PATIENCE or "score_fake" not in trace.names or not covered < MODES_LEFT * modes:
        return None
    return TrainingFinding(
        "mode collapse", say("train.detector.mode_collapse.title_modes"),
        say(
            "train.detector.mode_collapse.text_modes", covered=covered, modes=modes,
            why=say("train.detector.mode_collapse.why"),
        ),
    )  # fmt: skip


#: Between the mean scores, as logits: D is all but certain. Healthy GANs stay below 1 with every loss.
POINTS_GAP = 7.0


def points_overpowering(trace: TrainingTrace) -> TrainingFinding | None:
    """Of a GAN on points that are near the data: D's mean scores of real and generated ones differ by POINTS_GAP."""
    real, fake = trace.now("score_real"), trace.now("score_fake")
    if trace.steps() < PATIENCE or not real - fake > POINTS_GAP or points_left(trace):
        return None
    return TrainingFinding(
        "overpowering", say("train.detector.overpowering.title"),
        say("train.detector.overpowering.text_points", rounds=NOW, real=real, fake=fake),
    )  # fmt: skip
