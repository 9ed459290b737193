"""A model's loss on held-out text, and whether a fine-tuning changed it by more than the choice of tokens explains."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from playground.metrics.intervals import Interval, mean_interval


@dataclass(frozen=True)
class HeldOutScore:
    """Loss over the scored tokens of a text. nats: per token.  bits: per character.  each: nats of every token."""

    nats: float
    bits: float
    tokens: int
    each: Sequence[float] = ()

    @property
    def perplexity(self) -> float:
        """exp(nats per token)."""
        return math.exp(min(self.nats, 700.0))


#: Verdicts on a change of loss; a change within SMALL nats per token, 2 % of the perplexity, is hardly one.
BETTER, WORSE, UNCHANGED, CANNOT_TELL = "better", "worse", "unchanged", "cannot tell"
SMALL = math.log(1.02)


def judge_change(before: HeldOutScore, after: HeldOutScore) -> tuple[str, Interval]:
    """(verdict, change in nats per token with its interval, paired by token).

    The interval decides; a recording without the tokens' losses has none, and its mean decides.
    """
    if len(before.each) > 1 and len(before.each) == len(after.each):
        change = mean_interval(np.subtract(after.each, before.each))
    else:
        change = mean_interval([after.nats - before.nats])
    low, high = (change.value, change.value) if math.isnan(change.low) else (change.low, change.high)
    if -SMALL < low and high < SMALL:
        return UNCHANGED, change
    return (BETTER if high < 0 else WORSE if low > 0 else CANNOT_TELL), change


def score(model: Any, rows: Sequence[Any]) -> HeldOutScore:
    """A model's loss on rows of tokens."""
    from playground.training.lora import scored_characters, token_nats

    each = token_nats(model, rows)
    total = math.fsum(each)
    bits = total / math.log(2) / max(1, scored_characters(rows))
    return HeldOutScore(total / len(each), bits, len(each), each)
