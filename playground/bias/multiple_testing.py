"""Corrections and tests beside the intervals of playground/metrics: Holm's correction, the exact sign test."""

from __future__ import annotations

from collections.abc import Sequence


def holm(values: Sequence[float]) -> list[float]:
    """Adjusted p-values, in the order given: reject those at most alpha, and the chance of any false one stays alpha.

    values: p-values, 0 to 1, of any dependence. Source: Holm 1979, Scandinavian Journal of Statistics 6(2).
    """
    count = len(values)
    adjusted, largest = [0.0] * count, 0.0
    for rank, index in enumerate(sorted(range(count), key=lambda index: values[index])):
        largest = max(largest, min(1.0, (count - rank) * values[index]))
        adjusted[index] = largest
    return adjusted


def sign_test(successes: int, measurements: int) -> float:
    """Two-sided p-value of so many successes if each had a chance of one half (exact; 1 if nothing was tried)."""
    from scipy.stats import binomtest

    return float(binomtest(successes, measurements).pvalue) if measurements else 1.0
