"""A map of the words around a sum: their projection on the two directions in which they vary most.

Principal components by singular value decomposition (Pearson 1901; Jolliffe 2002, chapter 3). The projection is linear,
so a parallelogram in the space is one on the map too; the variance that the map cannot show is reported as a share.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.recipe import Recipe
from playground.language.word_embeddings import GLOVE, WordSpace, read_labels, word_space
from playground.latent.word_analogy import Analogy, join_labels, labels_fingerprint

MAX_POINTS, NEIGHBOURS = 300, 5
Place = tuple[float, float]


@dataclass(frozen=True)
class WordPoint:
    """A word on the map.  role: "plus", "minus", "answer", "added" or "" (a neighbour).

    neighbours: of a sentence, the nearest with their cosines; a word's are looked up on demand.
    """

    label: str
    place: Place
    role: str
    cosine: float
    neighbours: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class MapArrow:
    """kind: "step", from a word under Minus to one under Plus, or "same", the same step from another word."""

    start: Place
    end: Place
    kind: str


@dataclass(frozen=True, eq=False)
class WordMap:
    """points: those of the sum first.  target: the place of the sum itself.  shares: of variance, per direction."""

    analogy: Analogy
    extra: tuple[str, ...]
    points: tuple[WordPoint, ...]
    target: Place
    arrows: tuple[MapArrow, ...]
    shares: tuple[float, float]
    dimensions: int

    def words(self) -> str:
        """How much of the space the map shows, in sentences with its own numbers."""
        kind, (first, second) = self.analogy.request.kind, self.shares
        hidden = 1 - round(first, 2) - round(second, 2)  # the three percentages add up to 100
        shares = {"first": first, "second": second, "hidden": hidden}
        items = say(f"latent.words.items.{kind}", count=len(self.points))
        shadow = say("latent.words.shadow", items=items, dimensions=self.dimensions, **shares)
        if self.arrows:
            return shadow
        return f"{shadow} {say('latent.words.no_arrows', item=say(f'latent.words.item.{kind}'))}"

    def recipe(self) -> Recipe:
        """The map's recipe, with a fingerprint of its words."""
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
    """Checked extra words for the map. Raises PlaygroundError for too many, or anything but text."""
    return tuple(dict.fromkeys(read_labels(kind, value, say("text.word_embeddings.the_map"))))


def word_map(analogy: Analogy, extra: Sequence[str] = (), space: WordSpace | None = None) -> WordMap:
    """The map around a sum. space: if it is loaded already; None for that of the sum's candidates and words.

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
    """Word -> role of those that the map is about; a word with two roles keeps the first."""
    roles: dict[str, str] = {}
    answers = [neighbour.label for neighbour in analogy.usual[:1]]
    for role, labels in (("plus", analogy.request.plus), ("minus", analogy.request.minus), ("answer", answers)):
        for label in labels:
            roles.setdefault(label, role)
    for label in extra:
        roles.setdefault(label, "added")
    return roles


def _neighbourhood(space: WordSpace, own_rows: Sequence[int]) -> list[int]:
    """Rows of the words themselves, then of their nearest neighbours, taking turns, up to MAX_POINTS."""
    if len(space.labels) <= MAX_POINTS:
        return [*own_rows, *(row for row in range(len(space.labels)) if row not in own_rows)]
    beside = [[row for row, _ in space.nearest(space.unit @ space.unit[one], MAX_POINTS)] for one in own_rows]
    chosen = dict.fromkeys(own_rows)
    for turn in range(MAX_POINTS):
        for rows in beside:
            chosen.setdefault(rows[turn])
            if len(chosen) >= MAX_POINTS:
                return list(chosen)
    return list(chosen)


def _principal_axes(centred: NDArray[np.float64]) -> tuple[NDArray[np.float64], tuple[float, float]]:
    """(2, D) directions and their shares of variance. The largest coordinate of each is positive, to fix its sign."""
    _, sizes, axes = np.linalg.svd(centred, full_matrices=False)
    spread = float((sizes**2).sum())
    axes = axes[:2] if len(axes) >= 2 else np.vstack([axes, np.zeros_like(axes)])
    signs = np.sign(axes[np.arange(2), np.abs(axes).argmax(1)])
    shares = [float(size**2 / spread) if spread > 0 else 0.0 for size in [*sizes, 0.0][:2]]
    return axes * np.where(signs == 0, 1, signs)[:, None], (shares[0], shares[1])


def _neighbours(space: WordSpace, rows: Sequence[int]) -> list[tuple[tuple[str, float], ...]]:
    cosines = space.unit[rows] @ space.unit.T
    return [
        tuple((space.labels[neighbour], cosine) for neighbour, cosine in space.nearest(line, NEIGHBOURS, {row}))
        for row, line in zip(rows, cosines, strict=True)
    ]


def _arrows(plus: Sequence[str], minus: Sequence[str], places: dict[str, Place]) -> tuple[MapArrow, ...]:
    """Steps from each word under Minus to one under Plus, then the same steps from the last word under Plus."""
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
