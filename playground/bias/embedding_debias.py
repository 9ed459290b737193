"""A bias direction projected out of word vectors, with measures before and after.

Some measures use the words that define the direction, some do not, and some measure the cost. The accuracy with which a
classifier recovers the former side is compared with that for directions between arbitrary words: word vectors are so
far from random that part of any direction can be recovered from the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.bias import hard_debias
from playground.bias.session_log import CANNOT_TELL, CONSISTENT, DEPENDS
from playground.bias.target_embedding import (
    DEFAULT,
    TargetEmbedding,
    load_embedding,
    read_embedding,
    word_embedding_names,
)
from playground.bias.weat import association_test
from playground.bias.weat_request import NAME, format_number
from playground.bias.weat_sets import weat_tests
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.core.validation import parse_text, quoted
from playground.language.word_embeddings import GLOVE, read_labels
from playground.metrics.intervals import Interval, bootstrap, mean_interval, wilson

#: The ten pairs of Bolukbasi et al. 2016, section 5, in lower case.
PAIRS = (
    "he-she, his-her, man-woman, john-mary, himself-herself, son-daughter, father-mother, guy-gal, boy-girl, "
    "male-female"
)
MOST_PAIRS = 40
_LONGEST = 2_000
#: The associations that are measured: terms for men and women twice, names once.
WEAT_TESTS = (7, 8, 6)
#: Of the most frequent words, so many on each side; as in Gonen and Goldberg, a fifth to learn from, the rest to test.
COMMON, PER_SIDE, LEARNED, PER_CLUSTER = 50_000, 2_500, 1_000, 500
CONTROLS = 10
_AMONG = 30_000
#: Pairs that are as they are whoever is asked, so that an answer can be right. Ours.
CAPITALS = (
    "athens-greece baghdad-iraq bangkok-thailand beijing-china berlin-germany brussels-belgium budapest-hungary "
    "cairo-egypt canberra-australia dublin-ireland hanoi-vietnam havana-cuba helsinki-finland jakarta-indonesia "
    "kabul-afghanistan lisbon-portugal madrid-spain manila-philippines moscow-russia oslo-norway paris-france "
    "rome-italy tehran-iran tokyo-japan"
)
FAMILY = (
    "boy-girl brother-sister brothers-sisters dad-mom father-mother grandfather-grandmother grandson-granddaughter "
    "groom-bride he-she his-her husband-wife king-queen man-woman nephew-niece prince-princess son-daughter "
    "sons-daughters uncle-aunt"
)
APART, CLUSTERS = "Former side guessed by a classifier", "Former side found by two clusters"
MOST_SHOWN = 12
OPTIMISED, OTHER, COST = "made of the pairs' words", "not made of them", "what it cost"


@dataclass(frozen=True)
class EmbeddingDebiasRequest:
    """pairs: of words, in lower case; the direction goes from the second to the first."""

    pairs: tuple[tuple[str, str], ...]
    embedding: str = DEFAULT

    def written(self) -> str:
        """The pairs as text, for a box and for a link."""
        return ", ".join("-".join(pair) for pair in self.pairs)


@dataclass(frozen=True)
class DebiasMeasure:
    """One measure before and after. role: OPTIMISED, OTHER or COST.  unit: "d" or "share".  note: in a few words.

    p_after: of an association, one-sided; None for shares.
    """

    title: str
    role: str
    unit: str
    before: Interval
    after: Interval
    note: str = ""
    p_after: float | None = None


@dataclass(frozen=True)
class EmbeddingDebias:
    """The result. share: of the pairs' variance along the direction.  unknown_pairs: pairs with an unknown word.

    firsts, seconds: common words that leaned most to each side.  control: the classifier's accuracy after
    directions of arbitrary pairs were removed.
    """

    request: EmbeddingDebiasRequest
    title: str
    weights_sha256: str
    share: float
    unknown_pairs: tuple[str, ...]
    firsts: tuple[str, ...]
    seconds: tuple[str, ...]
    measures: tuple[DebiasMeasure, ...]
    control: Interval

    def verdict(self) -> str:
        """Whether an association is left: "consistent" if every one looked at is, "cannot tell" if none."""
        left = [one.after.low > 0 or one.after.high < 0 for one in self.measures if one.unit == "d"]
        return CONSISTENT if all(left) else DEPENDS if any(left) else CANNOT_TELL

    def summary(self) -> str:
        """The result in sentences, with its numbers."""
        d = [one for one in self.measures if one.unit == "d"]
        told = "; ".join(
            f"{one.title} {format_number(one.before.value)} → {format_number(one.after.value)}" for one in d
        )
        left = [one.title for one in d if one.after.low > 0 or one.after.high < 0]
        apart = next(one for one in self.measures if one.title == APART)
        stays = (
            f"After it, {' and '.join(left)} still {'stands' if len(left) == 1 else 'stand'} clear of 0"
            if left
            else "After it, no interval of d stands clear of 0; that is not the same as nothing being left"
        )
        return (
            f"By construction, no word leans along the direction any more. d: {told}. {stays}. From the other numbers "
            f"of a word a classifier still guesses its former side in {_percent(apart.after.value)} of cases; after "
            f"removing the direction of arbitrary pairs it is {_percent(self.control.value)}, so 50 % is no yardstick."
        )

    def recipe(self) -> Recipe:
        """The recipe of this result; its fingerprint is every d after the projection."""
        settings = {"panel": NAME, "part": "debias", "pairs": self.request.written()}
        result = " ".join(f"{one.after.value:.2f}" for one in self.measures if one.unit == "d")
        return Recipe("bias", self.request.embedding, self.weights_sha256, 0, settings, result)


def read_embedding_debias(values: Mapping[str, object]) -> EmbeddingDebiasRequest:
    """A request from a page or a link: pairs ("he-she, man-woman"), embedding (one of words)."""
    text = parse_text(values.get("pairs") or PAIRS, "list of pairs")
    if len(text) > _LONGEST:
        raise PlaygroundError(f"The pairs take {len(text):,} characters; at most {_LONGEST:,} are read.")
    parts = [part.strip() for part in text.replace("\n", ",").replace(";", ",").split(",") if part.strip()]
    if not parts or len(parts) > MOST_PAIRS:
        raise PlaygroundError(f"Write 1 to {MOST_PAIRS} pairs, like he-she, man-woman; there are {len(parts)}.")
    pairs = dict.fromkeys(map(_read_pair, parts))
    name = read_embedding(values.get("embedding") or DEFAULT)
    if name not in [own for _, own in word_embedding_names()]:
        raise PlaygroundError(
            "A direction can only be taken out where every word has a point of its own: choose GloVe as the embedding."
        )
    return EmbeddingDebiasRequest(tuple(pairs), name)


def _read_pair(part: str) -> tuple[str, str]:
    for mark in ("–", "/", ":"):
        part = part.replace(mark, "-")
    words = [word.strip() for word in part.split("-")]
    if len(words) != 2 or not all(words) or words[0].lower() == words[1].lower():
        raise PlaygroundError(
            f"A pair is two different words with a hyphen between, like he-she; {quoted(part)} is none."
        )
    first, second = read_labels(GLOVE, words, "A pair", 2)
    return first, second


def debias_embedding(
    request: EmbeddingDebiasRequest, loaded: TargetEmbedding | None = None
) -> Iterator[tuple[str, float] | EmbeddingDebias]:
    """Yields (stage, share done), and last the result. Raises PlaygroundError if the embedding knows no pair."""
    space = loaded or load_embedding(request.embedding)
    pairs = [pair for pair in request.pairs if all(map(space.knows, pair))]
    if not pairs:
        raise PlaygroundError(f"{space.title} knows no pair of these in both words: write others.")
    lost = tuple("-".join(pair) for pair in request.pairs if pair not in pairs)
    axis, share = hard_debias.bias_direction(
        _vectors(space, [pair[0] for pair in pairs]), _vectors(space, [pair[1] for pair in pairs])
    )
    measures: list[DebiasMeasure] = []
    own = {word for pair in pairs for word in pair}
    for done, test in enumerate(WEAT_TESTS):
        yield "measuring associations", 0.1 + 0.1 * done
        measures.append(_weat_measure(space, test, axis, own))
    yield "finding the words that lean most", 0.4
    words, points = space.common(COMMON)
    wide = hard_debias.normalize_rows(points)
    rows = np.array([row for row, word in enumerate(words) if word.isalpha() and len(word) > 2 and word not in own])
    order = rows[np.argsort(wide[rows] @ axis)]
    per_side = min(PER_SIDE, len(order) // 2)
    measures += _side_recovery(wide, axis, order, per_side)
    controls = []
    for repeat in range(CONTROLS):
        yield "the same with arbitrary directions, for comparison", 0.5 + 0.4 * repeat / CONTROLS
        controls.append(_arbitrary_direction_accuracy(wide, rows, len(pairs), per_side, repeat))
    yield "solving analogies", 0.9
    measures += _analogy_costs(space, axis)
    tops = [tuple(words[row] for row in found) for found in (order[: -MOST_SHOWN - 1 : -1], order[:MOST_SHOWN])]
    control = mean_interval(controls, "arbitrary directions")
    yield EmbeddingDebias(
        request, space.title, space.weights_sha256, share, lost, tops[0], tops[1], tuple(measures), control
    )  # fmt: skip


def _vectors(space: TargetEmbedding, words: Sequence[str]) -> NDArray[np.float32]:
    return next(iter(space.points_by_template(words)))


def _weat_measure(space: TargetEmbedding, asked: int, axis: NDArray[np.float64], own: set[str]) -> DebiasMeasure:
    test = weat_tests()[asked]
    lists = [[word for word in map(str.lower, words) if space.knows(word)] for words in test.lists()]
    points = [_vectors(space, words) for words in lists]
    before = association_test(*points)  # type: ignore[arg-type]
    after = association_test(*(hard_debias.project_out(one, axis) for one in points))  # type: ignore[arg-type]
    # The words of the two sides stand in the targets of a test of names, in the attributes of a test of terms.
    sides = max((lists[:2], lists[2:]), key=lambda two: sum(word in own for words in two for word in words))
    flat = [word for words in sides for word in words]
    inside = sum(word in own for word in flat)
    note = (
        f"{inside} of its {len(flat)} words for the two sides stand in the pairs; difference of cosines "
        f"{_cosine(before.difference)} → {_cosine(after.difference)}"
    )
    role = OPTIMISED if inside > len(flat) / 2 else OTHER
    short = f"WEAT {test.number}, {test.list_names[0]} and {test.list_names[1]}"
    return DebiasMeasure(short, role, "d", before.interval, after.interval, note, after.p["greater"])


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"


def _cosine(value: float) -> str:
    """Three figures behind the point, with a true minus sign."""
    return f"{value:.3f}".replace("-", "−")


def _split(order: NDArray[np.intp], per_side: int, seed: int = 0) -> tuple[NDArray[np.intp], NDArray[np.bool_], int]:
    """(rows in random order, whether each is of the upper side, how many are learned from)."""
    chosen = np.concatenate([order[:per_side], order[-per_side:]])
    sides = np.arange(2 * per_side) >= per_side
    mixed = np.random.default_rng(seed).permutation(2 * per_side)
    return chosen[mixed], sides[mixed], min(LEARNED, per_side)


def _side_recovery(points: NDArray[np.float64], axis: NDArray[np.float64], order: NDArray[np.intp], per_side: int
           ) -> list[DebiasMeasure]:  # fmt: skip
    rows, sides, learned = _split(order, per_side)
    train, test = np.arange(learned), np.arange(learned, len(rows))
    few = min(PER_CLUSTER, per_side)
    extreme, extreme_sides = np.concatenate([order[:few], order[-few:]]), np.arange(2 * few) >= few
    guessed, found = [], []
    for held in (points, hard_debias.project_out(points, axis)):
        guessed.append(wilson(hard_debias.classify_sides(held[rows], sides, train, test), len(test)))
        found.append(wilson(hard_debias.cluster_sides(held[extreme], extreme_sides), 2 * few))
    asked = f"learned from {learned:,} words, asked about {len(test):,} others"
    return [
        DebiasMeasure(APART, OTHER, "share", guessed[0], guessed[1], asked),
        DebiasMeasure(CLUSTERS, OTHER, "share", found[0], found[1], f"the {few:,} that leaned most, on each side"),
    ]


def _arbitrary_direction_accuracy(
    points: NDArray[np.float64], rows: NDArray[np.intp], pairs: int, per_side: int, seed: int
) -> float:
    """The classifier's accuracy after removing the direction of as many arbitrary pairs."""
    chosen = np.random.default_rng(seed).choice(rows, (2, pairs), replace=False)
    axis, _ = hard_debias.bias_direction(points[chosen[0]], points[chosen[1]])
    order = rows[np.argsort(points[rows] @ axis)]
    mixed, sides, learned = _split(order, per_side, seed)
    left = hard_debias.project_out(points[mixed], axis)
    test = np.arange(learned, len(mixed))
    return hard_debias.classify_sides(left, sides, np.arange(learned), test) / len(test)


