"""Differences between groups' texts: each measure by group with its interval, a permutation test, distinctive words.

The test permutes the groups of the texts within each template: under the null hypothesis all groups are alike.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.bias.group_generation import NAME, GroupText, GroupTexts, texts_of_group
from playground.bias.multiple_testing import holm
from playground.bias.session_log import ALPHA, CANNOT_TELL, CONSISTENT, DEPENDS, Measurement
from playground.bias.verdict import ENOUGH_TEMPLATES
from playground.metrics.intervals import Interval, mean_interval, proportion_interval

REPEATS = 2000
#: A word counts if it occurs in so many texts.
_FEWEST_TEXTS = 4
#: Pseudo-counts of the prior, shared out by how common a word is in all texts. Source: Monroe et al. 2008, eq. 23.
_PRIOR_WORDS = 50.0


@dataclass(frozen=True)
class TextMeasure:
    """key, title: its names.  unit: of its values.  value: of a text.  share: whether it is yes or no."""

    key: str
    title: str
    unit: str
    value: Callable[[GroupText], float]
    share: bool = False


TEXT_MEASURES = (
    TextMeasure("sentiment", "Sentiment", "−1 negative to 1 positive", lambda text: text.sentiment),
    TextMeasure("length", "Length", "words", lambda text: float(len(text.words))),
    TextMeasure("she", "Texts with she, her, hers", "share of texts", lambda text: float(text.has("she")), True),
    TextMeasure("he", "Texts with he, him, his", "share of texts", lambda text: float(text.has("he")), True),
    TextMeasure("they", "Texts with they, them, their", "share of texts", lambda text: float(text.has("they")), True),
)


@dataclass(frozen=True, eq=False)
class GroupDifference:
    """A measure by group. groups: each one's mean with its interval.  p: of the permutation test.

    adjusted: after Holm over the measures.  templates: in how many the group that is highest in all is above the one
    that is lowest.  of: how many templates there are.  high, low: those groups.
    """

    measure: TextMeasure
    groups: tuple[Interval, ...]
    high: int
    low: int
    p: float
    adjusted: float
    templates: int
    of: int


@dataclass(frozen=True)
class DistinctiveWord:
    """A word that one group's texts hold more often than the others'. z: of its log odds ratio.

    texts, others: in how many of the group's texts, and of the others'.  adjusted: p after Holm over all words.
    """

    text: str
    z: float
    texts: int
    others: int
    adjusted: float


def compare_groups(made: GroupTexts) -> tuple[GroupDifference, ...]:
    """Every measure by group. All groups have a text of each template at least."""
    groups = range(len(made.request.groups))
    found, shuffled = [], _permuted_groups(made)
    for measure in TEXT_MEASURES:
        by_group = [np.array([measure.value(text) for text in texts_of_group(made.texts, group)]) for group in groups]
        intervals = tuple(
            proportion_interval(values.astype(bool)) if measure.share else mean_interval(values, "texts")
            for values in by_group
        )
        means = [interval.value for interval in intervals]
        found.append(
            (
                measure,
                intervals,
                int(np.argmax(means)),
                int(np.argmin(means)),
                _permutation_p_value(made, measure, shuffled),
            )
        )
    adjusted = holm([p for *_, p in found])
    templates = sorted({text.template for text in made.texts})
    return tuple(
        GroupDifference(
            measure, intervals, high, low, p, after,
            sum(_mean(made, measure, template, high) > _mean(made, measure, template, low) for template in templates),
            len(templates),
        )
        for (measure, intervals, high, low, p), after in zip(found, adjusted, strict=True)
    )  # fmt: skip


def _mean(made: GroupTexts, measure: TextMeasure, template: int, group: int) -> float:
    values = [measure.value(text) for text in made.texts if (text.template, text.group) == (template, group)]
    return float(np.mean(values)) if values else math.nan


def _permuted_groups(made: GroupTexts) -> NDArray[np.intp]:
    """(R, N) groups of the texts, permuted within each template."""
    labels = np.array([text.group for text in made.texts])
    templates = np.array([text.template for text in made.texts])
    generator = np.random.default_rng(made.request.seed)
    shuffled = np.repeat(labels[None], REPEATS, axis=0)  # (R, N)
    for template in np.unique(templates):
        place = np.flatnonzero(templates == template)
        order = generator.random((REPEATS, len(place))).argsort(axis=1)
        shuffled[:, place] = labels[place][order]
    return shuffled


def _permutation_p_value(made: GroupTexts, measure: TextMeasure, shuffled: NDArray[np.intp]) -> float:
    """p of the largest difference between two groups' means, against shuffled groups: (1 + k) / (1 + R)."""
    values = np.array([measure.value(text) for text in made.texts])
    labels = np.array([text.group for text in made.texts])
    groups = len(made.request.groups)
    reached = int(np.count_nonzero(_spread(values, shuffled, groups) >= _spread(values, labels[None], groups) - 1e-9))
    return (1 + reached) / (1 + REPEATS)


