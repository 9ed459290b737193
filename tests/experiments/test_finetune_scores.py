"""A change of a fine-tuned model's loss is named only if its interval shows it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import ttest_rel

from playground.experiments.finetune_scores import (
    BETTER,
    CANNOT_TELL,
    UNCHANGED,
    WORSE,
    HeldOutScore,
    judge_change,
)


def scored(nats: np.ndarray) -> HeldOutScore:
    return HeldOutScore(float(nats.mean()), 1.0, len(nats), nats.tolist())


@pytest.mark.parametrize(
    ("shift", "spread", "verdict"),
    [(-0.5, 0.1, BETTER), (0.5, 0.1, WORSE), (0.0, 0.001, UNCHANGED), (-0.1, 3.0, CANNOT_TELL)],
)
def test_the_interval_over_tokens_decides(shift: float, spread: float, verdict: str) -> None:
    random = np.random.default_rng(0)
    before = random.gamma(2.0, 2.0, 100)
    noise = random.standard_normal(100)
    after = before + shift + spread * (noise - noise.mean())
    found, change = judge_change(scored(before), scored(after))
    ends = ttest_rel(after, before).confidence_interval(0.95)
    assert found == verdict and (change.low, change.high) == pytest.approx((ends.low, ends.high))


def test_a_recording_without_the_tokens_losses_is_judged_by_its_mean() -> None:
    assert judge_change(HeldOutScore(2.0, 1.0, 9), HeldOutScore(2.5, 1.2, 9))[0] == WORSE
    found, change = judge_change(HeldOutScore(2.0, 1.0, 9), HeldOutScore(2.01, 1.2, 9))
    assert found == UNCHANGED and math.isnan(change.low)
