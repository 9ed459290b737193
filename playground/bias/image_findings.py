"""Findings of an image audit: shares, words drawn too often, and gaps between groups of skin tones.

The samples copy the data, soften or amplify its skew, add one that the data does not have, or none can be established.
Adjusted p-values (Holm) are over all lines of one audit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from playground.bias.image_audit import NAME, ImageAudit, Labels, RealImages
from playground.bias.multiple_testing import holm
from playground.bias.proportions import chi_squared_p_value, confusion_matrix, corrected_statistic, newcombe_interval
from playground.bias.session_log import ALPHA, CANNOT_TELL, CONSISTENT, Measurement
from playground.core.errors import PlaygroundError
from playground.core.validation import parse_choice
from playground.data import skewed
from playground.metrics.intervals import Interval, wilson

COPIES, SOFTENS, AMPLIFIES, ADDS = "copies", "softens", "amplifies", "adds a skew"
#: An interval within so much of the data's value counts as "copies".
NEAR = 0.1
#: A gap, or an imbalance, below this is too small to be amplified.
NEGLIGIBLE = 0.02


@dataclass(frozen=True)
class AuditFinding:
    """One line. title: what is counted.  attribute: whose label.  kind: "share", "words" or "gap".

    data: in the training pictures, exact.  drawn: in the drawn ones, corrected for the classifier's errors where the
    kind is not "words".  read: what the classifier read, uncorrected.  real: what it reads off real, unseen pictures.
    difference: drawn minus data, with the interval that the verdict rests on.  p, adjusted: of there being none.
    """

    title: str
    attribute: str
    kind: str
    data: float
    drawn: float
    read: Interval
    real: float
    difference: Interval
    p: float
    adjusted: float = 1.0
    verdict: str = CANNOT_TELL

    def row(self) -> tuple[str, ...]:
        """As a line of the report."""
        numbers = (self.data, self.drawn, self.difference.value, self.difference.low, self.difference.high)
        told = [f"{number:.4f}" for number in (*numbers, self.p, self.adjusted)]
        return (self.title, *told, self.verdict)


def audit_findings(read: Labels, real: RealImages, attribute: str | None = None) -> list[AuditFinding]:
    """All lines of an audit, or those of one attribute; p-values are adjusted over the lines that are given.

    read: (n, A), of the drawn pictures. Raises PlaygroundError for an attribute that the data does not have.
    """
    names = real.names() if attribute is None else [parse_choice(attribute, real.names(), "attribute")]
    found = [_share(name, read, real) if real.values[name][0] == "none" else _words(name, read, real) for name in names]
    if skewed.GROUPED_BY in real.values:
        found += [gap_finding(name, read, real) for name in names if real.values[name][0] == "none"]
    if not found:
        raise PlaygroundError("There is nothing to count in this data.")
    return judge_findings(found)


def judge_findings(found: Sequence[AuditFinding]) -> list[AuditFinding]:
    """With adjusted p-values and verdicts."""
    adjusted = holm([one.p for one in found])
    return [replace(one, adjusted=p, verdict=_verdict(one, p)) for one, p in zip(found, adjusted, strict=True)]


def _verdict(one: AuditFinding, adjusted: float) -> str:
    if adjusted > ALPHA:
        # A word may be rare: drawn twice as often, it would not be copied.
        near = min(NEAR, one.data) if one.kind == "words" else NEAR
        return COPIES if -near < one.difference.low and one.difference.high < near else CANNOT_TELL
    # What is uneven in the data: a share is, if it is not one half; a gap, if it is not 0.
    uneven = one.data - 0.5 if one.kind == "share" else one.data
    if one.kind == "words" or abs(uneven) < NEGLIGIBLE:
        return ADDS
    if one.difference.value * uneven > 0:
        return AMPLIFIES
    # Past even, and further on the other side than the data is on its own: another skew, and no softer one.
    return ADDS if abs(one.difference.value) > 2 * abs(uneven) else SOFTENS


def _share(name: str, read: Labels, real: RealImages) -> AuditFinding:
    """How many have one at all."""
    a = real.names().index(name)
    has = [(table[:, a] > 0).astype(np.int64) for table in (read, real.truth, real.held_out, real.read)]
    counts = np.bincount(has[0], minlength=2).astype(np.int64)
    data = float(has[1].mean())
    made = corrected_statistic(lambda shares: float(shares[1]), counts, confusion_matrix(has[2], has[3], 2))
    difference = _minus(made.interval, data)
    whole = wilson(int(counts[1]), len(read))
    return AuditFinding(
        f"with {_article(name)}", name, "share", data, made.interval.value, whole, float(has[3].mean()), difference,
        made.p_against(data),
    )  # fmt: skip


def _words(name: str, read: Labels, real: RealImages) -> AuditFinding:
    """All words at once, and the one that departs most from what the classifier reads off real pictures."""
    a, kinds = real.names().index(name), len(real.values[name])
    drawn, true = (np.bincount(table[:, a], minlength=kinds).astype(np.int64) for table in (read, real.read))
    apart = drawn / len(read) - true / len(real.read)
    word = int(np.abs(apart).argmax())
    # The most extreme of so many: Bonferroni's level keeps the interval honest.
    difference = newcombe_interval((int(drawn[word]), len(read)), (int(true[word]), len(real.read)), 1 - ALPHA / kinds)
    whole = wilson(int(drawn[word]), len(read))
    data = float((real.truth[:, a] == word).mean())
    return AuditFinding(
        f"{name}: {real.values[name][word]}", name, "words", data, whole.value, whole, float(true[word] / true.sum()),
        difference, chi_squared_p_value(drawn, true),
    )  # fmt: skip


def gap_finding(name: str, read: Labels, real: RealImages, data: float | None = None) -> AuditFinding:
    """The share with it among the dark tones minus that among the light.

    data: the gap of the pictures that the model learned from; None for all training pictures.
    """
    drawn, truth, held_out, seen = (
        skewed.cells(table, real.names(), name) for table in (read, real.truth, real.held_out, real.read)
    )
    counts = np.bincount(drawn, minlength=4).astype(np.int64)
    true = _gap(truth) if data is None else data
    groups = counts.reshape(2, 2).sum(1)
    made = corrected_statistic(skewed.gap_of, counts, confusion_matrix(held_out, seen, 4)) if min(groups) else None
    if made is None or np.isnan(made.interval.value):  # or what was read of a group is no more than misreadings
        nothing = Interval(float("nan"), -1.0, 1.0, "one group was never drawn")
        apart = _minus(nothing, true)
        return AuditFinding(_gap_title(name), name, "gap", true, nothing.value, nothing, _gap(seen), apart, 1.0)
    plain = newcombe_interval((int(counts[3]), int(counts[2:].sum())), (int(counts[1]), int(counts[:2].sum())))
    return AuditFinding(
        _gap_title(name), name, "gap", true, made.interval.value, plain, _gap(seen), _minus(made.interval, true),
        made.p_against(true),
    )  # fmt: skip


def _gap_title(name: str) -> str:
    return f"{name}: dark minus light skin"


def _gap(kinds: NDArray[np.int64]) -> float:
    return skewed.gap_of(np.bincount(kinds, minlength=4) / len(kinds))


def _minus(interval: Interval, value: float) -> Interval:
    return replace(interval, value=interval.value - value, low=interval.low - value, high=interval.high - value)


def _article(name: str) -> str:
    return name if name == "glasses" else f"a {name}"


@dataclass(frozen=True)
class TwoWayCell:
    """Of a two-way table: among pictures with the word, the share with the attribute.

    drawn: as read, Wilson's interval; None if no drawn picture shows the word.  data: in the training pictures.
    count: drawn pictures with the word.
    """

    word: str
    drawn: Interval | None
    data: float
    count: int


def two_way_table(read: Labels, real: RealImages, attribute: str, given: str) -> list[TwoWayCell]:
    """The share with an attribute that may be absent, for every word of another. As read, uncorrected.

    Raises PlaygroundError for attributes that cannot be crossed.
    """
    optional = [name for name, words in real.values.items() if words[0] == "none"]
    if not optional:
        raise PlaygroundError("This data has one label only: there is nothing to cross it with.")
    a = real.names().index(parse_choice(attribute, optional, "attribute"))
    b = real.names().index(parse_choice(given, [name for name in real.names() if name != attribute], "given"))
    cells = []
    for value, word in enumerate(real.values[given]):
        among, there = read[read[:, b] == value, a] > 0, real.truth[real.truth[:, b] == value, a] > 0
        drawn = wilson(int(among.sum()), len(among)) if len(among) else None
        cells.append(TwoWayCell(word, drawn, float(there.mean()), len(among)))
    return cells


def summarize_findings(found: Sequence[AuditFinding]) -> str:
    """The audit in a sentence or two."""
    apart = [one for one in found if one.verdict in (SOFTENS, AMPLIFIES, ADDS)]
    if not apart:
        return f"In none of {len(found)} comparisons do the drawn pictures surely depart from the data."
    worst = max(apart, key=lambda one: abs(one.difference.value))
    return (
        f"In {len(apart)} of {len(found)} comparisons the drawn pictures depart from the data, more than chance "
        f"explains. The largest: {worst.title}, {worst.drawn:.1%} drawn, {worst.data:.1%} in the data "
        f"({worst.verdict})."
    )


def overall_verdict(found: Sequence[AuditFinding]) -> str:
    """CONSISTENT if some finding surely departs from the data, or all of them copy it."""
    sure = any(one.verdict in (SOFTENS, AMPLIFIES, ADDS) for one in found)
    return CONSISTENT if sure or all(one.verdict == COPIES for one in found) else CANNOT_TELL


HEADER = ("what", "in the data", "drawn", "difference", "low", "high", "p", "adjusted p", "verdict")


def audit_measurement(drawn: ImageAudit, found: Sequence[AuditFinding]) -> Measurement:
    """The audit as a measurement for the session log."""
    least = min(found, key=lambda one: one.p)
    return Measurement(
        NAME,
        f"Audit of {drawn.request.model}",
        summarize_findings(found),
        overall_verdict(found),
        len(drawn.read),
        "drawn pictures",
        "drawn for “any”; read by a classifier, its known errors undone; Holm over all lines. Interval and p: of the "
        f"clearest line, {least.title}, drawn minus data",
        drawn.recipe(),
        interval=least.difference,
        p=least.p,
        comparisons=len(found),
        caveats=("reader", "one_training"),
        rows=(HEADER, *(one.row() for one in found)),
    )
