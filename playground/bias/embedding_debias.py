"""A bias direction projected out of word vectors, with measures before and after.

Some measures use the words that define the direction, some do not, and some measure the cost. A classifier's accuracy
at recovering the former side is compared with its accuracy for directions between arbitrary words: word vectors are so
far from random that part of any direction can be recovered from the rest.
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
from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.numbers import with_minus
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
#: The WEAT tests to measure: terms for men and women twice, names once.
WEAT_TESTS = (7, 8, 6)
#: Of the COMMON most frequent words, PER_SIDE on each side: LEARNED of these 5,000 train the classifier and the rest
#: test it, as in Gonen and Goldberg; PER_CLUSTER on each side are clustered.
COMMON, PER_SIDE, LEARNED, PER_CLUSTER = 50_000, 2_500, 1_000, 500
#: Arbitrary directions, for comparison.
CONTROLS = 10
#: Analogies are solved among so many of the most frequent words.
_AMONG = 30_000
#: Pairs with one factual answer, unrelated to the direction. Our own list.
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
#: Measures other than WEAT tests, by their keys in the catalogue.
CLASSIFIER, CLUSTERS, CAPITAL_ANALOGIES, FAMILY_ANALOGIES = "classifier", "clusters", "capitals", "family"
MOST_SHOWN = 12
#: Roles of a measure: it uses the words of the pairs, it does not, it measures the cost.
OPTIMISED, OTHER, COST = "optimised", "other", "cost"


@dataclass(frozen=True)
class EmbeddingDebiasRequest:
    """pairs: of words in lower case; the direction points from the second to the first."""

    pairs: tuple[tuple[str, str], ...]
    embedding: str = DEFAULT

    def written(self) -> str:
        """The pairs as text, for links."""
        return ", ".join("-".join(pair) for pair in self.pairs)


@dataclass(frozen=True)
class DebiasMeasure:
    """One measure before and after. name: CLASSIFIER etc., or "weat_7".  title: for display.  note: what it rests on.

    role: OPTIMISED, OTHER or COST.  unit: "d" or "share".  p_after: one-sided, of an association; None for shares.
    """

    name: str
    title: str
    role: str
    unit: str
    before: Interval
    after: Interval
    note: str = ""
    p_after: float | None = None

    @property
    def role_text(self) -> str:
        """The role, in words."""
        return say(f"bias.weat.debias.{self.role}")

    @property
    def remains(self) -> bool:
        """Whether the interval afterwards excludes 0."""
        return self.after.low > 0 or self.after.high < 0


@dataclass(frozen=True)
class EmbeddingDebias:
    """The result. title: of the embedding.  share: of the pairs' variance along the direction.

    unknown_pairs: pairs with an unknown word.  firsts, seconds: common words that leaned most to each side.
    control: the classifier's accuracy after the directions of arbitrary pairs were removed.
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
        """Consistent if every association remains, cannot tell if none does, else depends on wording."""
        remains = [one.remains for one in self.measures if one.unit == "d"]
        return CONSISTENT if all(remains) else DEPENDS if any(remains) else CANNOT_TELL

    def summary(self) -> str:
        """The result in sentences, with its numbers."""
        associations = [one for one in self.measures if one.unit == "d"]
        changes = "; ".join(_change_text(one) for one in associations)
        names = [one.title for one in associations if one.remains]
        classifier = next(one for one in self.measures if one.name == CLASSIFIER)
        if names:
            remaining = say("bias.weat.debias.remaining", measures="; ".join(names), count=len(names))
        else:
            remaining = say("bias.weat.debias.none_remaining")
        return say(
            "bias.weat.debias.summary", changes=changes, remaining=remaining, guessed=100 * classifier.after.value,
            control=100 * self.control.value,
        )  # fmt: skip

    def recipe(self) -> Recipe:
        """The recipe; its fingerprint is every d after the projection."""
        settings = {"panel": NAME, "part": "debias", "pairs": self.request.written()}
        result = " ".join(f"{one.after.value:.2f}" for one in self.measures if one.unit == "d")
        return Recipe("bias", self.request.embedding, self.weights_sha256, 0, settings, result)


