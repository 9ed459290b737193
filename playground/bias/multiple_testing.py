"""Holm's correction for multiple testing, and the exact sign test."""

from __future__ import annotations

from collections.abc import Sequence


def holm(values: Sequence[float]) -> list[float]:
    """Adjusted p-values, in the same order: rejecting those up to alpha keeps the chance of any false one at alpha.

    values: p-values, 0 to 1, however they depend on each other.
    Source: Holm 1979, Scandinavian Journal of Statistics 6(2).
    """
    count = len(values)
    adjusted, largest = [0.0] * count, 0.0
    for rank, index in enumerate(sorted(range(count), key=lambda index: values[index])):
        largest = max(largest, min(1.0, (count - rank) * values[index]))
        adjusted[index] = largest
    return adjusted


def sign_test(successes: int, measurements: int) -> float:
    """Two-sided exact p-value of the successes if each had probability one half; 1 if there are no measurements."""
    from scipy.stats import binomtest

    return float(binomtest(successes, measurements).pvalue) if measurements else 1.0
