"""Findings of an image audit: shares, words drawn too often, and gaps between groups of skin tones.

Each line compares the drawn pictures with the data: drawn, corrected for the classifier's errors, minus data. The model
draws too many, too few, or copies the data within a margin; it softens, amplifies or adds a gap; or nobody can tell.
Adjusted p-values (Holm) are over all lines of one audit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.bias.image_audit import NAME, ImageAudit, Labels, RealImages
from playground.bias.multiple_testing import holm
from playground.bias.proportions import (
    CorrectedStatistic,
    confusion_matrix,
    corrected_statistic,
    corrected_statistics,
    newcombe_interval,
)
from playground.bias.session_log import ALPHA, CANNOT_TELL, CONSISTENT, POINTS, Measurement, interval_bar, verdict_name
from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.numbers import percent
from playground.core.validation import parse_choice
from playground.data import skewed
from playground.metrics.intervals import LEVEL, Interval, wilson

COPIES, SOFTENS, AMPLIFIES, ADDS = "copies", "softens", "amplifies", "adds a skew"
TOO_MANY, TOO_FEW = "draws too many", "draws too few"
#: Verdicts that say that the drawn pictures depart from the data.
DEPARTS = (SOFTENS, AMPLIFIES, ADDS, TOO_MANY, TOO_FEW)
#: An interval within this distance of the data's value counts as "copies".
NEAR = 0.1
#: A gap below this is too small to be amplified.
NEGLIGIBLE = 0.02


@dataclass(frozen=True)
class AuditFinding:
    """One line of an audit.

    title: what is counted, in words.  attribute: its label.  kind: "share", "words" or "gap".
    data: in the training pictures, exact.  drawn: in the drawn pictures, corrected for the classifier's errors.
    read: as the classifier reads it, uncorrected.  real: as it reads unseen real pictures.
    difference: drawn minus data, with the interval for the verdict.  p, adjusted: of no difference.
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

    @property
    def margin(self) -> float:
        """How far drawn may be from data to be a copy: NEAR, or half the data's share where that is less.

        Within NEAR alone, something rare could be drawn twice as often.
        """
        return NEAR if self.kind == "gap" else min(NEAR, self.data / 2, (1 - self.data) / 2)

    def row(self) -> tuple[str, ...]:
        """The line in the table of the report."""
        numbers = (self.data, self.drawn, self.difference.value, self.difference.low, self.difference.high)
        texts = [f"{number:.4f}" for number in (*numbers, self.p, self.adjusted)]
        return (self.title, *texts, verdict_name(self.verdict))


def audit_findings(read: Labels, real: RealImages, attribute: str | None = None) -> list[AuditFinding]:
    """All lines of an audit, or those of one attribute; p-values are adjusted over these lines.

    read: (n, A) labels of the drawn pictures. Raises PlaygroundError for an attribute that the data does not have.
    """
    names = real.names() if attribute is None else [parse_choice(attribute, real.names(), "attribute")]
    optional = {name for name in names if real.values[name][0] == "none"}
    findings = [_share(name, read, real) if name in optional else _words(name, read, real) for name in names]
    if skewed.GROUPED_BY in real.values:
        findings += [gap_finding(name, read, real) for name in names if name in optional]
    if not findings:
        raise PlaygroundError(say("bias_texts.image_bias.audit.nothing_to_count"))
    return judge_findings(findings)


def judge_findings(findings: Sequence[AuditFinding]) -> list[AuditFinding]:
    """The findings with adjusted p-values and verdicts."""
    adjusted = holm([one.p for one in findings])
    return [replace(one, adjusted=p, verdict=_verdict(one, p)) for one, p in zip(findings, adjusted, strict=True)]


def _verdict(one: AuditFinding, adjusted: float) -> str:
    if adjusted > ALPHA:
        within = -one.margin < one.difference.low and one.difference.high < one.margin
        return COPIES if within else CANNOT_TELL
    if one.kind != "gap":
        return TOO_MANY if one.difference.value > 0 else TOO_FEW
    if abs(one.data) < NEGLIGIBLE:
        return ADDS
    if one.difference.value * one.data > 0:
        return AMPLIFIES
    # Past 0, and further from it than the data is on its side: another skew, not a softer one.
    return ADDS if abs(one.difference.value) > 2 * abs(one.data) else SOFTENS