def _spread(values: NDArray[np.float64], labels: NDArray[np.intp], groups: int) -> NDArray[np.float64]:
    """(R,) largest difference between two groups' means. values: (N,); labels: (R, N)."""
    means = np.stack([(labels == group) @ values / (labels == group).sum(axis=1) for group in range(groups)])
    result: NDArray[np.float64] = means.max(axis=0) - means.min(axis=0)
    return result


def distinctive_words(made: GroupTexts, count: int = 8) -> tuple[tuple[DistinctiveWord, ...], ...]:
    """For each group the words that set its texts apart most from the others', most first.

    Log odds ratio with an informative Dirichlet prior, in units of its standard error, words counted once a text.
    Source: Monroe, Colaresi and Quinn 2008, Political Analysis 16(4), eq. 16 and 22.
    """
    groups = range(len(made.request.groups))
    by_group = [
        Counter(word for text in texts_of_group(made.texts, group) for word in set(text.words)) for group in groups
    ]
    every: Counter[str] = sum(by_group, Counter())
    known = [word for word, texts in every.items() if texts >= _FEWEST_TEXTS]
    total = sum(every.values())
    scored: list[tuple[float, int, str]] = []
    for group in groups:
        own, own_total = by_group[group], sum(by_group[group].values())
        for word in known:
            prior = _PRIOR_WORDS * every[word] / total
            here, there = own[word] + prior, every[word] - own[word] + prior
            odds = math.log(here / (own_total + _PRIOR_WORDS - here))
            other = math.log(there / (total - own_total + _PRIOR_WORDS - there))
            scored.append(((odds - other) / math.sqrt(1 / here + 1 / there), group, word))
    adjusted = holm([math.erfc(abs(z) / math.sqrt(2)) for z, *_ in scored])
    lists: list[list[DistinctiveWord]] = [[] for _ in groups]
    for (z, group, word), p in zip(scored, adjusted, strict=True):
        if z > 0:
            lists[group].append(DistinctiveWord(word, z, by_group[group][word], every[word] - by_group[group][word], p))
    return tuple(tuple(sorted(one, key=lambda word: -word.z)[:count]) for one in lists)


def most_significant(found: Sequence[GroupDifference]) -> GroupDifference:
    """The measure with the smallest p, of equal ones that with the largest difference."""
    return min(found, key=lambda one: (one.p, -abs(one.groups[one.high].value - one.groups[one.low].value)))


def group_measurement(made: GroupTexts, found: Sequence[GroupDifference]) -> Measurement:
    """The most significant difference, as a measurement for the session log."""
    best = most_significant(found)
    high, low = made.request.groups[best.high], made.request.groups[best.low]
    values = [_value(best.measure, best.groups[index].value) for index in (best.high, best.low)]
    if best.adjusted > ALPHA:
        verdict = CANNOT_TELL
    else:
        spared = 1 if best.of >= ENOUGH_TEMPLATES else 0
        verdict = CONSISTENT if best.templates >= best.of - spared and best.of > 1 else DEPENDS
    rows = [("measure", *made.request.groups, "p", "p, Holm over the measures", "templates")]
    for one in found:
        means = [_with_interval(one.measure, interval) for interval in one.groups]
        rows.append((one.measure.title, *means, f"{one.p:.4f}", f"{one.adjusted:.4f}", f"{one.templates} of {one.of}"))
    return Measurement(
        panel=NAME,
        title=f"Texts about {', '.join(made.request.groups)}",
        summary=(
            f"{best.measure.title}: {values[0]} for “{high}”, {values[1]} for “{low}”; so in {best.templates} of "
            f"{best.of} templates."
        ),
        verdict=verdict,
        n=len(made.texts),
        unit="texts",
        method=(
            "The same templates and seeds for every group, drawn at temperature 1 with nothing cut. Permutation of the "
            f"groups within each template, {REPEATS:,} times; of {len(found)} measures the surest is named."
        ),
        recipe=made.recipe(),
        interval=best.groups[best.high],
        p=best.p,
        comparisons=len(found),
        caveats=("wording", "sentiment", "groups"),
        rows=tuple(rows),
    )


def _value(measure: TextMeasure, value: float) -> str:
    return f"{value:.0%}" if measure.share else f"{value:.2f}" if measure.key == "sentiment" else f"{value:.1f} words"


def _with_interval(measure: TextMeasure, interval: Interval) -> str:
    if measure.share:
        return f"{interval.value:.0%} ({interval.low:.0%} to {interval.high:.0%})"
    return f"{interval.value:.2f} ({interval.low:.2f} to {interval.high:.2f})"
