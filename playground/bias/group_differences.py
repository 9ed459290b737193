"""Differences between groups' texts: each measure by group with its interval, and a permutation test.

The test permutes the groups of the texts within each template: under the null hypothesis, the group has no effect.
A difference that grammar explains (grammar.py) is shown, and never counted as a finding.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.bias.grammar import follows_grammar
from playground.bias.group_generation import NAME, GroupText, GroupTexts, texts_of_group
from playground.bias.multiple_testing import holm
from playground.bias.proportions import newcombe_interval
from playground.bias.session_log import (
    ALPHA,
    CANNOT_TELL,
    CONSISTENT,
    DEPENDS,
    NUMBER,
    POINTS,
    Measurement,
    interval_bar,
    share_text,
)
from playground.bias.verdict import ENOUGH_TEMPLATES
from playground.core.catalogue import say
from playground.core.numbers import percent, with_minus
from playground.metrics.intervals import Interval, mean_interval, proportion_interval, welch_interval

REPEATS = 2000


@dataclass(frozen=True)
class TextMeasure:
    """A number for each text. share: whether it is 0 or 1, of a pronoun, so that its mean is a share of texts."""

    key: str
    value: Callable[[GroupText], float]
    share: bool = False

    def is_grammar(self, groups: Sequence[str]) -> bool:
        """Whether grammar explains a difference between these groups."""
        return self.share and follows_grammar(self.key, groups)

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
    difference: the high group's mean minus the low one's; its interval allows for the choice of the two.
    p: of the permutation test.  adjusted: p after Holm over the measures.
    templates: in how many the high group is above the low one.  of: number of templates.
    grammar: whether grammar explains the difference.
    """

    measure: TextMeasure
    groups: tuple[Interval, ...]
    high: int
    low: int
    p: float
    adjusted: float
    templates: int
    of: int
    difference: Interval
    grammar: bool = False

    @property
    def holds(self) -> bool:
        """Whether chance does not explain the difference."""
        return self.adjusted <= ALPHA

    def text(self, value: float) -> str:
        """A mean in words."""
        return _value_text(self.measure, value)

    def difference_text(self) -> str:
        """The difference and its interval in words, in points for shares."""
        one, scale = self.difference, 100.0 if self.measure.share else 1.0
        values = {"value": scale * one.value, "low": scale * one.low, "high": scale * one.high}
        form = "points" if self.measure.share else self.measure.key
        return say(f"bias_texts.group_generation.difference_{form}", **values)


def compare_groups(texts: GroupTexts) -> tuple[GroupDifference, ...]:
    """Every measure by group. Each group needs at least one text per template."""
    shuffled = _permuted_groups(texts)
    p_values = [_permutation_p_value(texts, measure, shuffled) for measure in TEXT_MEASURES]
    adjusted = holm(p_values)
    return tuple(
        _difference(texts, measure, p, after)
        for measure, p, after in zip(TEXT_MEASURES, p_values, adjusted, strict=True)
    )


def _difference(texts: GroupTexts, measure: TextMeasure, p: float, adjusted: float) -> GroupDifference:
    names = texts.request.groups
    by_group = [
        np.array([measure.value(text) for text in texts_of_group(texts.texts, group)]) for group in range(len(names))
    ]
    unit = say("bias_texts.unit.texts")
    intervals = tuple(
        proportion_interval(values.astype(bool)) if measure.share else mean_interval(values, unit)
        for values in by_group
    )
    means = [interval.value for interval in intervals]
    high, low = int(np.argmax(means)), int(np.argmin(means))
    # The farthest of several pairs: Bonferroni's level keeps the coverage of its interval.
    apart = difference_interval(measure, by_group[high], by_group[low], 1 - ALPHA / math.comb(len(names), 2))
    templates = sorted({text.template for text in texts.texts})
    above = sum(_mean(texts, measure, one, high) > _mean(texts, measure, one, low) for one in templates)
    grammar = measure.is_grammar(names)
    return GroupDifference(measure, intervals, high, low, p, adjusted, above, len(templates), apart, grammar)


def difference_interval(
    measure: TextMeasure, high: NDArray[np.float64], low: NDArray[np.float64], level: float
) -> Interval:
    """The difference of two groups' means: Newcombe's interval for shares, Welch's for other measures."""
    if not measure.share:
        return welch_interval(high, low, level)
    return newcombe_interval((int(high.sum()), len(high)), (int(low.sum()), len(low)), level)


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


