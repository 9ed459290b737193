"""Hard debiasing: a direction from pairs of points, its projection out of all points, and tests of what remains.

The direction and the projection follow Bolukbasi et al. 2016, arXiv:1607.06520, without their step that equalizes
pairs. Whether the groups can still be separated is tested as in Gonen and Goldberg 2019, arXiv:1903.03862: by a
classifier and by clusters. The functions take vectors, not words.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError

_Points = NDArray[np.float64]
#: The classifier minimizes its summed log-loss plus (1 / 2) RIDGE |w|², w without the intercept.
_RIDGE = 1.0
#: Newton steps of the classifier, and starts of k-means.
_STEPS = 30
_STARTS = 5


def normalize_rows(points: NDArray[np.floating]) -> _Points:
    """Rows scaled to length 1; a row of zeros stays."""
    wide = np.asarray(points, np.float64)
    result: _Points = wide / np.maximum(np.linalg.norm(wide, axis=-1, keepdims=True), 1e-12)
    return result


def bias_direction(firsts: NDArray[np.floating], seconds: NDArray[np.floating]) -> tuple[_Points, float]:
    """The first principal component of the pairs, each centred on its mean, and its share of their variance, 0 to 1.

    firsts, seconds: (N, D), pair by pair. The direction (D,) has length 1 and points from the seconds to the firsts.
    Raises PlaygroundError if the points of every pair are equal.
    """
    halves = (normalize_rows(firsts) - normalize_rows(seconds)) / 2
    _, spread, axes = np.linalg.svd(halves, full_matrices=False)
    if spread[0] < 1e-9:
        raise PlaygroundError(say("bias.weat.debias.no_difference"))
    axis = axes[0] * (1.0 if halves.mean(axis=0) @ axes[0] >= 0 else -1.0)
    return axis, float(spread[0] ** 2 / (spread**2).sum())


def project_out(points: NDArray[np.floating], axis: _Points) -> _Points:
    """(N, D) points without their component along the axis (D,), scaled to length 1."""
    wide = normalize_rows(points)
    return normalize_rows(wide - np.outer(wide @ axis, axis))


def classify_sides(points: _Points, sides: NDArray[np.bool_], train: NDArray[np.intp], test: NDArray[np.intp]) -> int:
    """How many points of `test` a logistic regression fitted on `train` puts on the right side.

    points: (N, D).  sides: (N,).  train, test: indices.
    Ridge penalty, Newton's method; the features are centred and scaled on `train`.
    """
    middle, scale = points[train].mean(axis=0), points[train].std(axis=0) + 1e-9
    rows = np.column_stack([(points - middle) / scale, np.ones(len(points))])
    inputs, targets = rows[train], sides[train].astype(np.float64)
    weights, ridge = np.zeros(rows.shape[1]), np.full(rows.shape[1], _RIDGE)
    ridge[-1] = 1e-6  # the intercept is not penalized
    for _ in range(_STEPS):
        probability = 1 / (1 + np.exp(-np.clip(inputs @ weights, -30, 30)))
        gradient = inputs.T @ (probability - targets) + ridge * weights
        hessian = (inputs * (probability * (1 - probability))[:, None]).T @ inputs + np.diag(ridge)
        step = np.linalg.solve(hessian, gradient)
        weights -= step
        if float(np.abs(step).max()) < 1e-8:
            break
    return int(np.count_nonzero((rows[test] @ weights > 0) == sides[test]))


def cluster_sides(points: _Points, sides: NDArray[np.bool_], seed: int = 0) -> int:
    """How many of the points (N, D) are in the cluster of their side, for two clusters fitted without the sides (N,).

    Chance gives about half. Lloyd's k-means, the tightest of _STARTS starts.
    """
    generator = np.random.default_rng(seed)
    best, tightest = 0, np.inf
    for _ in range(_STARTS):
        centres = points[generator.choice(len(points), 2, replace=False)]
        for _ in range(50):
            distances = ((points[:, None, :] - centres) ** 2).sum(axis=2)
            own = distances.argmin(axis=1)
            if len(np.unique(own)) < 2:
                break
            moved = np.stack([points[own == one].mean(axis=0) for one in (0, 1)])
            if np.allclose(moved, centres):
                break
            centres = moved
        loose = float(distances.min(axis=1).sum())
        if loose < tightest:
            agree = int(np.count_nonzero((own == 1) == sides))
            best, tightest = max(agree, len(points) - agree), loose
    return best


def solve_analogies(points: NDArray[np.floating], pairs: NDArray[np.intp]) -> NDArray[np.bool_]:
    """(N, N) whether "a is to b as c is to d" is solved, for the pairs (a, b) in rows and (c, d) in columns.

    points: (V, D) of length 1, the candidate answers; the inputs are excluded (3CosAdd, Mikolov et al. 2013).
    pairs: (N, 2) indices of points.  The diagonal asks nothing and is False.
    """
    vectors = np.asarray(points, np.float32)
    first, second = vectors[pairs[:, 0]], vectors[pairs[:, 1]]
    solved = np.zeros((len(pairs), len(pairs)), np.bool_)
    for number, (a, b) in enumerate(pairs):
        near = (second[number] - first[number] + first) @ vectors.T  # (N, V)
        near[:, [a, b]] = -np.inf
        near[np.arange(len(pairs)), pairs[:, 0]] = -np.inf
        solved[number] = near.argmax(axis=1) == pairs[:, 1]
    np.fill_diagonal(solved, False)
    return solved
