"""A walk through a latent space, frame by frame, with the norms of its points and the smoothness of its pictures.

Smoothness is measured as distances between neighbouring frames in features of EfficientNet-Lite0. It follows the
perceptual path length of Karras et al. 2019 (arXiv:1812.04948, section 4.1) but is not the same: theirs averages
squared VGG distances over infinitesimal steps at random places; this sums the steps of one walk.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.recipe import Recipe
from playground.images.inversion import describe_condition, row_condition
from playground.latent import interpolation
from playground.latent.code_lengths import describe_training_lengths
from playground.latent.latent_space import load_space, shares_of
from playground.latent.walk_request import WalkRequest, walk_recipe


@dataclass(frozen=True, eq=False)
class LatentWalk:
    """A walk so far.

    pictures: (n, H, W, C) uint8, the first n frames.  keyframes: the frame of each end point.
    conditions: of each end point, in words; "" for anything.
    norms: method -> (frames,) norms of the points, on this path and on the other.
    norm_range: of 99.7 % of standard normal vectors in this many dimensions.  seconds: so far, without loading.
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
        """Whether all frames are decoded."""
        return len(self.pictures) == self.request.frames

    def recipe(self) -> Recipe:
        """Its recipe, with fingerprints once it is done."""
        return walk_recipe(self.request, self.weights_sha256, self.pictures if self.done else None)


def generate_walk(request: WalkRequest) -> Iterator[LatentWalk]:
    """Yields the walk as its frames are decoded. Close it to stop.

    At an end point the picture is Draw's for that seed and condition, with Draw's default truncation, temperature and
    prior unless the end point's brackets say otherwise; diffusion is DDIM with the default guidance and the walk's
    steps. Between end points, conditions are blended linearly, whatever path the point takes.
    Raises PlaygroundError if the model or a point does not fit.
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
    # Links older than the setting "settled" hold fingerprints of frames that were decoded in whole batches.
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
    """What the norm curve shows, in sentences with this walk's own numbers; and whether conditions are blended."""
    return " ".join([*_norm_sentences(walk), *_encoder_sentences(walk), *_blend_sentences(walk)])


def _norm_sentences(walk: LatentWalk) -> list[str]:
    straight, arc = walk.norms["lerp"], walk.norms["slerp"]
    lowest = int(straight.argmin())
    low, high = walk.norm_range
    limits = {"dimensions": walk.dimensions, "low": low, "high": high}
    first = say("latent.walk.line_cuts", **limits, frame=lowest + 1, length=straight[lowest])
    if straight[lowest] >= low:
        return [first, say("latent.walk.paths_agree", length=arc[lowest])]
    if arc.min() < low or arc.max() > high:  # the arc's lengths are between those of its end points
        return [first, say("latent.walk.unusual_endpoints")]
    return [first, say("latent.walk.circle_keeps", length=arc[lowest])]


def _encoder_sentences(walk: LatentWalk) -> list[str]:
    if walk.kind != "vae" or not walk.done:
        return []
    return [sentence for sentence in [describe_training_lengths(walk.request.model, walk.dimensions)] if sentence]


def _blend_sentences(walk: LatentWalk) -> list[str]:
    if len(set(walk.conditions)) == 1:
        return []
    if any("," in condition for condition in walk.conditions):
        return [say("latent.walk.blend")]
    values = [condition.split(": ")[-1] if condition else say("latent.walk.anything") for condition in walk.conditions]
    return [say("latent.walk.blend_of", conditions=" → ".join(values))]


@dataclass(frozen=True, eq=False)
class Smoothness:
    """How evenly the pictures of a walk change.

    steps: (frames - 1,) distances between neighbouring frames in EfficientNet features; (frames,) for a loop, the
    last one back to the first frame.  direct: the distance between the pictures of the first and last end points; 0 for
    a loop, which ends where it begins, so that no ratio to it exists.
    """

    steps: NDArray[np.float64]
    direct: float

    @property
    def length(self) -> float:
        """The sum of the steps."""
        return float(self.steps.sum())

    def words(self) -> str:
        """The measure and its limits, in sentences."""
        largest = int(self.steps.argmax())
        share = self.steps[largest] / max(self.length, 1e-12)
        shares = {"share": share, "even": 1 / len(self.steps)}
        if self.direct > 1e-9:
            length = say("latent.walk.path_length_ratio", length=self.length, ratio=self.length / self.direct)
        else:
            length = say("latent.walk.path_length", length=self.length)
        step = say("latent.walk.largest_step", count=len(self.steps), frame=largest + 1, **shares)
        return f"{length} {step} {say('latent.walk.smoothness_limits')}"


def measure_smoothness(walk: LatentWalk) -> Smoothness:
    """Measures smoothness, about 25 ms a frame. Raises PlaygroundError if EfficientNet cannot be loaded."""
    from playground.images.image_features import PIXELS, features_of

    side = walk.pictures.shape[1]
    # Small pictures are shown as squares of pixels, and measured so if the squares come out whole.
    whole_squares = side <= 32 and PIXELS % side == 0
    features = features_of(walk.pictures, "nearest" if whole_squares else "bicubic").astype(np.float64)
    after = np.roll(features, -1, axis=0) if walk.request.loop else features[1:]
    before = features if walk.request.loop else features[:-1]
    steps = np.linalg.norm(after - before, axis=1)
    last = 0 if walk.request.loop else walk.keyframes[-1]
    return Smoothness(steps, float(np.linalg.norm(features[last] - features[0])))
