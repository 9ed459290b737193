"""Intervals, copies, attributes and likelihoods against closed forms, tables and brute force."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import scipy.stats

from playground.metrics import attribute_accuracy, likelihood, memorization
from playground.metrics.intervals import bootstrap, jackknife, mean_interval, wilson


@pytest.mark.parametrize(("successes", "trials"), [(0, 10), (1, 10), (5, 10), (10, 10), (81, 263), (950, 1000)])
def test_wilson_is_scipy_s(successes: int, trials: int) -> None:
    expected = scipy.stats.binomtest(successes, trials).proportion_ci(method="wilson")
    interval = wilson(successes, trials)
    assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high), abs=1e-12)
    assert interval.value == successes / trials


def test_wilson_gives_the_published_example() -> None:
    interval = wilson(81, 263)  # Newcombe 1998, Statistics in Medicine 17, table I, method 3
    assert (round(interval.low, 4), round(interval.high, 4)) == (0.2553, 0.3662)


def test_a_mean_has_student_s_interval() -> None:
    interval = mean_interval([1.0, 2.0, 4.0], "seeds")
    low, high = scipy.stats.t.interval(0.95, 2, loc=7 / 3, scale=scipy.stats.sem([1, 2, 4]))
    assert (interval.low, interval.high) == pytest.approx((low, high)) and interval.method == "t, 3 seeds"
    assert math.isnan(mean_interval([3.0]).low) and str(mean_interval([3.0])) == "3"


def test_the_bootstrap_of_a_mean_is_near_the_normal_interval_and_repeats_itself() -> None:
    values = np.random.default_rng(0).standard_normal(400)
    interval = bootstrap(lambda rows: float(values[rows].mean()), 400)
    assert interval.value == pytest.approx(values.mean())
    assert interval.standard_error == pytest.approx(values.std() / 20, rel=0.15)
    assert interval == bootstrap(lambda rows: float(values[rows].mean()), 400)


def test_the_jackknife_of_a_mean_is_its_standard_error() -> None:
    values = np.array([1.0, 5.0, 2.0, 8.0])
    interval = jackknife(values.mean(), [np.delete(values, place).mean() for place in range(4)])
    half = scipy.stats.t.ppf(0.975, 3) * values.std(ddof=1) / 2
    assert (interval.low, interval.high) == pytest.approx((4 - half, 4 + half))


def test_the_nearest_pictures_are_those_of_brute_force() -> None:
    generator = np.random.default_rng(0)
    searched = generator.integers(0, 256, (300, 5, 4, 3), dtype=np.uint8)
    queries = generator.integers(0, 256, (7, 5, 4, 3), dtype=np.uint8)
    neighbours = memorization.nearest(queries, searched, k=3)
    squared = ((queries[:, None].astype(int) - searched[None].astype(int)) ** 2).sum(axis=(2, 3, 4))
    order = np.argsort(squared, axis=1, kind="stable")[:, :3]
    np.testing.assert_array_equal(neighbours.indices, order)
    np.testing.assert_array_equal(neighbours.distances, np.sqrt(np.take_along_axis(squared, order, axis=1) / 60))


def test_the_chunk_size_does_not_change_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    pictures = np.random.default_rng(1).integers(0, 4, (50, 2, 2, 1), dtype=np.uint8)  # many ties
    whole = memorization.nearest(pictures[:9], pictures, k=5)
    monkeypatch.setattr(memorization, "_CHUNK_SIZE", 7)
    parts = memorization.nearest(pictures[:9], pictures, k=5)
    np.testing.assert_array_equal(whole.indices, parts.indices)
    np.testing.assert_array_equal(whole.distances, parts.distances)


def test_a_copy_has_distance_zero_and_a_change_of_one_level_more() -> None:
    searched = np.full((3, 16, 16, 3), 255, dtype=np.uint8)
    almost = searched[:1].copy()
    almost[0, 0, 0, 0] = 254
    assert memorization.nearest(searched[:1], searched).distances[0, 0] == 0
    assert memorization.nearest(almost, searched).distances[0, 0] == pytest.approx(math.sqrt(1 / 768), abs=1e-15)
    with pytest.raises(ValueError, match="searched"):
        memorization.nearest(almost[:, :8], searched)


def test_a_percentile_counts_held_out_pictures_that_are_as_near() -> None:
    held_out = np.arange(1.0, 101.0)
    np.testing.assert_array_equal(
        memorization.percentile_among(np.array([0.0, 1.0, 50.5, 1000.0]), held_out), [0, 1, 50, 100]
    )


def test_copies_are_detected_and_independent_samples_are_not() -> None:
    held_out = np.random.default_rng(0).uniform(1, 10, 2000)
    independent = np.random.default_rng(1).uniform(1, 10, 1000)
    copies = np.where(np.arange(1000) < 100, 0.0, independent)
    fair, copying = memorization.near_copies(independent, held_out), memorization.near_copies(copies, held_out)
    assert not fair.exceeds and fair.held_out.value == pytest.approx(0.01)
    assert copying.exceeds and copying.samples.value >= 0.1
    assert memorization.copy_limit(np.arange(1000.0)) == 9.0
    assert memorization.near_copies(copies, held_out, threshold=0.5).samples.value == 0.1


def test_matches_are_counted_only_where_an_attribute_is_requested() -> None:
    sizes = {"hair": 6, "hat": 2, "skin": 8}
    requested = {"hair": np.array([0, 1, 2, 6]), "hat": np.array([1, 2, 2, 2]), "skin": np.array([8] * 4)}
    predicted = {"hair": np.array([0, 1, 0, 5]), "hat": np.array([0, 1, 1, 0]), "skin": np.zeros(4, dtype=int)}
    shares = attribute_accuracy.match_shares(requested, predicted, sizes)
    assert {name: share.value for name, share in shares.items()} == {"hair": 2 / 3, "hat": 0.0, "all": 0.5}
    with pytest.raises(ValueError, match="predicted"):
        attribute_accuracy.match_shares(requested, {"hair": predicted["hair"]}, sizes)


def test_total_variation_is_the_greatest_difference_on_any_event() -> None:
    one, other = np.array([0.5, 0.2, 0.3, 0.0]), np.array([0.1, 0.4, 0.25, 0.25])
    events = itertools.chain.from_iterable(itertools.combinations(range(4), size) for size in range(5))
    greatest = max(abs(one[list(event)].sum() - other[list(event)].sum()) for event in events)
    assert attribute_accuracy.total_variation(one, other) == pytest.approx(greatest)


def test_marginal_distance_has_an_interval() -> None:
    generator = np.random.default_rng(0)
    reference = generator.integers(0, 2, 20_000)
    skewed = (generator.random(2000) < 0.7).astype(np.int64)
    distance = attribute_accuracy.marginal_distance(skewed, reference, 2)
    assert distance.low < distance.value < distance.high and distance.value == pytest.approx(0.2, abs=0.03)
    with pytest.raises(ValueError):
        attribute_accuracy.marginal(np.array([0, 3]), 3)


def test_a_uniform_guess_of_bytes_costs_8_bits_a_dimension() -> None:
    assert likelihood.bits_per_dimension(768 * math.log(256), 768) == pytest.approx(8)
    with pytest.raises(ValueError):
        likelihood.bits_per_dimension(1.0, 0)


def test_psnr_of_a_known_error() -> None:
    original = np.zeros((3, 4, 4, 1), dtype=np.uint8)
    noisy = original.copy()
    noisy[1] = 255
    noisy[2] = 16
    expected = [math.inf, 0.0, 20 * math.log10(255 / 16)]
    np.testing.assert_allclose(likelihood.psnr(original, noisy), expected)
    assert likelihood.psnr(np.zeros((1, 4)), np.full((1, 4), 0.2), peak=2)[0] == pytest.approx(20)
