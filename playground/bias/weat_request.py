"""A WEAT test as a request and as a result: word lists in, effect size with its interval out.

WEAT 1 to 10 or own lists; words that the embedding lacks are left out and named. The word is the unit: where a word
has a vector in each of several templates, these are averaged first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from playground.bias.session_log import ALPHA, CANNOT_TELL, CONSISTENT, DEPENDS
from playground.bias.target_embedding import DEFAULT, TargetEmbedding, load_embedding, read_embedding
from playground.bias.weat import (
    ALTERNATIVES,
    DRAWN,
    Association,
    association_scores,
    association_test,
    cosines,
    effect_size,
)
from playground.bias.weat_sets import WeatTest, weat_tests
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, Setting
from playground.core.validation import parse_choice, parse_int
from playground.language.word_embeddings import GLOVE, read_labels

NAME = "weat"
#: Names of the four lists, as programs and links have them.
LISTS = ("targets_x", "targets_y", "attributes_a", "attributes_b")
LETTERS = ("X", "Y", "A", "B")
FEWEST, MOST = 2, 100
#: Lists shorter than this give a rough interval.
SHORT = 8
OWN_LIST_NAMES = ("the words of X", "the words of Y", "the words of A", "the words of B")


@dataclass(frozen=True)
class WeatRequest:
    """test: of WEAT, or None for own lists.  lists: X, Y, A, B as written.  alternative: one of ALTERNATIVES."""

    test: WeatTest | None
    lists: tuple[tuple[str, ...], ...]
    embedding: str = DEFAULT
    alternative: str = "greater"

    @property
    def title(self) -> str:
        """What is tested, in a line."""
        return f"WEAT {self.test.number}: {self.test.title}" if self.test else "Own word lists"

    @property
    def list_names(self) -> tuple[str, ...]:
        """What the four lists are called in a sentence."""
        return self.test.list_names if self.test else OWN_LIST_NAMES

    def settings(self) -> dict[str, Setting]:
        """The settings of a recipe."""
        lists: dict[str, Setting] = {name: ", ".join(words) for name, words in zip(LISTS, self.lists, strict=True)}
        asked: dict[str, Setting] = {"test": self.test.number} if self.test else lists
        return {"panel": NAME, "part": "test", **asked, "alternative": self.alternative}


def read_weat(values: Mapping[str, object]) -> WeatRequest:
    """A request from a page, a link or a program: test, or the four lists; embedding, alternative.

    Raises PlaygroundError for lists that cannot be tested.
    """
    given = {name: values.get(name) for name in LISTS}
    own = any(value not in (None, "", [], ()) for value in given.values())
    test = None if values.get("test") in (None, "", "own", 0, "0") else _read_test(values["test"])
    if (test is None) == (not own):
        raise PlaygroundError(
            "Choose a test from 1 to 10, or write all four lists (targets_x, targets_y, attributes_a, attributes_b): "
            f"{'both were' if own else 'neither was'} given."
        )
    lists = test.lists() if test else _read_lists(given)
    test = test or _known_test(lists)
    lists = test.lists() if test else lists
    return WeatRequest(
        test, lists, read_embedding(values.get("embedding") or DEFAULT),
        parse_choice(values.get("alternative") or "greater", ALTERNATIVES, "alternative"),
    )  # fmt: skip


def _read_test(value: object) -> WeatTest:
    return weat_tests()[parse_int(value, 1, 10, "The test must be a whole number from 1 to 10, or own lists")]


def _known_test(lists: tuple[tuple[str, ...], ...]) -> WeatTest | None:
    """The test whose lists these are, word by word, if there is one."""
    for test in weat_tests().values():
        if all(tuple(map(str.lower, words)) == own for words, own in zip(test.lists(), lists, strict=True)):
            return test
    return None


def _read_lists(given: Mapping[str, object]) -> tuple[tuple[str, ...], ...]:
    lists = []
    for name, letter in zip(LISTS, LETTERS, strict=True):
        words = tuple(dict.fromkeys(read_labels(GLOVE, given[name], f"List {letter}", most=MOST)))
        if len(words) < FEWEST:
            raise PlaygroundError(
                f"List {letter} has {len(words) or 'no'} word{'' if len(words) == 1 else 's'}; it takes two different "
                "ones or more: of a single word one cannot tell how sure the answer is."
            )
        lists.append(words)
    for one, other in ((0, 1), (2, 3)):
        twice = [word for word in lists[one] if word in lists[other]]
        if twice:
            raise PlaygroundError(
                f'"{twice[0][:40]}" stands in both {LETTERS[one]} and {LETTERS[other]}: take it out of one of them.'
            )
    return tuple(lists)


@dataclass(frozen=True, eq=False)
class WeatResult:
    """kept, missing: words of X, Y, A, B that have a place, and that have none, as written.

    by_template: d in each template alone, none for word vectors.
    """

    request: WeatRequest
    title: str
    weights_sha256: str
    kept: tuple[tuple[str, ...], ...]
    missing: tuple[tuple[str, ...], ...]
    association: Association
    by_template: tuple[tuple[str, float], ...] = ()

    @property
    def p(self) -> float:
        """Of the alternative that was asked for."""
        return self.association.p[self.request.alternative]

    @property
    def n(self) -> int:
        """How many words of X and Y it rests on."""
        return len(self.kept[0]) + len(self.kept[1])

    def method(self) -> str:
        """How it was measured, in a line."""
        found, (x, y, a, b) = self.association, map(len, self.kept)
        dealt = (
            f"all {found.partitions:,} ways to deal the words to X and Y were counted"
            if found.exact
            else f"{found.partitions - 1:,} of all ways to deal the words to X and Y were drawn, none twice, "
            "and p = (1 + k) / (1 + R)"
        )
        places = f"each word's place is its mean over {len(self.by_template)} templates; " if self.by_template else ""
        return (
            f"Caliskan's d, sample standard deviation over X and Y together, {x} and {y} words against {a} and {b}; "
            f"where d is {found.ceiling:.2f} at most; {places}{dealt} ({self.request.alternative})"
        )

    def verdict(self) -> str:
        """One of VERDICTS. Other words, or another template, count as another wording."""
        interval, d = self.association.interval, self.association.d
        if not self.p <= ALPHA:
            return CANNOT_TELL
        holds = interval.low > 0 or interval.high < 0
        agree = all((other > 0) == (d > 0) for _, other in self.by_template)
        return CONSISTENT if holds and agree else DEPENDS

    def summary(self) -> str:
        """The result in sentences, with its numbers."""
        found, (x, y, a, b) = self.association, self.request.list_names
        interval = found.interval
        first, second = (a, b) if found.d > 0 else (b, a)
        return (
            f"d = {format_number(found.d)} ({format_number(interval.low)} to {format_number(interval.high)}): "
            f"{x} stand nearer to {first} than to {second}, compared with {y}. {self._chance()} {self._sure()}"
        )

    def _chance(self) -> str:
        found, asked = self.association, self.request.alternative
        side = {"greater": "a d as large", "less": "a d as low", "two-sided": "a d as far from 0, on either side,"}
        hits = round(self.p * found.partitions)
        if found.exact:
            dealt = f"{hits:,} of all {found.partitions:,} deals, the real one among them"
        else:
            dealt = (
                f"{hits - 1:,} of {found.partitions - 1:,} deals drawn"
                if hits > 1
                else f"none of {DRAWN:,} deals drawn"
            )
        return (
            f"Deal the same words to the two lists at random: {side[asked]} comes up in {dealt} "
            f"(p {'=' if hits > 1 or found.exact else '≤'} {format_p_value(self.p)})."
        )

    def _sure(self) -> str:
        verdict, interval = self.verdict(), self.association.interval
        if verdict == CONSISTENT:
            return "With other words drawn for the same four lists, the sign would very likely stay."
        if verdict == CANNOT_TELL:
            return "That is too often to tell it from chance."
        if interval.low <= 0 <= interval.high:
            return (
                "That is rare; but the interval holds 0: with other words chosen for the same four ideas, the answer "
                "may turn round."
            )
        return "That is rare; but not all templates agree on which way it goes."

    def recipe(self) -> Recipe:
        """The recipe of this result; its fingerprint is d."""
        return Recipe(
            "bias", self.request.embedding, self.weights_sha256, 0, self.request.settings(), f"{self.association.d:.3f}"
        )


def format_number(value: float) -> str:
    """Two figures behind the point, with a true minus sign."""
    return f"{value:.2f}".replace("-", "−")


def format_p_value(value: float) -> str:
    """A p-value in as many figures as it needs."""
    return f"{value:.3f}" if value >= 0.001 else f"{value:.5f}"


def run_weat(request: WeatRequest, loaded: TargetEmbedding | None = None) -> Iterator[float | WeatResult]:
    """Yields the share done, 0 to 1, and last the result.

    Raises PlaygroundError if the embedding cannot be had, or lacks so many words that a list has fewer than two.
    """
    space = loaded or load_embedding(request.embedding)
    kept = tuple(tuple(word for word in words if space.knows(word.lower())) for words in request.lists)
    missing = tuple(tuple(word for word in words if not space.knows(word.lower())) for words in request.lists)
    for letter, words, lost in zip(LETTERS, kept, missing, strict=True):
        if len(words) < FEWEST:
            raise PlaygroundError(
                f"Of list {letter}, {space.title} knows {len(words) or 'none'}; it takes two words or more. "
                f"Unknown: {', '.join(lost[:8])}{' …' if len(lost) > 8 else ''}."
            )
    flat = [word.lower() for words in kept for word in words]
    ends = np.cumsum([len(words) for words in kept])[:-1]
    places = []
    for points in space.points_by_template(flat):
        places.append(np.split(points, ends))
        yield len(places) / max(1, len(space.templates)) * 0.9
    x, y, a, b = (np.mean([one[part] for one in places], axis=0) for part in range(4))
    alone = [_effect(*one) for one in places] if space.templates else []
    yield WeatResult(
        request, space.title, space.weights_sha256, kept, missing, association_test(x, y, a, b),
        tuple(zip(space.templates, alone, strict=True)),
    )  # fmt: skip


def _effect(x: np.ndarray, y: np.ndarray, a: np.ndarray, b: np.ndarray) -> float:
    """d of one template alone."""
    first, second = (association_scores(cosines(one, a), cosines(one, b)) for one in (x, y))
    return float(effect_size(first, second))


def measure_weat(request: WeatRequest, loaded: TargetEmbedding | None = None) -> WeatResult:
    """The result, without progress."""
    *_, last = run_weat(request, loaded)
    assert isinstance(last, WeatResult)
    return last
