"""Findings of an image audit: shares, words drawn too often, and gaps between groups of skin tones.

The samples copy the data, soften or amplify its skew, add one that the data does not have, or the audit cannot tell.
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
from playground.bias.session_log import ALPHA, CANNOT_TELL, CONSISTENT, Measurement, verdict_name
from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.validation import parse_choice
from playground.data import skewed
from playground.metrics.intervals import Interval, wilson

COPIES, SOFTENS, AMPLIFIES, ADDS = "copies", "softens", "amplifies", "adds a skew"
#: Within this distance of the data's value, an interval counts as "copies".
NEAR = 0.1
#: A gap, or an imbalance, below this is too small to be amplified.
NEGLIGIBLE = 0.02


@dataclass(frozen=True)
class AuditFinding:
    """One line of an audit.

    title: what is counted, in words.  attribute: its label.  kind: "share", "words" or "gap".
    data: in the training pictures, exact.  drawn: in the drawn pictures, corrected for the classifier's errors unless
    the kind is "words".  read: as the classifier reads it, uncorrected.  real: as it reads unseen real pictures.
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
        # Within NEAR, a rare word could be drawn twice as often: that is not a copy.
        near = min(NEAR, one.data) if one.kind == "words" else NEAR
        return COPIES if -near < one.difference.low and one.difference.high < near else CANNOT_TELL
    # How uneven the data is: a share by its distance from one half, a gap by its distance from 0.
    uneven = one.data - 0.5 if one.kind == "share" else one.data
    if one.kind == "words" or abs(uneven) < NEGLIGIBLE:
        return ADDS
    if one.difference.value * uneven > 0:
        return AMPLIFIES
    # Past even, and further from it than the data is on its side: another skew, not a softer one.
    return ADDS if abs(one.difference.value) > 2 * abs(uneven) else SOFTENS


def _share(name: str, read: Labels, real: RealImages) -> AuditFinding:
    """The share of pictures that have the attribute at all."""
    a = real.names().index(name)
    has = [(table[:, a] > 0).astype(np.int64) for table in (read, real.truth, real.held_out, real.read)]
    counts = np.bincount(has[0], minlength=2).astype(np.int64)
    data = float(has[1].mean())
    share = corrected_statistic(lambda shares: float(shares[1]), counts, confusion_matrix(has[2], has[3], 2))
    difference = _minus(share.interval, data)
    whole = wilson(int(counts[1]), len(read))
    return AuditFinding(
        _share_title(name), name, "share", data, share.interval.value, whole, float(has[3].mean()), difference,
        share.p_against(data),
    )  # fmt: skip


def _words(name: str, read: Labels, real: RealImages) -> AuditFinding:
    """The word that differs most from the classifier's reading of real pictures; p covers all words."""
    a, kinds = real.names().index(name), len(real.values[name])
    drawn, true = (np.bincount(table[:, a], minlength=kinds).astype(np.int64) for table in (read, real.read))
    apart = drawn / len(read) - true / len(real.read)
    word = int(np.abs(apart).argmax())
    # The most extreme of several words: Bonferroni's level keeps the coverage of its interval.
    difference = newcombe_interval((int(drawn[word]), len(read)), (int(true[word]), len(real.read)), 1 - ALPHA / kinds)
    whole = wilson(int(drawn[word]), len(read))
    data = float((real.truth[:, a] == word).mean())
    title = say("bias_texts.image_bias.audit.word", label=name, word=real.values[name][word])
    return AuditFinding(
        title, name, "words", data, whole.value, whole, float(true[word] / true.sum()),
        difference, chi_squared_p_value(drawn, true),
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
    apart = [one for one in findings if one.verdict in (SOFTENS, AMPLIFIES, ADDS)]
    if not apart:
        return say("bias_texts.image_bias.audit.summary_none", count=len(findings))
    worst = max(apart, key=lambda one: abs(one.difference.value))
    values = {"title": worst.title, "drawn": worst.drawn, "data": worst.data, "verdict": verdict_name(worst.verdict)}
    return say("bias_texts.image_bias.audit.summary", apart=len(apart), count=len(findings), **values)


def overall_verdict(findings: Sequence[AuditFinding]) -> str:
    """CONSISTENT if a finding significantly departs from the data, or if all findings copy it."""
    departs = any(one.verdict in (SOFTENS, AMPLIFIES, ADDS) for one in findings)
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
        p=clearest.p,
        comparisons=len(findings),
        caveats=("reader", "one_training"),
        rows=report_rows(findings),
    )
