"""Logistic regression for two classes of any sizes: the straight cut that reads a label best from points.

Both classes weigh the same, whatever their sizes, as in scikit-learn's class_weight="balanced".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
_STEPS, _TOLERANCE, _MOST_HALVINGS = 50, 1e-7, 20


def fit_balanced_logistic(points: Numbers, has: NDArray[np.bool_], ridge: float = 1.0) -> tuple[Numbers, float]:
    """(weights, offset): a point is in the class if weights @ point + offset > 0.

    points: (N, D).  has: (N,), both classes must occur.  ridge: of the weights of standardised points, as 1 / C in
    scikit-learn. By Newton's method with halved steps.
    Source: Cox 1958; the weights of classes, King and Zeng 2001, doi:10.1093/oxfordjournals.pan.a004868.
    """
    count = len(has)
    if not 0 < has.sum() < count:
        raise ValueError("one class is empty")
    middle, spread = points.mean(0), points.std(0)
    spread = np.where(spread > 0, spread, 1.0)
    rows = np.concatenate([(points - middle) / spread, np.ones((count, 1))], 1)
    weight = np.where(has, count / (2 * has.sum()), count / (2 * (count - has.sum())))
    penalty = np.append(np.full(points.shape[1], ridge), 0.0)  # none on the offset
    signs = np.where(has, 1.0, -1.0)

    def loss(fit: Numbers) -> float:
        return float(weight @ np.logaddexp(0, -signs * (rows @ fit)) + 0.5 * penalty @ fit**2)

    fit, best = np.zeros(rows.shape[1]), loss(np.zeros(rows.shape[1]))
    for _ in range(_STEPS):
        probability = 1 / (1 + np.exp(-np.clip(rows @ fit, -700, 700)))
        gradient = rows.T @ (weight * (probability - has)) + penalty * fit
        curvature = rows.T @ (rows * (weight * probability * (1 - probability))[:, None]) + np.diag(penalty)
        step = np.linalg.solve(curvature + 1e-10 * np.eye(len(fit)), gradient)
        for _ in range(_MOST_HALVINGS):
            if loss(fit - step) <= best:
                break
            step = step / 2
        fit, before = fit - step, best
        best = loss(fit)
        if before - best <= _TOLERANCE * max(1.0, best):
            break
    weights = fit[:-1] / spread
    return weights, float(fit[-1] - weights @ middle)
