"""One definition for every line of an audit: drawn, corrected, minus data; too many, too few, or within a margin."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from playground.bias.image_audit import RealImages
from playground.bias.image_findings import AuditFinding, audit_findings, judge_findings, summarize_findings
from playground.bias.proportions import confusion_matrix, corrected_statistic, newcombe_interval
from playground.bias.session_log import verdict_name
from playground.metrics.intervals import Interval, wilson
from playground.panels.bias.image_bias.data import audit_value, points

COLOURS = ("red", "green", "blue")
VALUES = {"colour": COLOURS, "beard": ("none", "full")}


def misread(labels: np.ndarray, kinds: int, errors: float, generator: np.random.Generator) -> np.ndarray:
    """Labels of which a share is read as the next kind: the classifier is not fair to all kinds."""
    return np.where(generator.random(len(labels)) < errors * (labels + 1), (labels + 1) % kinds, labels)


def data_of(
    shares: tuple[float, float, float], beard: float, errors: float, generator: np.random.Generator
) -> RealImages:
    def draw(count: int) -> np.ndarray:
        return np.stack([generator.choice(3, count, p=shares), generator.random(count) < beard], 1).astype(np.int64)

    held_out = draw(4000)
    read = np.stack([misread(held_out[:, 0], 3, errors, generator), misread(held_out[:, 1], 2, errors, generator)], 1)
    return RealImages(draw(50_000), held_out, read, VALUES)


def line(kind: str, data: float, low: float, high: float, p: float) -> AuditFinding:
    value = (low + high) / 2
    return AuditFinding("x", "x", kind, data, data + value, wilson(1, 9), data, Interval(value, low, high, ""), p)


def verdict(*values: object) -> str:
    return judge_findings([line(*values)])[0].verdict  # type: ignore[arg-type]


def test_every_line_s_difference_is_drawn_minus_data_despite_an_unfair_classifier() -> None:
    generator = np.random.default_rng(0)
    real = data_of((0.5, 0.3, 0.2), 0.15, 0.1, generator)
    drawn = np.stack([generator.choice(3, 4000, p=(0.3, 0.5, 0.2)), generator.random(4000) < 0.3], 1).astype(np.int64)
    read = np.stack([misread(drawn[:, 0], 3, 0.1, generator), misread(drawn[:, 1], 2, 0.1, generator)], 1)
    for one in audit_findings(read, real):
        assert one.difference.value == pytest.approx(one.drawn - one.data)
    colour, beard = audit_findings(read, real)
    assert beard.drawn == pytest.approx(0.3, abs=0.03) and beard.verdict == "draws too many"
    assert colour.title in ("colour: red", "colour: green") and abs(colour.difference.value) == pytest.approx(
        0.2, abs=0.04
    )
    assert colour.verdict == ("draws too few" if colour.title == "colour: red" else "draws too many")
    assert "points" not in summarize_findings([beard]) and verdict_name(beard.verdict) in summarize_findings([beard])
    assert summarize_findings([beard]).startswith("Drawn pictures depart from the data"), "Fashion has one line"
    assert summarize_findings(audit_findings(read, real)).startswith("In 2 of 2 comparisons")
    assert "comparisons" not in summarize_findings([replace(beard, verdict="cannot tell")])


def test_more_beards_than_in_the_data_are_too_many_and_no_softer_skew() -> None:
    assert verdict("share", 0.15, 0.03, 0.08, 1e-4) == "draws too many"
    assert verdict("share", 0.85, -0.08, -0.03, 1e-4) == "draws too few"
    assert verdict("words", 0.2, 0.03, 0.08, 1e-4) == "draws too many"
    assert verdict("gap", 0.3, -0.2, -0.1, 1e-4) == "softens" and verdict("gap", 0.3, 0.1, 0.2, 1e-4) == "amplifies"


def test_a_copy_is_within_a_margin_that_is_said_and_that_no_rare_share_can_double_in() -> None:
    assert verdict("share", 0.5, -0.09, 0.09, 0.5) == "copies" and verdict("gap", 0.0, -0.09, 0.09, 0.5) == "copies"
    assert verdict("share", 0.05, -0.04, 0.06, 0.5) == verdict("share", 0.97, -0.02, 0.02, 0.5) == "cannot tell"
    (row,) = audit_value(judge_findings([line("share", 0.08, -0.02, 0.03, 0.5)]))["rows"]
    assert row["cells"][-1] == "= copies, within ±4\u00a0points" and row["text"] == points(0.005) == "+0\u00a0points"


@pytest.mark.parametrize("share", [0.02, 0.3, 0.97])
def test_intervals_of_shares_hold_the_truth_in_95_of_100_and_stay_between_0_and_1(share: float) -> None:
    generator = np.random.default_rng(0)
    shares = [wilson(int(hits), 120) for hits in generator.binomial(120, share, 2000)]
    assert np.mean([one.low <= share <= one.high for one in shares]) >= 0.93
    assert min(one.low for one in shares) >= 0 and max(one.high for one in shares) <= 1
    pairs = generator.binomial(120, (share, 0.5), (2000, 2))
    apart = [newcombe_interval((int(one), 120), (int(other), 120)) for one, other in pairs]
    assert np.mean([one.low <= share - 0.5 <= one.high for one in apart]) >= 0.93
    assert min(one.low for one in apart) >= -1 and max(one.high for one in apart) <= 1


@pytest.mark.parametrize("share", [0.03, 0.4])
def test_the_corrected_share_s_interval_holds_the_truth_in_95_of_100(share: float) -> None:
    generator, rates = np.random.default_rng(1), np.array([[0.95, 0.05], [0.15, 0.85]])
    hits = []
    for _ in range(200):
        errors = np.stack([generator.multinomial(count, rate) for count, rate in zip((1500, 500), rates, strict=True)])
        read = generator.multinomial(600, np.array([1 - share, share]) @ rates)
        one = corrected_statistic(lambda shares: float(shares[1]), read, errors, 400).interval
        assert 0 <= one.low <= one.high <= 1
        hits.append(one.low <= share <= one.high)
    assert np.mean(hits) >= 0.90  # 95 %, less three standard errors of 200 runs


def test_the_batch_corrects_each_read_as_one_alone() -> None:
    errors = confusion_matrix(np.array([0, 0, 1, 1, 1, 1]), np.array([0, 0, 1, 1, 1, 0]), 2)
    one = corrected_statistic(lambda shares: float(shares[1]), np.array([60, 40]), errors, 50)
    assert one.interval.value == pytest.approx(0.4 / 0.75)
