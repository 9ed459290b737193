"""Differences between groups' texts: each measure by group with its interval, a permutation test, distinctive words.

The test permutes the groups of the texts within each template: under the null hypothesis, the group has no effect.
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
from playground.core.catalogue import say
from playground.metrics.intervals import Interval, mean_interval, proportion_interval

REPEATS = 2000
#: Rarer words are not compared.
_FEWEST_TEXTS = 4
#: Sum of the prior's pseudo-counts, split by how common a word is in all texts. Source: Monroe et al. 2008, eq. 23.
_PRIOR_WORDS = 50.0


@dataclass(frozen=True)
class TextMeasure:
    """A number for each text. share: whether it is 0 or 1, so that its mean is a share of texts."""

    key: str
    value: Callable[[GroupText], float]
    share: bool = False

    @property
    def title(self) -> str:
        """Its name on the page."""
        return say(f"bias_texts.group_generation.measures.{self.key}")

    @property
    def unit(self) -> str:
        """The unit of its mean."""
        name = "share" if self.share else self.key
        return say(f"bias_texts.group_generation.measures.{name}_unit")


TEXT_MEASURES = (
    TextMeasure("sentiment", lambda text: text.sentiment),
    TextMeasure("length", lambda text: float(len(text.words))),
    TextMeasure("she", lambda text: float(text.has("she")), share=True),
    TextMeasure("he", lambda text: float(text.has("he")), share=True),
    TextMeasure("they", lambda text: float(text.has("they")), share=True),
)


@dataclass(frozen=True, eq=False)
class GroupDifference:
    """One measure by group.

    groups: mean of each group with its interval.  high, low: indices of the groups with the highest and lowest mean.
    p: of the permutation test.  adjusted: p after Holm over the measures.
    templates: in how many the high group is above the low one.  of: number of templates.
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
    """A word more frequent in one group's texts than in the others'.

    z: its log odds ratio in standard errors.  texts, others: how many of the group's texts, and of the other groups'
    texts, contain it.  adjusted: p after Holm over all words and groups.
    """

    text: str
    z: float
    texts: int
    others: int
    adjusted: float


def compare_groups(texts: GroupTexts) -> tuple[GroupDifference, ...]:
    """Every measure by group. Each group needs at least one text per template."""
    groups = range(len(texts.request.groups))
    compared, shuffled = [], _permuted_groups(texts)
    for measure in TEXT_MEASURES:
        by_group = [np.array([measure.value(text) for text in texts_of_group(texts.texts, group)]) for group in groups]
        intervals = tuple(
            proportion_interval(values.astype(bool))
            if measure.share
            else mean_interval(values, say("bias_texts.unit.texts"))
            for values in by_group
        )
        means = [interval.value for interval in intervals]
        p = _permutation_p_value(texts, measure, shuffled)
        compared.append((measure, intervals, int(np.argmax(means)), int(np.argmin(means)), p))
    adjusted = holm([p for *_, p in compared])
    templates = sorted({text.template for text in texts.texts})
    return tuple(
        GroupDifference(
            measure, intervals, high, low, p, after,
            sum(_mean(texts, measure, template, high) > _mean(texts, measure, template, low) for template in templates),
            len(templates),
        )
        for (measure, intervals, high, low, p), after in zip(compared, adjusted, strict=True)
    )  # fmt: skip


def _mean(texts: GroupTexts, measure: TextMeasure, template: int, group: int) -> float:
    values = [measure.value(text) for text in texts.texts if (text.template, text.group) == (template, group)]
    return float(np.mean(values)) if values else math.nan


def _permuted_groups(texts: GroupTexts) -> NDArray[np.intp]:
    """(R, N) groups of the texts, permuted within each template."""
    labels = np.array([text.group for text in texts.texts])
    templates = np.array([text.template for text in texts.texts])
    generator = np.random.default_rng(texts.request.seed)
    shuffled = np.repeat(labels[None], REPEATS, axis=0)  # (R, N)
    for template in np.unique(templates):
        place = np.flatnonzero(templates == template)
        order = generator.random((REPEATS, len(place))).argsort(axis=1)
        shuffled[:, place] = labels[place][order]
    return shuffled