def _analogy_costs(space: TargetEmbedding, axis: NDArray[np.float64]) -> list[DebiasMeasure]:
    """Analogies that have nothing to do with the sides, and some that have."""
    words, points = space.common(_AMONG)
    places = {word: row for row, word in enumerate(words)}
    after = hard_debias.project_out(points, axis)
    measures = []
    for title, listed in (("Analogies of capitals solved", CAPITALS), ("Analogies of he and she solved", FAMILY)):
        pairs = np.array([[places[word] for word in pair] for pair in (one.split("-") for one in listed.split())
                          if all(word in places for word in pair)])  # fmt: skip
        if len(pairs) < 3:
            continue
        told = [_solved_share(hard_debias.solve_analogies(held, pairs)) for held in (points, after)]
        count = len(pairs) * (len(pairs) - 1)
        measures.append(
            DebiasMeasure(title, COST, "share", told[0], told[1], f"{count:,} questions of {len(pairs)} pairs")
        )
    return measures


def _solved_share(solved: NDArray[np.bool_]) -> Interval:
    """The share solved; the pair is the unit, for one that is hard is so in all of its questions."""

    def share(places: NDArray[np.intp]) -> float:
        asked = places[:, None] != places
        return float(solved[np.ix_(places, places)][asked].mean()) if asked.any() else 0.0

    return bootstrap(share, len(solved), 1000)
