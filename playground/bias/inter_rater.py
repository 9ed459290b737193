"""Agreement of two raters of the same pictures: the share of equal labels, and Cohen's kappa."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.metrics.intervals import Interval, proportion_interval

FEWEST_SHARED = 5


@dataclass(frozen=True)
class RaterAgreement:
    """Agreement with intervals.

    shared: pictures that both labelled.  same: the share with equal labels; None if shared is 0.
    kappa: None for fewer than FEWEST_SHARED pictures, and where both used one same label throughout: it is undefined.
    """

    shared: int
    same: Interval | None
    kappa: Interval | None


def cohen_kappa(first: NDArray[np.int64], second: NDArray[np.int64], kinds: int) -> float:
    """(observed - chance) / (1 - chance) agreement of two raters' labels (N,); nan if chance agreement is 1.

    kinds: number of different labels.  1: they always agree; 0: no more than chance.
    Source: Cohen 1960, Educational and Psychological Measurement 20(1).
    """
    table = np.bincount(first * kinds + second, minlength=kinds * kinds).reshape(kinds, kinds) / len(first)
    chance = float(table.sum(1) @ table.sum(0))
    return (float(np.trace(table)) - chance) / (1 - chance) if chance < 1 else math.nan


def rater_agreement(
    first: Mapping[int, str], second: Mapping[int, str], repeats: int = 1000, seed: int = 0
) -> RaterAgreement:
    """The agreement of two raters, each a mapping from picture number to label; only shared pictures count."""
    both = sorted(set(first) & set(second))
    if not both:
        return RaterAgreement(0, None, None)
    words = sorted({first[one] for one in both} | {second[one] for one in both})
    one, two = (_numbers([labels[picture] for picture in both], words) for labels in (first, second))
    same = proportion_interval(one == two)
    kappa = cohen_kappa(one, two, len(words))
    if len(both) < FEWEST_SHARED or math.isnan(kappa):
        return RaterAgreement(len(both), same, None)
    random = np.random.default_rng(seed)
    rows = random.integers(0, len(both), (repeats, len(both)))
    kappas = np.array([cohen_kappa(one[chosen], two[chosen], len(words)) for chosen in rows])
    low, high = np.nanquantile(kappas, [0.025, 0.975])
    method = say("bias.interval_of_kappa", count=len(both), repeats=repeats)
    return RaterAgreement(len(both), same, Interval(kappa, float(low), float(high), method))


def _numbers(labels: Sequence[str], words: Sequence[str]) -> NDArray[np.int64]:
    return np.array([words.index(label) for label in labels], np.int64)
