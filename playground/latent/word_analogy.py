"""Sums of words: king - man + woman, in two forms.

The usual way leaves the words of the sum out of the answer: 3CosAdd of Mikolov et al. 2013 (NAACL, N13-1090) on
vectors of length 1, as Levy and Goldberg 2014 (W14-1618, equation 1) write it. The honest way leaves nothing out:
Nissim, van Noord and van der Goot 2020, arXiv:1905.09866, who show how much the answer owes to what was left out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, Setting
from playground.core.validation import parse_int, quoted
from playground.language.word_embeddings import (
    GLOVE,
    MODELS,
    WordSpace,
    default_sentences,
    read_candidates,
    read_kind,
    read_labels,
    word_space,
)

MAX_ANSWERS = 50
_COUNT = f"The number of answers must be a whole number from 1 to {MAX_ANSWERS}"
#: Shorter than this, a sum of vectors of length 1 is nothing but rounding.
_MIN_NORM = 1e-4


@dataclass(frozen=True)
class AnalogyRequest:
    """kind: of the space.  plus, minus: words or sentences.  count: of answers.

    candidates: the sentences among which answers are sought.
    """

    kind: str
    plus: tuple[str, ...]
    minus: tuple[str, ...] = ()
    count: int = 10
    candidates: tuple[str, ...] = ()

    def written(self) -> str:
        """The sum in one line."""
        return " + ".join(self.plus) + "".join(f" − {label}" for label in self.minus)


@dataclass(frozen=True)
class WordNeighbour:
    """A word or sentence and the cosine of its angle to the sum.  is_input: whether it is in the sum."""

    label: str
    cosine: float
    is_input: bool


@dataclass(frozen=True)
class AnalogyInput:
    """A word of the sum.  sign: "+" or "−".  rank: its place, from 1, when nothing is left out."""

    label: str
    sign: str
    cosine: float
    rank: int


@dataclass(frozen=True, eq=False)
class Analogy:
    """usual, honest: nearest first.  target: (D,), the sum of vectors of length 1, as it is.  size: of the space."""

    request: AnalogyRequest
    size: int
    target: NDArray[np.float64]
    usual: tuple[WordNeighbour, ...]
    honest: tuple[WordNeighbour, ...]
    inputs: tuple[AnalogyInput, ...]
    weights_sha256: str

    def words(self) -> str:
        """What the two lists show, in a sentence or two made of their own numbers."""
        if not self.usual:
            return "Everything in the list stands in the sum: add sentences to the list."
        first, answer = self.honest[0], self.usual[0]
        noun = "word" if self.request.kind == GLOVE else "sentence"
        if not first.is_input:
            return (
                f'The {noun} nearest to the sum is "{first.label}" (cosine {first.cosine:.3f}), and it is in neither '
                "box: leaving the inputs out does not change who is first."
            )
        ahead = sum(1 for one in self.inputs if one.cosine > answer.cosine)
        place = ahead + 1
        return (
            f'With nothing dropped, the nearest {noun} is "{first.label}" itself (cosine {first.cosine:.3f}): an '
            f'input. "{answer.label}" (cosine {answer.cosine:.3f}) comes at place {place}; it is first in the usual '
            f"form because {'the input' if ahead == 1 else f'{ahead} inputs'} before it "
            f"{'is' if ahead == 1 else 'are'} not allowed to win."
        )

    def recipe(self, **further: Setting) -> Recipe:
        """What made it. further: settings of the page."""
        request = self.request
        settings: dict[str, Setting] = {
            "panel": "words", "part": "sum", "plus": join_labels(request.kind, request.plus),
            "minus": join_labels(request.kind, request.minus), "count": request.count,
            **candidates_setting(request.candidates), **further,
        }  # fmt: skip
        result = labels_fingerprint([neighbour.label for neighbour in (*self.usual, *self.honest)])
        return Recipe("latent", MODELS[request.kind], self.weights_sha256, 0, settings, result)


def join_labels(kind: str, labels: Sequence[str]) -> str:
    """Words or sentences as in a link and in the page's boxes."""
    return (", " if kind == GLOVE else "\n").join(labels)


def candidates_setting(candidates: tuple[str, ...]) -> dict[str, Setting]:
    """The sentences as a setting of a link, unless they are the default ones, or none."""
    return {} if candidates in ((), default_sentences()) else {"candidates": "\n".join(candidates)}


def labels_fingerprint(labels: Sequence[str]) -> str:
    """A short mark of what came out: the same for the same words in the same order."""
    return hashlib.sha256("\n".join(labels).encode()).hexdigest()[:16]


def read_analogy(model: object, values: Mapping[str, object]) -> AnalogyRequest:
    """A checked sum from whatever came in: plus, minus, count, candidates.

    Raises PlaygroundError that says which value is wrong and what is right. Whether the words are known, only the
    space can say.
    """
    known = ("plus", "minus", "count", "candidates")
    unknown = sorted(set(values) - {*known})
    if unknown:
        raise PlaygroundError(f"{quoted(unknown[0])} is no setting of a sum: there are {', '.join(known)}.")
    kind = read_kind(model)
    count = values.get("count")
    return AnalogyRequest(
        kind=kind,
        plus=read_labels(kind, values.get("plus"), "Plus", 1),
        minus=read_labels(kind, values.get("minus"), "Minus"),
        count=10 if count is None else parse_int(count, 1, MAX_ANSWERS, _COUNT),
        candidates=read_candidates(kind, values.get("candidates")),
    )


def solve_analogy(request: AnalogyRequest, space: WordSpace | None = None) -> Analogy:
    """The sum's answers; about 50 ms among 400,000 words. space: if it is there already; must hold all the words.

    Raises PlaygroundError for an unknown word, or a sum that is nothing, as of a word and itself.
    """
    space = space or word_space(request.kind, request.candidates, (*request.plus, *request.minus))
    plus, minus = space.rows(request.plus), space.rows(request.minus)
    target = space.unit[plus].sum(0, dtype=np.float64) - space.unit[minus].sum(0, dtype=np.float64)
    length = float(np.linalg.norm(target))
    if length < _MIN_NORM:
        raise PlaygroundError("The sum is nothing: what is added is taken away again. Change a word.")
    cosines = space.unit @ (target / length).astype(np.float32)
    input_rows = {*plus, *minus}

    def neighbour(dropped: set[int]) -> tuple[WordNeighbour, ...]:
        nearest = space.nearest(cosines, request.count, dropped)
        return tuple(WordNeighbour(space.labels[row], cosine, row in input_rows) for row, cosine in nearest)

    signs = [*zip(plus, "+" * len(plus), strict=True), *zip(minus, "−" * len(minus), strict=True)]
    inputs = tuple(
        AnalogyInput(space.labels[row], sign, float(cosines[row]), int((cosines > cosines[row]).sum()) + 1)
        for row, sign in dict(signs).items()
    )
    return Analogy(
        request, len(space.labels), target, neighbour(input_rows), neighbour(set()), inputs, space.weights_sha256
    )