def _share(name: str, read: Labels, real: RealImages) -> AuditFinding:
    """The share of pictures that have the attribute at all."""
    a = real.names().index(name)
    has = [(table[:, a] > 0).astype(np.int64) for table in (read, real.truth, real.held_out, real.read)]
    (share,) = _corrected_shares(has[0], has[2], has[3], [1], 2)
    return _share_finding(_share_title(name), name, "share", 1, share, has)


def _words(name: str, read: Labels, real: RealImages) -> AuditFinding:
    """The word that departs most clearly from the data; its interval and its p allow for that choice (Bonferroni)."""
    a, kinds = real.names().index(name), len(real.values[name])
    columns = [table[:, a] for table in (read, real.truth, real.held_out, real.read)]
    shares = _corrected_shares(columns[0], columns[2], columns[3], range(kinds), kinds, 1 - ALPHA / kinds)
    data = np.bincount(columns[1], minlength=kinds) / len(columns[1])
    apart = [abs(one.interval.value - float(true)) for one, true in zip(shares, data, strict=True)]
    word = max(range(kinds), key=lambda kind: (-shares[kind].p_against(float(data[kind])), apart[kind]))
    title = say("bias_texts.image_bias.audit.word", label=name, word=real.values[name][word])
    return _share_finding(title, name, "words", word, shares[word], columns, kinds)


def _corrected_shares(
    read: Labels, held_out: Labels, seen: Labels, words: Sequence[int], kinds: int, level: float = LEVEL
) -> list[CorrectedStatistic]:
    """The corrected share of each word. read: (n,) of drawn pictures.  held_out, seen: (M,) truth and its reading."""
    counts, errors = np.bincount(read, minlength=kinds).astype(np.int64), confusion_matrix(held_out, seen, kinds)
    return corrected_statistics(lambda shares: shares[list(words)], counts, errors, repeats=4000, level=level)


def _share_finding(
    title: str, name: str, kind: str, word: int, share: CorrectedStatistic, columns: Sequence[Labels], words: int = 1
) -> AuditFinding:
    """A line about one word. columns: labels as drawn, in the data, held out, and as read.  words: compared for it."""
    data = float((columns[1] == word).mean())
    return AuditFinding(
        title, name, kind, data, share.interval.value, wilson(int((columns[0] == word).sum()), len(columns[0])),
        float((columns[3] == word).mean()), _minus(share.interval, data), min(1.0, words * share.p_against(data)),
    )  # fmt: skip


def gap_finding(name: str, read: Labels, real: RealImages, data: float | None = None) -> AuditFinding:
    """The share with the attribute among dark skin tones minus the share among light ones.

    data: the gap of the pictures that the model learned from; None for all training pictures.
    """
    drawn, truth, held_out, seen = (
        skewed.cells(table, real.names(), name) for table in (read, real.truth, real.held_out, real.read)
    )
    counts = np.bincount(drawn, minlength=4).astype(np.int64)
    true = _gap(truth) if data is None else data
    groups = counts.reshape(2, 2).sum(1)
    gap = corrected_statistic(skewed.gap_of, counts, confusion_matrix(held_out, seen, 4)) if min(groups) else None
    if gap is None or np.isnan(gap.interval.value):  # nan: after correction, one group is empty
        nothing = Interval(float("nan"), -1.0, 1.0, say("bias_texts.image_bias.audit.never_drawn"))
        apart = _minus(nothing, true)
        return AuditFinding(_gap_title(name), name, "gap", true, nothing.value, nothing, _gap(seen), apart, 1.0)
    plain = newcombe_interval((int(counts[3]), int(counts[2:].sum())), (int(counts[1]), int(counts[:2].sum())))
    return AuditFinding(
        _gap_title(name), name, "gap", true, gap.interval.value, plain, _gap(seen), _minus(gap.interval, true),
        gap.p_against(true),
    )  # fmt: skip


def _gap_title(name: str) -> str:
    return say("bias_texts.image_bias.audit.gap", label=name)


