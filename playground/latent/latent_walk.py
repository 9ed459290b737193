"""A walk through a latent space, frame by frame, with how long its points are and how evenly its pictures change.

The measure of change is the distance between neighbouring frames in what EfficientNet-Lite0 sees. It is in the spirit
of the perceptual path length of Karras et al. 2019 (arXiv:1812.04948, section 4.1) and is not that: theirs averages
squared VGG distances over endlessly small steps at random places; this adds up the steps of one walk as they are.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.core.recipe import Recipe
from playground.images.inversion import describe_condition, row_condition
from playground.latent import interpolation
from playground.latent.latent_space import load_space, shares_of
from playground.latent.walk_request import WalkRequest, walk_recipe


@dataclass(frozen=True, eq=False)
class LatentWalk:
    """A walk so far.

    pictures: (n, H, W, C) uint8, the first n of its frames.  keyframes: of the end points.
    conditions: of each end point, in words; empty for anything.
    norms: method -> (frames,) lengths of the points, on the path walked and on the other one.
    norm_range: of 99.7 % of standard normal vectors of this size.  seconds: so far, without loading.
    """

    request: WalkRequest
    kind: str
    dimensions: int
    weights_sha256: str
    pictures: NDArray[np.uint8]
    keyframes: tuple[int, ...]
    conditions: tuple[str, ...]
    norms: dict[str, NDArray[np.float64]]
    norm_range: tuple[float, float]
    seconds: float

    @property
    def done(self) -> bool:
        """Whether all frames are there."""
        return len(self.pictures) == self.request.frames

    def recipe(self) -> Recipe:
        """What made it; with fingerprints once it is done."""
        return walk_recipe(self.request, self.weights_sha256, self.pictures if self.done else None)


def generate_walk(request: WalkRequest) -> Iterator[LatentWalk]:
    """The walk as its frames come. Close it to stop. Raises PlaygroundError if the model or a point does not fit.

    At an end point the picture is Draw's of that seed and condition; between, conditions are blended evenly,
    whatever path the point takes. Draw's truncation, temperature and prior are its defaults, or those in the end
    point's brackets; diffusion is DDIM with the default guidance and as many steps.
    """
    space = load_space(request.model, request.condition, request.steps, request.seed)
    start = time.perf_counter()
    points = request.points(space)
    paths = {
        method: interpolation.interpolate(points, request.frames, method, request.loop, request.ease)
        for method in interpolation.METHODS
    }
    lengths = {method: interpolation.norms(points) for method, points in paths.items()}
    rows = request.rows(space.facts)
    shares = interpolation.interpolate(
        shares_of(space.facts, rows).astype(float), request.frames, "lerp", request.loop, request.ease
    )
    conditions = tuple(describe_condition(row_condition(space.facts, row[None])) for row in rows)
    keyframes = interpolation.keyframes(len(points), request.frames, request.loop)[: len(points)]
    # Links made before the setting "settled" hold fingerprints of whole batches.
    one_by_one = keyframes if request.settled == "each" else ()
    batches: list[NDArray[np.uint8]] = []
    for pictures in space.pictures(paths[request.method].astype(np.float32), shares.astype(np.float32), one_by_one):
        batches.append(pictures)
        yield LatentWalk(
            request, space.facts.kind, space.dimensions, space.facts.weights_sha256, np.concatenate(batches),
            tuple(keyframes), conditions, lengths, interpolation.chi_norm_range(space.dimensions),
            time.perf_counter() - start,
        )  # fmt: skip


def explain_norms(walk: LatentWalk) -> str:
    """What the norm curve shows, in a sentence or two with this walk's own numbers; and what else is blended."""
    return _explain_norm_curve(walk) + _explain_blend(walk)


def _explain_blend(walk: LatentWalk) -> str:
    if len(set(walk.conditions)) == 1:
        return ""
    words = [condition.split(": ")[-1] if condition else "anything" for condition in walk.conditions]
    ends = "" if any("," in condition for condition in walk.conditions) else f", from {' to '.join(words)}"
    return f" Each end point has a condition of its own: on the way that is blended too{ends}."


def _explain_norm_curve(walk: LatentWalk) -> str:
    straight, arc = walk.norms["lerp"], walk.norms["slerp"]
    lowest = int(straight.argmin())
    low, high = walk.norm_range
    sentence = (
        f"A point here is {walk.dimensions:,} numbers, and nearly every random one has a length of {low:.1f} to "
        f"{high:.1f}. The straight line cuts inside: at its shortest, frame {lowest + 1}, it is "
        f"{straight[lowest]:.1f} long"
    )
    if straight[lowest] >= low:
        return sentence + f", and the great circle {arc[lowest]:.1f}: on this walk the two ways hardly differ."
    if arc.min() < low or arc.max() > high:
        return (
            sentence + ", shorter than nearly all points of training. So is or was an end point: neither way is usual."
        )
    return (
        sentence
        + f", which training practically never showed the model; the great circle is {arc[lowest]:.1f} long there, "
        "as usual. Pictures from points that are too short often look washed out, or like an average."
    )


@dataclass(frozen=True, eq=False)
class Smoothness:
    """How evenly the pictures of a walk change.

    steps: (frames - 1,) distances between neighbours in EfficientNet features, of a loop (frames,), the last back to
    the first.  direct: the distance from the first end point's picture to the last one's.
    """

    steps: NDArray[np.float64]
    direct: float

    @property
    def length(self) -> float:
        """Of the whole way: the sum of the steps."""
        return float(self.steps.sum())

    def words(self) -> str:
        """The measure and its limits."""
        largest = int(self.steps.argmax())
        share = self.steps[largest] / max(self.length, 1e-12)
        detour = f", {self.length / self.direct:.1f} times the direct distance" if self.direct > 1e-9 else ""
        return (
            f"Path length {self.length:.2f}{detour}. The largest of {len(self.steps)} steps, after frame "
            f"{largest + 1}, takes {share:.0%} of it; even steps would take {1 / len(self.steps):.0%}. Distances are "
            "between features of EfficientNet-Lite0, a net for photographs: compare walks of one model and one "
            "number of frames only. It is not the PPL of the StyleGAN paper."
        )


def measure_smoothness(walk: LatentWalk) -> Smoothness:
    """How evenly the pictures change; about 25 ms a frame. Raises PlaygroundError if the net cannot be had."""
    from playground.images.image_features import PIXELS, features_of

    side = walk.pictures.shape[1]
    # Small pictures are shown as squares, and so they are measured, where the squares come out whole.
    features_seen = features_of(walk.pictures, "nearest" if side <= 32 and PIXELS % side == 0 else "bicubic")
    features = features_seen.astype(np.float64)
    after = np.roll(features, -1, axis=0) if walk.request.loop else features[1:]
    before = features if walk.request.loop else features[:-1]
    steps = np.linalg.norm(after - before, axis=1)
    return Smoothness(steps, float(np.linalg.norm(features[walk.keyframes[-1]] - features[0])))
