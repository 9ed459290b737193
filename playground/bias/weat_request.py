"""A WEAT test of word lists in an embedding: the request, and the result with effect size and interval.

The lists are those of WEAT 1 to 10 or a visitor's own; words that the embedding lacks are left out and reported. The
unit is the word: if it has a vector in each of several templates, these are averaged first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
    permutation_test,
)
from playground.bias.weat_sets import WeatTest, weat_tests
from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.numbers import with_digits, with_minus
from playground.core.recipe import Recipe, Setting
from playground.core.validation import parse_choice, parse_int
from playground.language.word_embeddings import GLOVE, read_labels
from playground.metrics.intervals import Interval

NAME = "weat"
#: Names of the four lists in links and API calls.
LISTS = ("targets_x", "targets_y", "attributes_a", "attributes_b")
LETTERS = ("X", "Y", "A", "B")
FEWEST, MOST = 2, 100
#: A list of fewer words gives a rough interval.
SHORT = 8
_OWN_LISTS = ("own_x", "own_y", "own_a", "own_b")


@dataclass(frozen=True)
class WeatRequest:
    """What to test. test: None for own lists.  lists: the words of X, Y, A, B.  alternative: one of ALTERNATIVES."""

    test: WeatTest | None
    lists: tuple[tuple[str, ...], ...]
    embedding: str = DEFAULT
    alternative: str = "greater"

    @property
    def title(self) -> str:
        """What is tested, in a line."""
        if self.test is None:
            return say("bias.weat.one.own")
        return say("bias.weat.one.test_title", number=self.test.number, title=self.test.title)

    @property
    def list_names(self) -> tuple[str, ...]:
        """What X, Y, A and B are, as parts of a sentence."""
        return self.test.list_names if self.test else tuple(say(f"bias.weat.lists.{name}") for name in _OWN_LISTS)

    def settings(self) -> dict[str, Setting]:
        """The settings of a recipe."""
        lists: dict[str, Setting] = {name: ", ".join(words) for name, words in zip(LISTS, self.lists, strict=True)}
        words: dict[str, Setting] = {"test": self.test.number} if self.test else lists
        return {"panel": NAME, "part": "test", **words, "alternative": self.alternative}


def read_weat(values: Mapping[str, object]) -> WeatRequest:
    """The request of a page, a link or an API call: test or the four lists; embedding, alternative.

    Raises PlaygroundError for lists that cannot be tested.
    """
    words = {name: values.get(name) for name in LISTS}
    own = any(value not in (None, "", [], ()) for value in words.values())
    test = None if values.get("test") in (None, "", "own", 0, "0") else _read_test(values["test"])
    if (test is None) == (not own):
        raise PlaygroundError(say("bias.weat.either_or"))
    lists = test.lists() if test else _read_lists(words)
    test = test or _known_test(lists)
    lists = test.lists() if test else lists
    return WeatRequest(
        test, lists, read_embedding(values.get("embedding") or DEFAULT),
        parse_choice(values.get("alternative") or "greater", ALTERNATIVES, "alternative"),
    )  # fmt: skip


def _read_test(value: object) -> WeatTest:
    return weat_tests()[parse_int(value, 1, 10, say("bias.weat.unknown_test"))]


def _known_test(lists: tuple[tuple[str, ...], ...]) -> WeatTest | None:
    """The test with exactly these lists; None for own lists."""
    for test in weat_tests().values():
        if all(tuple(map(str.lower, words)) == own for words, own in zip(test.lists(), lists, strict=True)):
            return test
    return None


def _read_lists(values: Mapping[str, object]) -> tuple[tuple[str, ...], ...]:
    lists = []
    for name, letter in zip(LISTS, LETTERS, strict=True):
        words = tuple(
            dict.fromkeys(read_labels(GLOVE, values[name], say("bias.weat.list_name", letter=letter), most=MOST))
        )
        if len(words) < FEWEST:
            raise PlaygroundError(say("bias.weat.short_list", letter=letter, count=len(words)))
        lists.append(words)
    for one, other in ((0, 1), (2, 3)):
        repeated = [word for word in lists[one] if word in lists[other]]
        if repeated:
            raise PlaygroundError(
                say("bias.weat.in_both", word=repeated[0][:40], one=LETTERS[one], other=LETTERS[other])
            )
    return tuple(lists)


@dataclass(frozen=True, eq=False)
class WeatResult:
    """The result. title: of the embedding.  kept, missing: the words of X, Y, A, B with and without a vector.

    by_template: (template, d in it alone); () for word vectors.
    by_sentence: (d, p) with the sentence as the unit, as SEAT has it (May et al. 2019); None for word vectors.
    """

    request: WeatRequest
    title: str
    weights_sha256: str
    kept: tuple[tuple[str, ...], ...]
    missing: tuple[tuple[str, ...], ...]
    association: Association
    by_template: tuple[tuple[str, float], ...] = ()
    by_sentence: tuple[float, float] | None = None

    @property
    def p(self) -> float:
        """The p-value for the request's alternative."""
        return self.association.p[self.request.alternative]

    @property
    def n(self) -> int:
        """The number of words in X and Y."""
        return len(self.kept[0]) + len(self.kept[1])

    def method(self) -> str:
        """How it was measured, in a line."""
        result, (x, y, a, b) = self.association, map(len, self.kept)
        parts = [say("bias.weat.measurement.method", x=x, y=y, a=a, b=b, ceiling=result.ceiling)]
        if self.by_template:
            parts.append(say("bias.weat.measurement.method_templates", count=len(self.by_template)))
        if self.by_sentence:
            d, p = format_number(self.by_sentence[0]), format_p_value(self.by_sentence[1])
            parts.append(say("bias.weat.measurement.method_sentences", d=d, p=p))
        alternative = self.request.alternative
        if result.exact:
            count = result.partitions
            parts.append(say("bias.weat.measurement.method_exact", count=count, alternative=alternative))
        else:
            count = result.partitions - 1
            parts.append(say("bias.weat.measurement.method_drawn", count=count, alternative=alternative))
        return "; ".join(parts)

    def verdict(self) -> str:
        """One of VERDICTS; other words, or another template, count as another wording."""
        interval, d = self.association.interval, self.association.d
        if not self.p <= ALPHA:
            return CANNOT_TELL
        holds = interval.low > 0 or interval.high < 0
        agree = all((other > 0) == (d > 0) for _, other in self.by_template)
        return CONSISTENT if holds and agree else DEPENDS

    def summary(self) -> str:
        """The result in sentences, with its numbers."""
        result, (x, y, a, b) = self.association, self.request.list_names
        first, second = (a, b) if result.d > 0 else (b, a)
        return say(
            "bias.weat.measurement.summary", number=format_effect_size(result.interval), x=x, y=y, first=first,
            second=second, chance=self._chance(), certainty=self._certainty(),
        )  # fmt: skip

    def _chance(self) -> str:
        result = self.association
        hits = round(self.p * result.partitions)
        if result.exact:
            deals = say("bias.weat.measurement.all_deals", count=hits, total=result.partitions)
        elif hits > 1:
            deals = say("bias.weat.measurement.drawn_deals", count=hits - 1, total=result.partitions - 1)
        else:
            deals = say("bias.weat.measurement.no_deals", total=DRAWN)
        relation = "p_exact" if hits > 1 or result.exact else "p_at_most"
        p = say(f"bias.weat.measurement.{relation}", p=format_p_value(self.p))
        extreme = say(f"bias.weat.measurement.extreme_{self.request.alternative.replace('-', '_')}")
        return say("bias.weat.measurement.chance", extreme=extreme, deals=deals, p=p)

    def _certainty(self) -> str:
        verdict, interval = self.verdict(), self.association.interval
        if verdict == CONSISTENT:
            return say("bias.weat.measurement.sign_stays")
        if verdict == CANNOT_TELL:
            return say("bias.weat.measurement.chance_suffices")
        if interval.low <= 0 <= interval.high:
            return say("bias.weat.measurement.zero_inside")
        return say("bias.weat.measurement.templates_differ")

    def recipe(self) -> Recipe:
        """The recipe of this result; its fingerprint is d."""
        return Recipe(
            "bias", self.request.embedding, self.weights_sha256, 0, self.request.settings(), f"{self.association.d:.3f}"
        )


