"""Paths between points of a latent space, straight lines and great circles, and the norms of their points.

Knows no models: points are rows of numbers. Sources: Shoemake 1985 (doi:10.1145/325165.325242) for the great circle;
White 2016, arXiv:1609.04468, for using it in latent spaces.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
METHODS = ("slerp", "lerp")
#: Below this sine of the angle, two vectors count as parallel: dividing by it would lose all digits.
_PARALLEL = 1e-7


def lerp(start: Points, end: Points, fraction: float) -> Points:
    """The point on the straight line from start to end, (D,) each. fraction: 0 gives start, 1 gives end.

    Raises ValueError if the shapes differ.
    """
    _check_shapes(start, end)
    return (1 - fraction) * start + fraction * end


def slerp(start: Points, end: Points, fraction: float) -> Points:
    """The point on the arc from start to end: angle and length both change linearly.

    start, end: (D,).  fraction: 0 gives start, 1 gives end.
    Parallel vectors, or one of length zero, have no angle between them: the arc is the straight line. Opposite vectors
    have many arcs: the one towards the axis where start is smallest is taken, always the same.
    Raises ValueError if the shapes differ.
    """
    _check_shapes(start, end)
    lengths = float(np.linalg.norm(start)), float(np.linalg.norm(end))
    if min(lengths) == 0:
        return lerp(start, end, fraction)
    start_unit, end_unit = start / lengths[0], end / lengths[1]
    # The angle from sine and cosine together: arccos alone loses digits near 0 and 180 degrees.
    angle = 2 * float(np.arctan2(np.linalg.norm(start_unit - end_unit), np.linalg.norm(start_unit + end_unit)))
    if np.sin(angle) < _PARALLEL and angle < 1:
        return lerp(start, end, fraction)
    aside = _orthogonal(start_unit, end_unit) if np.sin(angle) >= _PARALLEL else _perpendicular(start_unit)
    length = (1 - fraction) * lengths[0] + fraction * lengths[1]
    return np.asarray(length * (np.cos(fraction * angle) * start_unit + np.sin(fraction * angle) * aside))


def _check_shapes(start: Points, end: Points) -> None:
    if start.shape != end.shape or start.ndim != 1:
        raise ValueError(f"points of shapes {start.shape} and {end.shape}")


def _orthogonal(start_unit: Points, end_unit: Points) -> Points:
    """The unit vector perpendicular to start_unit, in the plane and on the side of end_unit; both are unit vectors."""
    remainder = end_unit - (start_unit @ end_unit) * start_unit
    return np.asarray(remainder / np.linalg.norm(remainder))


def _perpendicular(start_unit: Points) -> Points:
    """A unit vector perpendicular to the unit vector start_unit; zero in one dimension."""
    axis = np.zeros_like(start_unit)
    axis[np.argmin(np.abs(start_unit))] = 1.0
    remainder = axis - (start_unit @ axis) * start_unit
    length = float(np.linalg.norm(remainder))
    return np.asarray(remainder / length) if length > 0 else np.zeros_like(start_unit)


def smoothstep(fraction: float) -> float:
    """Ease in and out: 3 t^2 - 2 t^3, with slope 0 at 0 and at 1."""
    return fraction * fraction * (3 - 2 * fraction)


def keyframes(endpoints: int, frames: int, loop: bool) -> list[int]:
    """The frame of each end point; for a loop also the frame after the last, where it starts over.

    Raises ValueError for fewer frames than end points, or a single end point.
    """
    if endpoints < 2 or frames < endpoints:
        raise ValueError(f"{frames} frames for {endpoints} end points")
    legs, last = (endpoints, frames) if loop else (endpoints - 1, frames - 1)
    return [leg * last // legs for leg in range(legs + 1)]


def interpolate(
    endpoints: Points, frames: int, method: str = "slerp", loop: bool = False, ease: bool = False
) -> Points:
    """The points of a walk through the end points, in order: (frames, D).

    endpoints: (K, D), K >= 2.  method: one of METHODS.  loop: return to the first, without repeating its frame.
    ease: slow near every end point.  Raises ValueError as `keyframes` does, or for an unknown method.
    """
    step_function = {"slerp": slerp, "lerp": lerp}.get(method)
    if step_function is None:
        raise ValueError(f"method {method}")
    frame_numbers = keyframes(len(endpoints), frames, loop)
    points = []
    for leg, (first, last) in enumerate(zip(frame_numbers, frame_numbers[1:], strict=False)):
        start, end = endpoints[leg], endpoints[(leg + 1) % len(endpoints)]
        for frame in range(first, last):
            fraction = (frame - first) / (last - first)
            points.append(step_function(start, end, smoothstep(fraction) if ease else fraction))
    return np.stack(points if loop else [*points, endpoints[-1]])


def norms(points: Points) -> Points:
    """Euclidean norms of points: (N, D) -> (N,)."""
    return np.asarray(np.linalg.norm(points, axis=1))


def chi_norm_range(dimensions: int) -> tuple[float, float]:
    """The central 99.7 % of norms of standard normal vectors, from quantiles of the chi distribution."""
    from scipy.stats import chi

    low, high = chi.ppf([0.0015, 0.9985], dimensions)
    return float(low), float(high)
