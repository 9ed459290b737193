"""Word analogies: king - man + woman, in two forms.

The usual form leaves the words of the sum out of the answers: 3CosAdd of Mikolov et al. 2013 (NAACL, N13-1090) on unit
vectors, as in Levy and Goldberg 2014 (W14-1618, equation 1). The honest form leaves nothing out: Nissim, van Noord and
van der Goot 2020, arXiv:1905.09866, who show how much the answer owes to what is left out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
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
#: Below this norm, a sum of unit vectors is only rounding error.
_MIN_NORM = 1e-4


@dataclass(frozen=True)
class AnalogyRequest:
    """kind: of the space.  plus, minus: words or sentences.  count: of answers.

    candidates: the sentences to choose answers from.
    """

    kind: str
    plus: tuple[str, ...]
    minus: tuple[str, ...] = ()
    count: int = 10
    candidates: tuple[str, ...] = ()

    def written(self) -> str:
        """The sum as a formula in one line."""
        return " + ".join(self.plus) + "".join(f" − {label}" for label in self.minus)


#: How many neighbours of the first word added are named before the sum.
BEFORE = 3


@dataclass(frozen=True)
class WordNeighbour:
    """A word or sentence and its cosine to the sum.  is_input: whether it is in the sum."""

    label: str
    cosine: float
    is_input: bool


@dataclass(frozen=True)
class AnalogyInput:
    """A word of the sum.  sign: "+" or "−".  rank: from 1, in the honest form."""

    label: str
    sign: str
    cosine: float
    rank: int


@dataclass(frozen=True, eq=False)
class Analogy:
    """usual, honest: nearest first.  before: nearest to the first word added, alone; empty if none is added.

    target: (D,), the sum of the unit vectors.  size: of the space.
    """

    request: AnalogyRequest
    size: int
    target: NDArray[np.float64]
    usual: tuple[WordNeighbour, ...]
    honest: tuple[WordNeighbour, ...]
    inputs: tuple[AnalogyInput, ...]
    weights_sha256: str
    before: tuple[WordNeighbour, ...]

    def words(self) -> str:
        """What was near before the sum, and what the two lists show, in sentences with their own numbers."""
        if not self.before:
            return self._answer_words()
        nearest = ", ".join(f'"{near.label}" ({near.cosine:.3f})' for near in self.before)
        before = say("latent.words.before", first=self.request.plus[0], nearest=nearest)
        return f"{before} {self._answer_words()}"

    def _answer_words(self) -> str:
        if not self.usual:
            return say("latent.words.all_in_sum")
        first, answer = self.honest[0], self.usual[0]
        item = say(f"latent.words.item.{self.request.kind}")
        if not first.is_input:
            return say("latent.words.honest_answer", item=item, first=first.label, cosine=first.cosine)
        ahead = sum(1 for one in self.inputs if one.cosine > answer.cosine)
        nearest = say("latent.words.nearest", item=item, first=first.label, cosine=first.cosine)
        rank = {"answer": answer.label, "cosine": answer.cosine, "place": ahead + 1}
        return f"{nearest} {say('latent.words.answer_rank', count=ahead, **rank)}"

    def recipe(self, **further: Setting) -> Recipe:
        """The sum's recipe, with a fingerprint of the answers. further: settings of the page."""
        request = self.request
        settings: dict[str, Setting] = {
            "panel": "words", "part": "sum", "plus": join_labels(request.kind, request.plus),
            "minus": join_labels(request.kind, request.minus), "count": request.count,
            **candidates_setting(request.candidates), **further,
        }  # fmt: skip
        result = labels_fingerprint([neighbour.label for neighbour in (*self.usual, *self.honest)])
        return Recipe("latent", MODELS[request.kind], self.weights_sha256, 0, settings, result)


def join_labels(kind: str, labels: Sequence[str]) -> str:
    """Words or sentences as one text, for a link or a box of the page."""
    return (", " if kind == GLOVE else "\n").join(labels)


def candidates_setting(candidates: tuple[str, ...]) -> dict[str, Setting]:
    """The sentences as a setting of a link; {} for none or the default ones."""
    return {} if candidates in ((), default_sentences()) else {"candidates": "\n".join(candidates)}


def labels_fingerprint(labels: Sequence[str]) -> str:
    """A fingerprint of a result: equal for the same words in the same order."""
    return hashlib.sha256("\n".join(labels).encode()).hexdigest()[:16]


def read_analogy(model: object, values: Mapping[str, object]) -> AnalogyRequest:
    """A checked sum from raw settings: plus, minus, count, candidates.

    Raises PlaygroundError for the first value that is not valid. Unknown words are found later, in the space.
    """
    known = ("plus", "minus", "count", "candidates")
    unknown = sorted(set(values) - {*known})
    if unknown:
        sentence = say("latent.arithmetic.unknown_setting", name=quoted(unknown[0]), names=", ".join(known))
        raise PlaygroundError(sentence)
    kind = read_kind(model)
    count = values.get("count")
    return AnalogyRequest(
        kind=kind,
        plus=read_labels(kind, values.get("plus"), say("latent.words.plus"), 1),
        minus=read_labels(kind, values.get("minus"), say("latent.words.minus")),
        count=10 if count is None else read_count(count),
        candidates=read_candidates(kind, values.get("candidates")),
    )


def read_count(value: object) -> int:
    """A checked number of answers. Raises PlaygroundError if it is out of range."""
    return parse_int(value, 1, MAX_ANSWERS, say("latent.words.answers_range", highest=MAX_ANSWERS))


def solve_analogy(request: AnalogyRequest, space: WordSpace | None = None) -> Analogy:
    """The sum's answers; about 50 ms among 400,000 words. space: with all the words, if it is loaded already.

    Raises PlaygroundError for an unknown word, or a sum that is zero, such as a word minus itself.
    """
    space = space or word_space(request.kind, request.candidates, (*request.plus, *request.minus))
    plus, minus = space.rows(request.plus), space.rows(request.minus)
    target = space.unit[plus].sum(0, dtype=np.float64) - space.unit[minus].sum(0, dtype=np.float64)
    length = float(np.linalg.norm(target))
    if length < _MIN_NORM:
        raise PlaygroundError(say("latent.words.zero_sum"))
    cosines = space.unit @ (target / length).astype(np.float32)
    input_rows = {*plus, *minus}

    def neighbours(dropped: set[int]) -> tuple[WordNeighbour, ...]:
        nearest = space.nearest(cosines, request.count, dropped)
        return tuple(WordNeighbour(space.labels[row], cosine, row in input_rows) for row, cosine in nearest)

    signs = [*zip(plus, "+" * len(plus), strict=True), *zip(minus, "−" * len(minus), strict=True)]
    inputs = tuple(
        AnalogyInput(space.labels[row], sign, float(cosines[row]), int((cosines > cosines[row]).sum()) + 1)
        for row, sign in dict(signs).items()
    )
    near_first = space.nearest(space.unit @ space.unit[plus[0]], BEFORE, {plus[0]}) if len(plus) else []
    before = tuple(WordNeighbour(space.labels[row], cosine, row in input_rows) for row, cosine in near_first)
    return Analogy(
        request, len(space.labels), target, neighbours(input_rows), neighbours(set()), inputs, space.weights_sha256,
        before,
    )  # fmt: skip
