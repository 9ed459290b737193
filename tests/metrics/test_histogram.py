"""Histograms over shared bins: shares by hand, quartiles, and bad samples."""

from __future__ import annotations

import numpy as np
import pytest

from playground.metrics.histogram import histogram


def test_shares_are_counted_over_the_bins_of_all_samples() -> None:
    both = histogram({"a": np.array([0.0, 1, 1, 4]), "b": np.array([2.0, 3, 3.5, 4, 4])}, bins=4)
    assert both.edges == (0, 1, 2, 3, 4)
    assert both.shares == {"a": (0.25, 0.5, 0, 0.25), "b": (0, 0, 0.2, 0.8)}  # the last bin includes its right edge


def test_shares_sum_to_one_and_quartiles_are_those_of_sorted_values() -> None:
    values = np.random.default_rng(0).normal(5, 2, 1001)
    one = histogram({"a": values, "b": values[:7] + 30})
    assert all(sum(shares) == pytest.approx(1) for shares in one.shares.values())
    assert one.quartiles["a"] == pytest.approx(np.sort(values)[[250, 500, 750]])
    assert one.edges[0] == values.min() and one.edges[-1] == pytest.approx(values[:7].max() + 30)


def test_a_constant_sample_has_a_bin_and_an_empty_or_infinite_one_is_refused() -> None:
    assert histogram({"a": np.array([3.0, 3])}, bins=2).shares == {"a": (1.0, 0.0)}
    for values in ([], [1.0, np.inf], [np.nan]):
        with pytest.raises(ValueError, match="empty or not finite"):
            histogram({"a": np.array(values)})
