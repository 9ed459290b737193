"""Fréchet, kernel distance, precision and recall against closed forms and the definitions written out naively."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg
import scipy.spatial

from playground.metrics.frechet import (
    FeatureGaussian,
    fit_gaussian,
    frechet,
    frechet_distance,
)
from playground.metrics.kid import kernel_distance, squared_mmd
from playground.metrics.precision_recall import precision_recall


def normal(count: int, dimensions: int, seed: int = 0, shift: float = 0.0, scale: float = 1.0) -> np.ndarray:
    values = np.random.default_rng(seed).standard_normal((count, dimensions))
    return (values * scale + shift).astype(np.float32)


def gaussian(mean: list[float], covariance: np.ndarray) -> FeatureGaussian:
    return FeatureGaussian(np.array(mean, dtype=float), covariance.astype(float), 100)


def test_frechet_of_diagonal_gaussians_is_the_closed_form() -> None:
    one = gaussian([0, 0, 0], np.diag([1, 4, 9]))
    other = gaussian([1, 2, 2], np.diag([4, 4, 1]))
    assert frechet_distance(one, other) == pytest.approx(9 + (1 - 2) ** 2 + 0 + (3 - 1) ** 2, abs=1e-9)


def test_frechet_of_a_gaussian_with_itself_is_zero() -> None:
    one = fit_gaussian(normal(50, 8))
    assert frechet_distance(one, one) == pytest.approx(0, abs=1e-6)


def test_frechet_matches_scipy_s_matrix_root_and_is_symmetric() -> None:
    one, other = fit_gaussian(normal(300, 12) @ normal(12, 12, 5)), fit_gaussian(normal(200, 12, 1, 0.3))
    root = scipy.linalg.sqrtm(one.covariance @ other.covariance)
    expected = ((one.mean - other.mean) ** 2).sum() + np.trace(one.covariance + other.covariance - 2 * root.real)
    assert frechet_distance(one, other) == pytest.approx(expected, rel=1e-9)
    assert frechet_distance(other, one) == pytest.approx(expected, rel=1e-9)


def test_frechet_stays_exact_with_fewer_pictures_than_features() -> None:
    flat = np.zeros((5, 5))
    flat[0, 0] = 4.0
    assert frechet_distance(gaussian([0] * 5, flat), gaussian([0] * 5, np.zeros((5, 5)))) == pytest.approx(4.0)
    few = fit_gaussian(normal(5, 40))
    assert frechet_distance(few, few) == pytest.approx(0, abs=1e-6)


def test_the_covariance_matches_numpy() -> None:
    features = normal(30, 4)
    np.testing.assert_allclose(fit_gaussian(features).covariance, np.cov(features.astype(float).T), rtol=1e-9)


def test_the_jackknife_interval_matches_the_spread_of_repeated_samples() -> None:
    reference = normal(4000, 4)
    values = [frechet_distance(fit_gaussian(normal(500, 4, seed, 0.5)), fit_gaussian(reference)) for seed in range(40)]
    intervals = [frechet(normal(500, 4, seed, 0.5), reference) for seed in range(8)]
    assert np.mean([interval.standard_error for interval in intervals]) == pytest.approx(np.std(values), rel=0.5)
    assert sum(interval.low < np.mean(values) < interval.high for interval in intervals) >= 6
    assert intervals[0].value == pytest.approx(values[0], rel=1e-9)


def naive_squared_mmd(one: np.ndarray, other: np.ndarray) -> float:
    def kernel(x: np.ndarray, y: np.ndarray) -> float:
        return float((sum(float(a) * float(b) for a, b in zip(x, y, strict=True)) / len(x) + 1) ** 3)

    n, m = len(one), len(other)
    first = sum(kernel(one[i], one[j]) for i in range(n) for j in range(n) if i != j) / (n * (n - 1))
    second = sum(kernel(other[i], other[j]) for i in range(m) for j in range(m) if i != j) / (m * (m - 1))
    cross = sum(kernel(x, y) for x in one for y in other) / (n * m)
    return first + second - 2 * cross


def test_the_kernel_distance_matches_the_naive_double_sum() -> None:
    one, other = normal(14, 5), normal(9, 5, 1, 0.4)
    assert squared_mmd(one, other) == pytest.approx(naive_squared_mmd(one, other), rel=1e-9)


def test_the_kernel_distance_of_equal_distributions_is_around_zero() -> None:
    values = [squared_mmd(normal(60, 4, seed), normal(60, 4, seed + 500)) for seed in range(200)]
    assert min(values) < 0 < max(values)
    assert abs(np.mean(values)) < 4 * np.std(values) / np.sqrt(len(values))


def test_the_interval_of_the_kernel_distance_contains_the_whole_sets() -> None:
    interval = kernel_distance(normal(600, 8, 0, 0.5), normal(600, 8, 1))
    whole = squared_mmd(normal(600, 8, 0, 0.5), normal(600, 8, 1))
    assert interval.low < whole < interval.high and interval.low > 0
    assert interval == kernel_distance(normal(600, 8, 0, 0.5), normal(600, 8, 1))
    assert "10 blocks" in interval.method


def naive_precision_recall(generated: np.ndarray, real: np.ndarray, k: int) -> tuple[float, float, float, float]:
    def radius(x: int, of: np.ndarray) -> float:
        return sorted(np.linalg.norm(of[x] - of[y]) for y in range(len(of)) if y != x)[k - 1]

    def inside(point: np.ndarray, of: np.ndarray) -> list[bool]:
        return [bool(np.linalg.norm(point - of[x]) <= radius(x, of)) for x in range(len(of))]

    in_real = [inside(point, real) for point in generated]
    precision = np.mean([any(row) for row in in_real])
    recall = np.mean([any(inside(point, generated)) for point in real])
    density = np.sum(in_real) / (k * len(generated))
    coverage = np.mean(np.any(in_real, axis=0))
    return float(precision), float(recall), float(density), float(coverage)


@pytest.mark.parametrize("k", [1, 3, 5])
def test_precision_and_recall_match_the_naive_definition(k: int) -> None:
    generated, real = normal(40, 3, 0, 0.4, 0.7).astype(float), normal(50, 3, 1).astype(float)
    measures = precision_recall(generated, real, k)
    values = (measures.precision.value, measures.recall.value, measures.density.value, measures.coverage.value)
    assert values == pytest.approx(naive_precision_recall(generated, real, k))


def test_precision_and_recall_match_scipy_s_trees_on_more_data() -> None:
    generated, real = normal(1500, 6, 0, 0.2), normal(1300, 6, 1)
    tree = scipy.spatial.cKDTree(real.astype(float))
    radii = tree.query(real.astype(float), k=4)[0][:, 3]
    distances = scipy.spatial.distance.cdist(generated.astype(float), real.astype(float))
    assert precision_recall(generated, real).precision.value == (distances <= radii).any(axis=1).mean()


def test_a_missing_mode_lowers_recall_and_not_precision() -> None:
    real = np.concatenate([normal(300, 4), normal(300, 4, 1, 50)])
    one_kind = precision_recall(normal(600, 4, 2), real)
    assert one_kind.precision.value > 0.8 and one_kind.recall.value < 0.55 and one_kind.coverage.value < 0.55
    assert one_kind.recall.low < one_kind.recall.value < one_kind.recall.high
    far = precision_recall(normal(600, 4, 2, 1000), real)
    assert (far.precision.value, far.recall.value, far.density.value, far.coverage.value) == (0, 0, 0, 0)


def test_too_few_samples_are_errors() -> None:
    with pytest.raises(ValueError):
        fit_gaussian(normal(1, 3))
    with pytest.raises(ValueError):
        frechet(normal(10, 3), normal(50, 3), blocks=10)
    with pytest.raises(ValueError):
        squared_mmd(normal(1, 3), normal(5, 3))
    with pytest.raises(ValueError):
        precision_recall(normal(3, 2), normal(10, 2), k=3)


def test_the_smaller_matrix_gives_the_same_distance() -> None:
    random = np.random.default_rng(3)
    few, many = random.normal(size=(40, 60)), random.normal(1, 2, size=(300, 60))
    expected = frechet_distance(fit_gaussian(many), fit_gaussian(few))
    assert frechet(few, many, blocks=4).value == pytest.approx(expected, rel=1e-6)
