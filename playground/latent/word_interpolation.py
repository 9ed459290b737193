"""A walk from word to word, or sentence to sentence: the nearest ones along the path.

End points are unit vectors. The great circle and the straight line between two of them cross the same directions at
different speeds, and a cosine depends on direction alone: both paths pass the same words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, Setting
from playground.core.validation import parse_choice, parse_int, quoted
from playground.language.word_embeddings import (
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
#: Points compared with all words at once: 400,000 cosines each.
_BATCH = 8


@dataclass(frozen=True)
class WordWalkRequest:
    """stops: two or more words or sentences.  method: one of interpolation.METHODS.  steps: including the ends."""

    kind: str
    stops: tuple[str, ...]
    steps: int = 11
    method: str = interpolation.METHODS[0]
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True)
class WordWalkStep:
    """honest: the nearest, nothing left out.  dropped: the nearest without the stops.

    stop: the stop at this step, or "".  length: norm of the point.
    """

    stop: str
    length: float
    honest: tuple[WordNeighbour, ...]
    dropped: tuple[WordNeighbour, ...]


@dataclass(frozen=True, eq=False)
class WordWalk:
    """steps: in order.  degrees: the angle of each leg.  size: of the space."""

    request: WordWalkRequest
    steps: tuple[WordWalkStep, ...]
    degrees: tuple[float, ...]
    size: int
    weights_sha256: str

    def words(self) -> str:
        """What the walk shows, in sentences with its own numbers."""
        kind, steps = self.request.kind, self.steps
        at_stops = sum(step.honest[0].is_input for step in steps)
        between = {step.dropped[0].label for step in steps if step.dropped}
        sentences = [
            say("latent.words.at_stops", count=at_stops, steps=len(steps), item=say(f"latent.words.item.{kind}"))
        ]
        if between:
            middle = steps[len(steps) // 2].dropped[0]
            items = say(f"latent.words.items.{kind}", count=len(between))
            sentences.append(say("latent.words.between", items=items, middle=middle.label, cosine=middle.cosine))
        angles = ", ".join(f"{angle:.0f}°" for angle in self.degrees)
        if self.request.method == "lerp":
            shortest = min(step.length for step in steps)
            sentences.append(say("latent.words.straight_line", shortest=shortest, angles=angles))
        else:
            sentences.append(say("latent.words.great_circle", angles=angles))
        return " ".join(sentences)

    def recipe(self) -> Recipe:
        """The walk's recipe, with a fingerprint of the neighbours."""
        request = self.request
        settings: dict[str, Setting] = {
            "panel": "words", "part": "walk", "stops": join_labels(request.kind, request.stops), "steps": request.steps,
            "method": request.method, **candidates_setting(request.candidates),
        }  # fmt: skip
        labels = [neighbour.label for step in self.steps for neighbour in (*step.honest, *step.dropped)]
        return Recipe("latent", MODELS[request.kind], self.weights_sha256, 0, settings, labels_fingerprint(labels))


def read_word_walk(model: object, values: Mapping[str, object]) -> WordWalkRequest:
    """A checked walk from raw settings: stops, steps, method, candidates.

    Raises PlaygroundError for the first value that is not valid.
    """
    known = ("stops", "steps", "method", "candidates")
    unknown = sorted(set(values) - {*known})
    if unknown:
        sentence = say("latent.walk.unknown_setting", name=quoted(unknown[0]), names=", ".join(known))
        raise PlaygroundError(sentence)
    kind = read_kind(model)
    stops = read_labels(kind, values.get("stops"), say("latent.words.walk_name"), 2)
    value = values.get("steps")
    steps = 11 if value is None else read_steps(value)
    if steps < len(stops):
        raise PlaygroundError(say("latent.words.too_few_steps", stops=len(stops), steps=steps))
    same = next((one for one, other in zip(stops, stops[1:], strict=False) if one == other), None)
    if same is not None:
        raise PlaygroundError(say("latent.words.same_stop", stop=quoted(same)))
    method = parse_choice(values.get("method") or interpolation.METHODS[0], interpolation.METHODS, "method")
    return WordWalkRequest(kind, stops, steps, method, read_candidates(kind, values.get("candidates")))


def read_steps(value: object) -> int:
    """A checked number of steps. Raises PlaygroundError if it is out of range."""
    return parse_int(value, MIN_STEPS, MAX_STEPS, say("latent.words.steps_range", lowest=MIN_STEPS, highest=MAX_STEPS))


def word_walk(request: WordWalkRequest, space: WordSpace | None = None) -> WordWalk:
    """Computes a walk. space: if it is loaded already. Raises PlaygroundError for an unknown word."""
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
