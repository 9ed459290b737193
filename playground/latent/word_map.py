"""A map of the words around a sum: their shadow on the two directions in which they spread most.

Principal components by the singular value decomposition (Pearson 1901; Jolliffe 2002, chapter 3). The shadow is linear:
a parallelogram of the space is one on the map too, and what is not on the map is reported as a share of variance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.core.recipe import Recipe
from playground.language.word_embeddings import GLOVE, WordSpace, read_labels, word_space
from playground.latent.word_analogy import Analogy, join_labels, labels_fingerprint

MAX_POINTS, NEIGHBOURS = 300, 5
Place = tuple[float, float]


@dataclass(frozen=True)
class WordPoint:
    """A word on the map.  role: "plus", "minus", "answer", "added" or "" (a neighbour).

    neighbours: of a sentence, its nearest with their cosines; those of a word are looked up on demand.
    """

    label: str
    place: Place
    role: str
    cosine: float
    neighbours: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class MapArrow:
    """From place to place.  kind: "step" (what minus and plus differ by) or "same" (the same step, from another)."""

    start: Place
    end: Place
    kind: str


@dataclass(frozen=True, eq=False)
class WordMap:
    """points: those of the sum first.  target: where the sum itself falls.  shares: of variance, of both directions."""

    analogy: Analogy
    extra: tuple[str, ...]
    points: tuple[WordPoint, ...]
    target: Place
    arrows: tuple[MapArrow, ...]
    shares: tuple[float, float]
    dimensions: int

    def words(self) -> str:
        """What a flat map is worth, with this one's own numbers."""
        seen = sum(round(share, 2) for share in self.shares)  # so that the three figures add up
        noun = "word" if self.analogy.request.kind == GLOVE else "sentence"
        sentence = (
            f"A shadow: {len(self.points)} {noun}s with {self.dimensions} numbers each, on the two directions in which "
            f"they differ most. These hold {self.shares[0]:.0%} and {self.shares[1]:.0%} of their variance; "
            f"{1 - seen:.0%} cannot be seen, so neighbours here need not be neighbours there."
        )
        if not self.arrows:
            return (
                sentence + f" A parallelogram needs one {noun} more under Plus than under Minus: no arrows are drawn."
            )
        return sentence

    def recipe(self) -> Recipe:
        """What made it."""
        kind = self.analogy.request.kind
        analogy = self.analogy.recipe(part="map", extra=join_labels(kind, self.extra))
        return Recipe(
            analogy.tab,
            analogy.model,
            analogy.weights_sha256,
            0,
            analogy.settings,
            labels_fingerprint([one.label for one in self.points]),
        )


def read_extra(kind: str, value: object) -> tuple[str, ...]:
    """Further words for the map. Raises PlaygroundError for too many, or anything but text."""
    return tuple(dict.fromkeys(read_labels(kind, value, "The map")))


def word_map(analogy: Analogy, extra: Sequence[str] = (), space: WordSpace | None = None) -> WordMap:
    """The map around a sum. space: if it is there already; else that of the sum's own candidates and words.

    Raises PlaygroundError for an unknown word.
    """
    request = analogy.request
    space = space or word_space(request.kind, request.candidates, (*request.plus, *request.minus, *extra))
    roles = _roles(analogy, extra)
    own_rows = space.rows(list(roles))
    rows = _neighbourhood(space, own_rows)
    vectors = space.unit[rows].astype(np.float64)
    middle = vectors.mean(0)
    axes, shares = _principal_axes(vectors - middle)
    target = analogy.target / np.linalg.norm(analogy.target)
    cosines = vectors @ target

    def at(vector: NDArray[np.float64]) -> Place:
        x, y = (vector - middle) @ axes.T
        return float(x), float(y)

    neighbours = _neighbours(space, rows) if request.kind != GLOVE else [()] * len(rows)
    points = tuple(
        WordPoint(space.labels[row], at(vector), roles.get(space.labels[row], ""), float(cosine), beside)
        for row, vector, cosine, beside in zip(rows, vectors, cosines, neighbours, strict=True)
    )
    arrows = _arrows(request.plus, request.minus, {point.label: point.place for point in points})
    return WordMap(analogy, tuple(extra), points, at(analogy.target), arrows, shares, space.unit.shape[1])


def _roles(analogy: Analogy, extra: Sequence[str]) -> dict[str, str]:
    """The words that the map is about, and why each is on it; the first reason counts."""
    roles: dict[str, str] = {}
    answers = [neighbours.label for neighbours in analogy.usual[:1]]
    for role, labels in (("plus", analogy.request.plus), ("minus", analogy.request.minus), ("answer", answers)):
        for label in labels:
            roles.setdefault(label, role)
    for label in extra:
        roles.setdefault(label, "added")
    return roles


def _neighbourhood(space: WordSpace, own_rows: Sequence[int]) -> list[int]:
    """Rows of the words themselves, then of their nearest neighbours, each word's in turn, up to MOST_POINTS."""
    if len(space.labels) <= MAX_POINTS:
        return [*own_rows, *(row for row in range(len(space.labels)) if row not in own_rows)]
    beside = [[row for row, _ in space.nearest(space.unit @ space.unit[one], MAX_POINTS)] for one in own_rows]
    rows_found = dict.fromkeys(own_rows)
    for turn in range(MAX_POINTS):
        for rows in beside:
            rows_found.setdefault(rows[turn])
            if len(rows_found) >= MAX_POINTS:
                return list(rows_found)
    return list(rows_found)


def _principal_axes(centred: NDArray[np.float64]) -> tuple[NDArray[np.float64], tuple[float, float]]:
    """((2, D) directions, their shares of variance). A direction's largest coordinate is positive, so it is one way."""
    _, sizes, axes = np.linalg.svd(centred, full_matrices=False)
    spread = float((sizes**2).sum())
    axes = axes[:2] if len(axes) >= 2 else np.vstack([axes, np.zeros_like(axes)])
    signs = np.sign(axes[np.arange(2), np.abs(axes).argmax(1)])
    shares = [float(size**2 / spread) if spread > 0 else 0.0 for size in [*sizes, 0.0][:2]]
    return axes * np.where(signs == 0, 1, signs)[:, None], (shares[0], shares[1])


def _neighbours(space: WordSpace, rows: Sequence[int]) -> list[tuple[tuple[str, float], ...]]:
    cosines = space.unit[rows] @ space.unit.T
    return [
        tuple((space.labels[neighbours], cosine) for neighbours, cosine in space.nearest(line, NEIGHBOURS, {row}))
        for row, line in zip(rows, cosines, strict=True)
    ]


def _arrows(plus: Sequence[str], minus: Sequence[str], places: dict[str, Place]) -> tuple[MapArrow, ...]:
    """From each word under Minus to one under Plus, and the same steps again from the word that is left under Plus."""
    if not minus or len(plus) != len(minus) + 1:
        return ()
    steps = [(places[start], places[end]) for start, end in zip(minus, plus, strict=False)]
    arrows = [MapArrow(start, end, "step") for start, end in steps]
    here = places[plus[-1]]
    for start, end in steps:
        there = here[0] + end[0] - start[0], here[1] + end[1] - start[1]
        arrows.append(MapArrow(here, there, "same"))
        here = there
    return tuple(arrows)