def _permutation_p_value(texts: GroupTexts, measure: TextMeasure, shuffled: NDArray[np.intp]) -> float:
    """p of the largest difference between two groups' means, against shuffled groups: (1 + k) / (1 + R)."""
    values = np.array([measure.value(text) for text in texts.texts])
    labels = np.array([text.group for text in texts.texts])
    groups = len(texts.request.groups)
    reached = int(np.count_nonzero(_spread(values, shuffled, groups) >= _spread(values, labels[None], groups) - 1e-9))
    return (1 + reached) / (1 + REPEATS)


def _spread(values: NDArray[np.float64], labels: NDArray[np.intp], groups: int) -> NDArray[np.float64]:
    """(R,) largest difference between two groups' means. values: (N,).  labels: (R, N)."""
    means = np.stack([(labels == group) @ values / (labels == group).sum(axis=1) for group in range(groups)])
    result: NDArray[np.float64] = means.max(axis=0) - means.min(axis=0)
    return result


def distinctive_words(texts: GroupTexts, count: int = 8) -> tuple[tuple[DistinctiveWord, ...], ...]:
    """For each group, up to `count` words that distinguish its texts most from the others', the clearest first.

    Log odds ratio with an informative Dirichlet prior, in standard errors; a word counts once per text.
    Source: Monroe, Colaresi and Quinn 2008, Political Analysis 16(4), eq. 16 and 22.
    """
    groups = range(len(texts.request.groups))
    by_group = [
        Counter(word for text in texts_of_group(texts.texts, group) for word in set(text.words)) for group in groups
    ]
    every: Counter[str] = sum(by_group, Counter())
    known = [word for word, number in every.items() if number >= _FEWEST_TEXTS]
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


def most_significant(differences: Sequence[GroupDifference]) -> GroupDifference:
    """The measure with the smallest p; among equals, the one with the largest difference."""
    return min(differences, key=lambda one: (one.p, -abs(one.groups[one.high].value - one.groups[one.low].value)))


def group_measurement(texts: GroupTexts, differences: Sequence[GroupDifference]) -> Measurement:
    """The most significant difference, as a measurement for the session log."""
    best = most_significant(differences)
    groups = texts.request.groups
    values = {
        "measure": best.measure.title, "templates": best.templates, "total": best.of,
        "high": groups[best.high], "high_value": _value_text(best.measure, best.groups[best.high].value),
        "low": groups[best.low], "low_value": _value_text(best.measure, best.groups[best.low].value),
    }  # fmt: skip
    return Measurement(
        panel=NAME,
        title=say("bias_texts.group_generation.log_title", groups=", ".join(groups)),
        summary=say("bias_texts.group_generation.summary", **values),
        verdict=_verdict(best),
        n=len(texts.texts),
        unit=say("bias_texts.unit.texts"),
        method=say("bias_texts.group_generation.method", repeats=REPEATS, measures=len(differences)),
        recipe=texts.recipe(),
        interval=best.groups[best.high],
        p=best.p,
        comparisons=len(differences),
        caveats=("wording", "sentiment", "groups"),
        rows=_rows(groups, differences),
    )


def _verdict(best: GroupDifference) -> str:
    """Consistent: significant, and the same order in every template, or in all but one of many."""
    if best.adjusted > ALPHA:
        return CANNOT_TELL
    exceptions = 1 if best.of >= ENOUGH_TEMPLATES else 0
    return CONSISTENT if best.templates >= best.of - exceptions and best.of > 1 else DEPENDS


def _rows(groups: Sequence[str], differences: Sequence[GroupDifference]) -> tuple[tuple[str, ...], ...]:
    """The table of the report, its header first."""
    measure, *tests = (say(f"bias_texts.columns.{name}") for name in ("measure", "p", "holm", "beginnings"))
    rows = [(measure, *groups, *tests)]
    for one in differences:
        means = [_interval_text(one.measure, interval) for interval in one.groups]
        templates = say("bias_texts.group_generation.in_templates", templates=one.templates, total=one.of)
        rows.append((one.measure.title, *means, f"{one.p:.4f}", f"{one.adjusted:.4f}", templates))
    return tuple(rows)


def _value_text(measure: TextMeasure, value: float) -> str:
    if measure.key == "length":
        return say("bias_texts.group_generation.measures.length_value", value=value)
    return f"{value:.0%}" if measure.share else f"{value:.2f}"


def _interval_text(measure: TextMeasure, interval: Interval) -> str:
    name = "share" if measure.share else "number"
    return say(f"bias_texts.interval_{name}", value=interval.value, low=interval.low, high=interval.high)
