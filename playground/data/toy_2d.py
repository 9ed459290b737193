"""Distributions of points in the square [-1, 1] x [-1, 1], for models that learn before a visitor's eyes.

25 Gaussians: Metz et al. 2017, arXiv:1611.02163, section 4 (eight there). Two moons: after scikit-learn's make_moons.
The brush is a distribution that the visitor painted.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError

Points = NDArray[np.float32]

SHAPES = ("ring", "moons", "spiral", "gaussians25", "brush")
#: Limits on the dots of a brush: fewer are no shape, more do not fit into a link.
FEWEST_DOTS, MOST_DOTS = 3, 300
#: A dot is a small Gaussian of this standard deviation.
DOT_WIDTH = 0.04
#: Standard deviation of each of the 25 Gaussians, and the distance between the centres of neighbours.
MODE_WIDTH, _MODES_APART = 0.035, 0.4
_PARTS = {"train": 0, "held out": 1, "another": 2}
_FARTHEST = 0.999  # rare points outside are moved to the edge


def points(shape: str, count: int, seed: int, part: str = "train", brush: Sequence[int] = ()) -> Points:
    """(count, 2) float32 in [-1, 1], independent draws from the shape, y upwards.

    part: "train", "held out" or "another": independent sets of draws.  brush: see dots(); only for the shape "brush".
    """
    random = np.random.default_rng([seed, _PARTS[part], SHAPES.index(shape)])
    draws = _brush(count, random, parse_dots(brush)) if shape == "brush" else _DRAWS[shape](count, random)
    return np.clip(draws, -_FARTHEST, _FARTHEST).astype(np.float32)


def parse_dots(brush: Sequence[int]) -> Points:
    """(N, 2) float32 in [-1, 1]: the centres of a visitor's dots.

    brush: x, y, x, y, … in hundredths, whole numbers from -100 to 100. Raises PlaygroundError for anything else.
    """
    if not isinstance(brush, Sequence) or isinstance(brush, str | bytes) or len(brush) % 2:
        raise PlaygroundError(say("data.toy_2d.not_dots"))
    if not all(type(number) is int and -100 <= number <= 100 for number in brush):
        raise PlaygroundError(say("data.toy_2d.not_a_dot"))
    count = len(brush) // 2
    if not FEWEST_DOTS <= count <= MOST_DOTS:
        raise PlaygroundError(say("data.toy_2d.dots", count=count, fewest=FEWEST_DOTS, most=MOST_DOTS))
    return np.asarray(brush, np.float32).reshape(-1, 2) / np.float32(100)


def _ring(count: int, random: np.random.Generator) -> NDArray[np.float64]:
    angle = random.uniform(0, 2 * np.pi, count)
    radius = 0.75 + 0.04 * random.standard_normal(count)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1)


def _moons(count: int, random: np.random.Generator) -> NDArray[np.float64]:
    angle = random.uniform(0, np.pi, count)
    upper = random.random(count) < 0.5
    x = np.where(upper, np.cos(angle), 1 - np.cos(angle)) - 0.5
    y = np.where(upper, np.sin(angle), 0.5 - np.sin(angle)) - 0.25
    moons: NDArray[np.float64] = 0.58 * np.stack([x, y], 1) + 0.03 * random.standard_normal((count, 2))
    return moons


def _spiral(count: int, random: np.random.Generator) -> NDArray[np.float64]:
    # The square root of a uniform number: equal density along the line.
    turn = np.sqrt(random.uniform(0.02, 1, count))
    angle = 3.5 * np.pi * turn
    arm: NDArray[np.float64] = 0.88 * turn[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1)
    return arm + 0.02 * random.standard_normal((count, 2))


def _gaussians25(count: int, random: np.random.Generator) -> NDArray[np.float64]:
    centres = random.integers(-2, 3, (count, 2)) * _MODES_APART
    return centres + MODE_WIDTH * random.standard_normal((count, 2))


def mode_centres(shape: str) -> Points:
    """(25, 2) centres of the 25 Gaussians; (0, 2) for shapes without separate modes."""
    if shape != "gaussians25":
        return np.zeros((0, 2), np.float32)
    line = np.arange(-2, 3) * _MODES_APART
    return np.stack(np.meshgrid(line, line), 2).reshape(-1, 2).astype(np.float32)


def _brush(count: int, random: np.random.Generator, centres: Points) -> NDArray[np.float64]:
    chosen: NDArray[np.float64] = centres[random.integers(0, len(centres), count)].astype(np.float64)
    return chosen + DOT_WIDTH * random.standard_normal((count, 2))


_DRAWS = {"ring": _ring, "moons": _moons, "spiral": _spiral, "gaussians25": _gaussians25}
