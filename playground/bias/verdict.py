"""The verdict on a contrast over several templates, given the contrasts of the control pairs."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from playground.bias.session_log import CANNOT_TELL, CONSISTENT, DEPENDS
from playground.metrics.intervals import mean_interval

#: Fewer templates can be measured, but are never called consistent.
ENOUGH_TEMPLATES = 8


def control_band(controls: Sequence[float]) -> tuple[float, float]:
    """The 2.5 and 97.5 % quantiles of the control values and their negatives: the order within a pair is arbitrary."""
    both = np.concatenate([np.asarray(controls), -np.asarray(controls)])
    low, high = np.quantile(both, [0.025, 0.975])
    return float(low), float(high)


def count_agreeing_signs(values: Sequence[float]) -> int:
    """How many values have the sign of their mean."""
    mean = float(np.mean(values)) if len(values) else 0.0
    return sum(value * mean > 0 for value in values)


def judge_contrasts(values: Sequence[float], controls: Sequence[float]) -> str:
    """The verdict on contrasts in nats, one per template, given those of the control pairs.

    Consistent: enough templates, at most one with another sign, an interval without 0, a mean outside the control band.
    Depends on wording: not consistent, and the templates differ in sign. Cannot tell: everything else.
    """
    if not controls or len(values) < 2:
        return CANNOT_TELL
    mean, (low, high) = mean_interval(values, "wordings"), control_band(controls)
    clear = mean.low > 0 or mean.high < 0
    if (
        len(values) >= ENOUGH_TEMPLATES
        and count_agreeing_signs(values) >= len(values) - 1
        and clear
        and not low <= mean.value <= high
    ):
        return CONSISTENT
    return DEPENDS if min(values) < 0 < max(values) else CANNOT_TELL


def contrast_p_value(values: Sequence[float], controls: Sequence[float]) -> float:
    """The larger of two p-values: the t test's over the templates, and the share of pairs with as large a mean.

    Sources: the larger of several p-values, Berger 1982, Technometrics 24(4); the share of the control pairs and the
    pair itself, Davison & Hinkley 1997, section 4.2.
    """
    from scipy.stats import t

    mean, count = float(np.mean(values)), len(values)
    error = float(np.std(values, ddof=1)) / math.sqrt(count)
    by_wordings = 2 * float(t.sf(abs(mean) / error, count - 1)) if error > 0 else float(mean == 0)
    as_far = sum(abs(value) >= abs(mean) for value in controls)
    return max(by_wordings, (1 + as_far) / (1 + len(controls)))
