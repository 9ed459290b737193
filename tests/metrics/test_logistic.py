"""Balanced logistic regression against scikit-learn's, and on classes that a line separates."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from playground.metrics.logistic import fit_balanced_logistic


@pytest.mark.parametrize(("share", "ridge"), [(0.5, 1.0), (0.04, 1.0), (0.3, 0.1)])
def test_the_fit_is_that_of_scikit_learn(share: float, ridge: float) -> None:
    source = np.random.default_rng(0)
    has = source.random(3000) < share
    points = source.standard_normal((3000, 8)) * np.arange(1, 9) + np.outer(has, [1, 0, -2, 0, 3, 0, 0, 1]) + 5
    standard = (points - points.mean(0)) / points.std(0)
    other = LogisticRegression(C=1 / ridge, class_weight="balanced", tol=1e-10, max_iter=5000).fit(standard, has)
    weights, offset = fit_balanced_logistic(points, has, ridge)
    assert weights * points.std(0) == pytest.approx(other.coef_[0], abs=1e-4)
    assert offset + weights @ points.mean(0) == pytest.approx(other.intercept_[0], abs=1e-4)


def test_separable_classes_and_a_constant_column_have_a_finite_cut() -> None:
    points = np.array([[-2.0, 7], [-1, 7], [1, 7], [2, 7]])
    weights, offset = fit_balanced_logistic(points, points[:, 0] > 0)
    assert np.isfinite(weights).all() and ((points @ weights + offset > 0) == (points[:, 0] > 0)).all()


def test_one_class_alone_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        fit_balanced_logistic(np.zeros((3, 2)), np.ones(3, bool))
