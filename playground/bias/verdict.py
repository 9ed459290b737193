"""The verdict on a contrast over several templates, given what arbitrary control phrases do in the same templates."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from playground.bias.session_log import ALPHA, CANNOT_TELL, CONSISTENT, DEPENDS

#: Fewer templates can be measured, but are never called consistent.
ENOUGH_TEMPLATES = 8
#: Relative rounding error allowed between differences of the same numbers.
_ROUNDING = 1e-9


def control_band(sides: Sequence[float]) -> tuple[float, float]:
    """The band around 0 that holds 95 % of the differences between any two control phrases, both ways round.

    sides: one score per control phrase, its mean over the templates.
    """
    reach = float(np.quantile(_differences(sides), 0.95))
    return -reach, reach


def count_agreeing_signs(values: Sequence[float]) -> int:
    """How many values have the sign of their mean."""
    mean = float(np.mean(values)) if len(values) else 0.0
    return sum(value * mean > 0 for value in values)


def judge_contrasts(values: Sequence[float], p: float | None) -> str:
    """The verdict on contrasts in nats, one per template. p: of `contrast_p_value`; None until it is measured.

    Consistent: enough templates, at most one with another sign, and p <= ALPHA.
    Depends on wording: not consistent, and the templates differ in sign. Cannot tell: everything else.
    """
    if p is None or len(values) < 2:
        return CANNOT_TELL
    if len(values) >= ENOUGH_TEMPLATES and count_agreeing_signs(values) >= len(values) - 1 and p <= ALPHA:
        return CONSISTENT
    return DEPENDS if min(values) < 0 < max(values) else CANNOT_TELL


def wordings_p_value(values: Sequence[float]) -> float:
    """The t test's p-value over the templates; at most ALPHA if their mean's interval excludes 0."""
    from scipy.stats import t

    mean, count = float(np.mean(values)), len(values)
    error = float(np.std(values, ddof=1)) / math.sqrt(count)
    return 2 * float(t.sf(abs(mean) / error, count - 1)) if error > 0 else float(mean == 0)


def phrases_p_value(a: float, b: float, sides: Sequence[float]) -> float:
    """The share of all pairs of phrases, A and B included, whose scores are at least as far apart as those of A and B.

    Exact: if A and B are no different from the control phrases, each pair is equally likely to be the one asked about.
    Source: permutation tests, Lehmann & Romano 2005, section 15.2.
    """
    differences = _differences([a, b, *sides])
    return float(np.mean(differences >= abs(a - b) - _ROUNDING * max(1.0, abs(a), abs(b))))


def smallest_p_value(phrases: int) -> float:
    """The smallest p-value of `phrases_p_value`. phrases: the number of control phrases."""
    return 1 / math.comb(phrases + 2, 2)


def contrast_p_value(values: Sequence[float], a: float, b: float, sides: Sequence[float]) -> float:
    """The larger of the p-values over the templates and over the phrases: both must be small.

    Source: the larger of several p-values, Berger 1982, Technometrics 24(4).
    """
    return max(wordings_p_value(values), phrases_p_value(a, b, sides))


def _differences(scores: Sequence[float]) -> NDArray[np.float64]:
    """The distances between any two of the scores."""
    values = np.asarray(scores, np.float64)
    first, second = np.triu_indices(len(values), 1)
    result: NDArray[np.float64] = np.abs(values[first] - values[second])
    return result