def _gap(kinds: NDArray[np.int64]) -> float:
    return skewed.gap_of(np.bincount(kinds, minlength=4) / len(kinds))


def _minus(interval: Interval, value: float) -> Interval:
    return replace(interval, value=interval.value - value, low=interval.low - value, high=interval.high - value)


def _share_title(name: str) -> str:
    if name == "glasses":
        return say("bias_texts.image_bias.audit.with", label=name)
    return say("bias_texts.image_bias.audit.with_a", label=name)


@dataclass(frozen=True)
class TwoWayCell:
    """A row of a two-way table: the share with one attribute among pictures with one word of another.

    drawn: as classified, Wilson's interval; None if no drawn picture shows the word.  data: in the training pictures.
    count: drawn pictures with the word.
    """

    word: str
    drawn: Interval | None
    data: float
    count: int


def two_way_table(read: Labels, real: RealImages, attribute: str, condition: str) -> list[TwoWayCell]:
    """The share with an attribute that may be absent, for each word of another; as classified, uncorrected.

    Raises PlaygroundError for attributes that cannot be crossed.
    """
    optional = [name for name, words in real.values.items() if words[0] == "none"]
    if not optional:
        raise PlaygroundError(say("bias_texts.image_bias.audit.one_label"))
    a = real.names().index(parse_choice(attribute, optional, "attribute"))
    b = real.names().index(parse_choice(condition, [name for name in real.names() if name != attribute], "condition"))
    cells = []
    for value, word in enumerate(real.values[condition]):
        drawn, data = read[read[:, b] == value, a] > 0, real.truth[real.truth[:, b] == value, a] > 0
        share = wilson(int(drawn.sum()), len(drawn)) if len(drawn) else None
        cells.append(TwoWayCell(word, share, float(data.mean()), len(drawn)))
    return cells


def summarize_findings(findings: Sequence[AuditFinding]) -> str:
    """The audit in a sentence or two."""
    apart = [one for one in findings if one.verdict in DEPARTS]
    if not apart:
        return say("bias_texts.image_bias.audit.summary_none", count=len(findings))
    worst = max(apart, key=lambda one: abs(one.difference.value))
    form = "summary_gap" if worst.kind == "gap" else "summary"
    values: dict[str, Any] = {"title": worst.title}
    for name, share in (("drawn", worst.drawn), ("data", worst.data)):
        values[name] = 100 * share if worst.kind == "gap" else percent(share)
    counts = {"apart": len(apart), "count": len(findings), "verdict": verdict_name(worst.verdict)}
    return say(f"bias_texts.image_bias.audit.{form}", **values, **counts)


def overall_verdict(findings: Sequence[AuditFinding]) -> str:
    """CONSISTENT if a finding significantly departs from the data, or if all findings copy it."""
    departs = any(one.verdict in DEPARTS for one in findings)
    return CONSISTENT if departs or all(one.verdict == COPIES for one in findings) else CANNOT_TELL


def report_rows(findings: Sequence[AuditFinding]) -> tuple[tuple[str, ...], ...]:
    """The table of the report, its header first."""
    columns = ("what", "in_the_data", "drawn", "difference", "low", "high", "p", "adjusted_p", "verdict")
    header = tuple(say(f"bias_texts.columns.{name}") for name in columns)
    return (header, *(one.row() for one in findings))


def audit_measurement(audit: ImageAudit, findings: Sequence[AuditFinding]) -> Measurement:
    """The audit as a measurement for the session log."""
    clearest = min(findings, key=lambda one: one.p)
    return Measurement(
        NAME,
        say("bias_texts.image_bias.audit.log_title", model=audit.request.model),
        summarize_findings(findings),
        overall_verdict(findings),
        len(audit.read),
        say("bias_texts.image_bias.drawn_pictures"),
        say("bias_texts.image_bias.audit.method", title=clearest.title),
        audit.recipe(),
        interval=clearest.difference,
        scale=POINTS,
        p=clearest.p,
        comparisons=len(findings),
        caveats=("reader", "one_training"),
        rows=report_rows(findings),
        chart=tuple(interval_bar(one.title, one.difference) for one in sorted(findings, key=lambda one: one.p)),
    )