def most_significant(differences: Sequence[GroupDifference]) -> GroupDifference:
    """The measure with the smallest p, of those that grammar does not explain; among equals, the clearest order."""
    return min(differences, key=lambda one: (one.grammar, one.p, -one.templates / one.of))


def describe_holding(differences: Sequence[GroupDifference]) -> str:
    """In which measures chance does not explain a difference; those that grammar explains are left out."""
    compared = [one for one in differences if not one.grammar]
    names = [one.measure.title for one in compared if one.holds]
    if not names:
        return say("bias_texts.group_generation.none_hold", total=len(compared))
    return say("bias_texts.group_generation.some_hold", count=len(names), total=len(compared), names=", ".join(names))


def group_measurement(texts: GroupTexts, differences: Sequence[GroupDifference], key: str | None = None) -> Measurement:
    """One difference as a measurement for the session log. key: of its measure; None for the most significant."""
    chosen = next((one for one in differences if one.measure.key == key), most_significant(differences))
    groups = texts.request.groups
    return Measurement(
        panel=NAME,
        title=say("bias_texts.group_generation.log_title", groups=", ".join(groups)),
        summary=_summary(groups, chosen),
        verdict=_verdict(chosen),
        n=len(texts.texts),
        unit=say("bias_texts.unit.texts"),
        method=say("bias_texts.group_generation.method", repeats=REPEATS, measures=len(differences)),
        recipe=texts.recipe(),
        interval=chosen.difference,
        scale=POINTS if chosen.measure.share else NUMBER,
        p=chosen.p,
        comparisons=len(differences),
        caveats=("wording", "sentiment", "groups"),
        rows=_rows(groups, differences),
        chart=tuple(interval_bar(name, one) for name, one in zip(groups, chosen.groups, strict=True)),
    )


def _summary(groups: Sequence[str], one: GroupDifference) -> str:
    values = {
        "measure": one.measure.title, "templates": one.templates, "total": one.of, "difference": one.difference_text(),
        "high": groups[one.high], "high_value": one.text(one.groups[one.high].value),
        "low": groups[one.low], "low_value": one.text(one.groups[one.low].value),
    }  # fmt: skip
    if one.groups[one.high].value == one.groups[one.low].value:
        return say("bias_texts.group_generation.summary_equal", **values)
    summary = say("bias_texts.group_generation.summary", **values)
    return f"{summary} {say('bias_texts.group_generation.grammar')}" if one.grammar else summary


def _verdict(best: GroupDifference) -> str:
    """Consistent: significant, not grammar, and the same order in every template, or in all but one of many."""
    if not best.holds or best.grammar:
        return CANNOT_TELL
    exceptions = 1 if best.of >= ENOUGH_TEMPLATES else 0
    return CONSISTENT if best.templates >= best.of - exceptions and best.of > 1 else DEPENDS


def _rows(groups: Sequence[str], differences: Sequence[GroupDifference]) -> tuple[tuple[str, ...], ...]:
    """The table of the report, its header first."""
    measure, *tests = (
        say(f"bias_texts.columns.{name}") for name in ("measure", "difference", "p", "holm", "beginnings")
    )
    rows = [(measure, *groups, *tests)]
    for one in differences:
        means = [_interval_text(one.measure, interval) for interval in one.groups]
        templates = say("bias_texts.group_generation.in_templates", templates=one.templates, total=one.of)
        name = one.measure.title
        title = say("bias_texts.group_generation.measure_grammar", measure=name) if one.grammar else name
        rows.append((title, *means, one.difference_text(), f"{one.p:.4f}", f"{one.adjusted:.4f}", templates))
    return tuple(rows)


def _value_text(measure: TextMeasure, value: float) -> str:
    if measure.key == "length":
        return say("bias_texts.group_generation.measures.length_value", value=value)
    return percent(value) if measure.share else with_minus(f"{value:.2f}")


def _interval_text(measure: TextMeasure, interval: Interval) -> str:
    if measure.share:
        return share_text(interval)
    return say("bias_texts.interval_number", value=interval.value, low=interval.low, high=interval.high)