def describe_difference(recipe: Recipe, result: Recipe) -> str | None:
    """Why a link's numbers are others, if its lists were corrected since; None to compare as usual."""
    test = recipe.settings.get("test")
    corrected = recipe.settings.get("part") == "ten" or (
        test not in (None, "", "own") and str(test).isdigit() and len(str(test)) < 3 and int(str(test)) in weat_tests()
        and weat_tests()[int(str(test))].is_corrected
    )  # fmt: skip
    if not corrected or recipe.result == result.result:
        return None
    return say("bias.weat.lists_corrected")


def format_number(value: float) -> str:
    """Two decimals, with a true minus sign."""
    return with_minus(f"{value:.2f}")


def format_p_value(value: float) -> str:
    """A p-value with three decimals; five below 0.001."""
    return f"{value:.3f}" if value >= 0.001 else f"{value:.5f}"


def format_effect_size(interval: Interval) -> str:
    """d with its interval."""
    value, low, high = interval_texts(interval)
    return say("bias.weat.d_value", value=value, low=low, high=high)


def interval_texts(interval: Interval) -> list[str]:
    """The value and both ends, with two decimals, or more if different ends would look the same."""
    return list(with_digits(interval.value, interval.low, interval.high, 2))


def run_weat(request: WeatRequest, loaded: TargetEmbedding | None = None) -> Iterator[float | WeatResult]:
    """Yields the share done, 0 to 1, and last the result.

    loaded: the embedding, if it is already loaded.
    Raises PlaygroundError if the embedding cannot be loaded, or knows fewer than two words of a list.
    """
    space = loaded or load_embedding(request.embedding)
    kept = tuple(tuple(word for word in words if space.knows(word.lower())) for words in request.lists)
    missing = tuple(tuple(word for word in words if not space.knows(word.lower())) for words in request.lists)
    for letter, words, unknown_words in zip(LETTERS, kept, missing, strict=True):
        if len(words) < FEWEST:
            unknown = ", ".join(unknown_words[:8]) + (" …" if len(unknown_words) > 8 else "")
            raise PlaygroundError(
                say("bias.weat.few_known", letter=letter, embedding=space.title, count=len(words), words=unknown)
            )
    flat = [word.lower() for words in kept for word in words]
    ends = np.cumsum([len(words) for words in kept])[:-1]
    for share in space.read(flat):
        yield 0.9 * share
    vectors = [np.split(points, ends) for points in space.points_by_template(flat)]
    yield 0.9
    x, y, a, b = (np.mean([one[part] for one in vectors], axis=0) for part in range(4))
    alone = [_effect_size(*one) for one in vectors] if space.templates else []
    yield WeatResult(
        request, space.title, space.weights_sha256, kept, missing, association_test(x, y, a, b),
        tuple(zip(space.templates, alone, strict=True)),
        _test_sentences(vectors, request.alternative) if space.templates else None,
    )  # fmt: skip


def _test_sentences(vectors: Sequence[Sequence[np.ndarray]], alternative: str) -> tuple[float, float]:
    """(d, p) with every sentence as a data point. vectors: by template, those of X, Y, A, B."""
    x, y, a, b = (np.concatenate([one[part] for one in vectors]) for part in range(4))
    x_scores, y_scores = (association_scores(cosines(one, a), cosines(one, b)) for one in (x, y))
    p, _, _ = permutation_test(x_scores, y_scores)
    return float(effect_size(x_scores, y_scores)), p[alternative]


def _effect_size(x: np.ndarray, y: np.ndarray, a: np.ndarray, b: np.ndarray) -> float:
    """d of one template alone."""
    first, second = (association_scores(cosines(one, a), cosines(one, b)) for one in (x, y))
    return float(effect_size(first, second))


def measure_weat(request: WeatRequest, loaded: TargetEmbedding | None = None) -> WeatResult:
    """The result, without progress."""
    *_, last = run_weat(request, loaded)
    assert isinstance(last, WeatResult)
    return last