def read_embedding_debias(values: Mapping[str, object]) -> EmbeddingDebiasRequest:
    """The request of a page or a link: pairs ("he-she, man-woman"), embedding.

    Raises PlaygroundError for pairs that cannot be read and for an embedding without word vectors.
    """
    text = parse_text(values.get("pairs") or PAIRS, say("bias.weat.debias.list_of_pairs"))
    if len(text) > _LONGEST:
        raise PlaygroundError(say("bias.weat.debias.text_long", count=len(text), most=_LONGEST))
    parts = [part.strip() for part in text.replace("\n", ",").replace(";", ",").split(",") if part.strip()]
    if not parts or len(parts) > MOST_PAIRS:
        raise PlaygroundError(say("bias.weat.debias.count", count=len(parts), most=MOST_PAIRS))
    pairs = dict.fromkeys(map(_read_pair, parts))
    name = read_embedding(values.get("embedding") or DEFAULT)
    if name not in [own for _, own in word_embedding_names()]:
        raise PlaygroundError(say("bias.weat.debias.needs_words"))
    return EmbeddingDebiasRequest(tuple(pairs), name)


def _read_pair(part: str) -> tuple[str, str]:
    for mark in ("–", "/", ":"):
        part = part.replace(mark, "-")
    words = [word.strip() for word in part.split("-")]
    if len(words) != 2 or not all(words) or words[0].lower() == words[1].lower():
        raise PlaygroundError(say("bias.weat.debias.not_a_pair", value=quoted(part)))
    first, second = read_labels(GLOVE, words, say("bias.weat.debias.pair_name"), 2)
    return first, second


