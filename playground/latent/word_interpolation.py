"""A walk from word to word, or sentence to sentence: the nearest ones along the way.

End points have length 1. The great circle and the straight line between two of them cross the same directions, only at
another pace, and directions are all that a cosine looks at: both ways pass the same words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, Setting
from playground.core.validation import parse_choice, parse_int, quoted
from playground.language.word_embeddings import (
    GLOVE,
    MODELS,
    WordSpace,
    read_candidates,
    read_kind,
    read_labels,
    word_space,
)
from playground.latent import interpolation
from playground.latent.word_analogy import WordNeighbour, candidates_setting, join_labels, labels_fingerprint

MIN_STEPS, MAX_STEPS, NEIGHBOURS = 2, 40, 5
_STEPS = f"The number of steps must be a whole number from {MIN_STEPS} to {MAX_STEPS}"
#: So many points are compared with all words at once: 400,000 cosines each.
_BATCH = 8


@dataclass(frozen=True)
class WordWalkRequest:
    """stops: two or more words or sentences.  method: one of interpolation.METHODS.  steps: with the ends."""

    kind: str
    stops: tuple[str, ...]
    steps: int = 11
    method: str = interpolation.METHODS[0]
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True)
class WordWalkStep:
    """honest: the nearest, nothing left out.  dropped: the nearest without the stops.  stop: its own word, or "".

    length: of the point.
    """

    stop: str
    length: float
    honest: tuple[WordNeighbour, ...]
    dropped: tuple[WordNeighbour, ...]


@dataclass(frozen=True, eq=False)
class WordWalk:
    """The steps, in their order. degrees: the angle of each leg."""

    request: WordWalkRequest
    steps: tuple[WordWalkStep, ...]
    degrees: tuple[float, ...]
    size: int
    weights_sha256: str

    def words(self) -> str:
        """What the walk shows, in a few sentences made of its own numbers."""
        noun = "word" if self.request.kind == GLOVE else "sentence"
        at_stops = sum(step.honest[0].is_input for step in self.steps)
        between = list(dict.fromkeys(step.dropped[0].label for step in self.steps if step.dropped))
        shortest = min(step.length for step in self.steps)
        sentence = f"At {at_stops} of {len(self.steps)} steps the nearest {noun} is one of your own. "
        if between:
            middle = self.steps[len(self.steps) // 2].dropped[0]
            sentence += (
                f"Without yours the way meets {len(between)} {noun}{'s' * (len(between) > 1)}; in its middle the "
                f'nearest is "{middle.label}", at a cosine of {middle.cosine:.2f}. '
            )
        angles = ", ".join(f"{angle:.0f}°" for angle in self.degrees)
        if self.request.method == "lerp":
            return sentence + (
                f"The straight line cuts inside, down to a length of {shortest:.2f}, and turns by {angles} in uneven "
                f"steps; the great circle crosses the same directions, evenly."
            )
        return (
            sentence + f"Each step turns as far as the next one, {angles} on the whole, and every point has length 1."
        )

    def recipe(self) -> Recipe:
        """What made it."""
        request = self.request
        settings: dict[str, Setting] = {
            "panel": "words", "part": "walk", "stops": join_labels(request.kind, request.stops), "steps": request.steps,
            "method": request.method, **candidates_setting(request.candidates),
        }  # fmt: skip
        met = [neighbour.label for step in self.steps for neighbour in (*step.honest, *step.dropped)]
        return Recipe("latent", MODELS[request.kind], self.weights_sha256, 0, settings, labels_fingerprint(met))


def read_word_walk(model: object, values: Mapping[str, object]) -> WordWalkRequest:
    """A checked walk from whatever came in: stops, steps, method, candidates.

    Raises PlaygroundError that says which value is wrong and what is right.
    """
    known = ("stops", "steps", "method", "candidates")
    unknown = sorted(set(values) - {*known})
    if unknown:
        raise PlaygroundError(f"{quoted(unknown[0])} is no setting of a walk: there are {', '.join(known)}.")
    kind = read_kind(model)
    stops = read_labels(kind, values.get("stops"), "A walk", 2)
    given = values.get("steps")
    steps = 11 if given is None else parse_int(given, MIN_STEPS, MAX_STEPS, _STEPS)
    if steps < len(stops):
        raise PlaygroundError(f"{len(stops)} stops need at least {len(stops)} steps; there are {steps}.")
    same = next((one for one, other in zip(stops, stops[1:], strict=False) if one == other), None)
    if same is not None:
        raise PlaygroundError(f"The walk stands still from {quoted(same)} to itself: take two that differ.")
    method = parse_choice(values.get("method") or interpolation.METHODS[0], interpolation.METHODS, "method")
    return WordWalkRequest(kind, stops, steps, method, read_candidates(kind, values.get("candidates")))


def word_walk(request: WordWalkRequest, space: WordSpace | None = None) -> WordWalk:
    """The walk. space: if it is there already. Raises PlaygroundError for an unknown word."""
    space = space or word_space(request.kind, request.candidates, request.stops)
    rows = space.rows(request.stops)
    stops = space.unit[rows].astype(np.float64)
    points = interpolation.interpolate(stops, request.steps, request.method)
    lengths = interpolation.norms(points)
    unit = (points / np.maximum(lengths, 1e-12)[:, None]).astype(np.float32)
    stop_at = dict(zip(interpolation.keyframes(len(stops), request.steps, False), request.stops, strict=True))
    steps: list[WordWalkStep] = []
    for first in range(0, len(unit), _BATCH):
        cosines = unit[first : first + _BATCH] @ space.unit.T  # (batch, N)
        for index, row in enumerate(cosines, first):
            honest, dropped = (
                tuple(
                    WordNeighbour(space.labels[neighbour], cosine, neighbour in rows)
                    for neighbour, cosine in space.nearest(row, NEIGHBOURS, out)
                )
                for out in ((), {*rows})
            )
            steps.append(WordWalkStep(stop_at.get(index, ""), float(lengths[index]), honest, dropped))
    turns = (stops[:-1] * stops[1:]).sum(1).clip(-1, 1)
    return WordWalk(
        request, tuple(steps), tuple(np.degrees(np.arccos(turns)).tolist()), len(space.labels), space.weights_sha256
    )