def debias_embedding(
    request: EmbeddingDebiasRequest, loaded: TargetEmbedding | None = None
) -> Iterator[tuple[str, float] | EmbeddingDebias]:
    """Yields (stage, share done), and last the result. Raises PlaygroundError if no pair is known."""
    space = loaded or load_embedding(request.embedding)
    pairs = [pair for pair in request.pairs if all(map(space.knows, pair))]
    if not pairs:
        raise PlaygroundError(say("bias.weat.debias.no_known_pair", embedding=space.title))
    unknown = tuple("-".join(pair) for pair in request.pairs if pair not in pairs)
    axis, share = hard_debias.bias_direction(
        _vectors(space, [pair[0] for pair in pairs]), _vectors(space, [pair[1] for pair in pairs])
    )
    measures: list[DebiasMeasure] = []
    own = {word for pair in pairs for word in pair}
    for done, test in enumerate(WEAT_TESTS):
        yield say("bias.weat.debias.stage_associations"), 0.1 + 0.1 * done
        measures.append(_weat_measure(space, test, axis, own))
    yield say("bias.weat.debias.stage_leaning"), 0.4
    words, points = space.common(COMMON)
    wide = hard_debias.normalize_rows(points)
    rows = np.array([row for row, word in enumerate(words) if word.isalpha() and len(word) > 2 and word not in own])
    order = rows[np.argsort(wide[rows] @ axis)]
    per_side = min(PER_SIDE, len(order) // 2)
    measures += _side_recovery(wide, axis, order, per_side)
    controls = []
    for repeat in range(CONTROLS):
        yield say("bias.weat.debias.stage_controls"), 0.5 + 0.4 * repeat / CONTROLS
        controls.append(_arbitrary_direction_accuracy(wide, rows, len(pairs), per_side, repeat))
    yield say("bias.weat.debias.stage_analogies"), 0.9
    measures += _analogy_costs(space, axis)
    tops = [tuple(words[row] for row in side) for side in (order[: -MOST_SHOWN - 1 : -1], order[:MOST_SHOWN])]
    control = mean_interval(controls, say("bias.weat.debias.control_method"))
    yield EmbeddingDebias(
        request, space.title, space.weights_sha256, share, unknown, tops[0], tops[1], tuple(measures), control
    )  # fmt: skip


def _vectors(space: TargetEmbedding, words: Sequence[str]) -> NDArray[np.float32]:
    return next(iter(space.points_by_template(words)))


def _weat_measure(space: TargetEmbedding, number: int, axis: NDArray[np.float64], own: set[str]) -> DebiasMeasure:
    test = weat_tests()[number]
    lists = [[word for word in map(str.lower, words) if space.knows(word)] for words in test.lists()]
    points = [_vectors(space, words) for words in lists]
    before = association_test(*points)  # type: ignore[arg-type]
    after = association_test(*(hard_debias.project_out(one, axis) for one in points))  # type: ignore[arg-type]
    # The words for the two sides are the targets in a test of names, the attributes in a test of terms.
    sides = max((lists[:2], lists[2:]), key=lambda two: sum(word in own for words in two for word in words))
    flat = [word for words in sides for word in words]
    inside = sum(word in own for word in flat)
    note = say(
        "bias.weat.debias.association_note", inside=inside, count=len(flat), before=_cosine(before.difference),
        after=_cosine(after.difference),
    )  # fmt: skip
    role = OPTIMISED if inside > len(flat) / 2 else OTHER
    title = say("bias.weat.debias.association", number=number, x=test.list_names[0], y=test.list_names[1])
    p = after.p["greater"]
    return DebiasMeasure(f"weat_{number}", title, role, "d", before.interval, after.interval, note, p)


def _change_text(measure: DebiasMeasure) -> str:
    before, after = format_number(measure.before.value), format_number(measure.after.value)
    return say("bias.weat.debias.change", measure=measure.title, before=before, after=after)


def _cosine(value: float) -> str:
    """Three decimals, with a true minus sign."""
    return with_minus(f"{value:.3f}")


def _split(order: NDArray[np.intp], per_side: int, seed: int = 0) -> tuple[NDArray[np.intp], NDArray[np.bool_], int]:
    """(the outermost rows in random order, whether each is of the upper side, how many to train on)."""
    chosen = np.concatenate([order[:per_side], order[-per_side:]])
    sides = np.arange(2 * per_side) >= per_side
    order = np.random.default_rng(seed).permutation(2 * per_side)
    return chosen[order], sides[order], min(LEARNED, per_side)


def _side_recovery(points: NDArray[np.float64], axis: NDArray[np.float64], order: NDArray[np.intp], per_side: int
           ) -> list[DebiasMeasure]:  # fmt: skip
    """How well a classifier and two clusters find the former side of the words that lean most."""
    rows, sides, learned = _split(order, per_side)
    train, test = np.arange(learned), np.arange(learned, len(rows))
    few = min(PER_CLUSTER, per_side)
    extreme, extreme_sides = np.concatenate([order[:few], order[-few:]]), np.arange(2 * few) >= few
    by_classifier, by_clusters = [], []
    for vectors in (points, hard_debias.project_out(points, axis)):
        by_classifier.append(wilson(hard_debias.classify_sides(vectors[rows], sides, train, test), len(test)))
        by_clusters.append(wilson(hard_debias.cluster_sides(vectors[extreme], extreme_sides), 2 * few))
    notes = {
        CLASSIFIER: say("bias.weat.debias.classifier_note", trained=learned, tested=len(test)),
        CLUSTERS: say("bias.weat.debias.clusters_note", count=few),
    }
    return [
        DebiasMeasure(name, say(f"bias.weat.debias.{name}"), OTHER, "share", before, after, notes[name])
        for name, (before, after) in ((CLASSIFIER, by_classifier), (CLUSTERS, by_clusters))
    ]


def _arbitrary_direction_accuracy(
    points: NDArray[np.float64], rows: NDArray[np.intp], pairs: int, per_side: int, seed: int
) -> float:
    """The classifier's accuracy after removing the direction of as many arbitrary pairs."""
    chosen = np.random.default_rng(seed).choice(rows, (2, pairs), replace=False)
    axis, _ = hard_debias.bias_direction(points[chosen[0]], points[chosen[1]])
    order = rows[np.argsort(points[rows] @ axis)]
    chosen_rows, sides, learned = _split(order, per_side, seed)
    projected = hard_debias.project_out(points[chosen_rows], axis)
    test = np.arange(learned, len(chosen_rows))
    return hard_debias.classify_sides(projected, sides, np.arange(learned), test) / len(test)


def _analogy_costs(space: TargetEmbedding, axis: NDArray[np.float64]) -> list[DebiasMeasure]:
    """The share of analogies solved: unrelated to the sides (capitals), and about them (family)."""
    words, points = space.common(_AMONG)
    places = {word: row for row, word in enumerate(words)}
    projected = hard_debias.project_out(points, axis)
    measures = []
    for name, listed in ((CAPITAL_ANALOGIES, CAPITALS), (FAMILY_ANALOGIES, FAMILY)):
        pairs = np.array([[places[word] for word in pair] for pair in (one.split("-") for one in listed.split())
                          if all(word in places for word in pair)])  # fmt: skip
        if len(pairs) < 3:
            continue
        before, after = (_solved_share(hard_debias.solve_analogies(one, pairs)) for one in (points, projected))
        note = say("bias.weat.debias.analogies_note", count=len(pairs) * (len(pairs) - 1), pairs=len(pairs))
        measures.append(DebiasMeasure(name, say(f"bias.weat.debias.{name}"), COST, "share", before, after, note))
    return measures


def _solved_share(solved: NDArray[np.bool_]) -> Interval:
    """The share solved, bootstrapped over pairs: a hard pair is hard in all its questions."""

    def share(places: NDArray[np.intp]) -> float:
        different = places[:, None] != places
        return float(solved[np.ix_(places, places)][different].mean()) if different.any() else 0.0

    return bootstrap(share, len(solved), 1000)
