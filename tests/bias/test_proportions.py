"""Shares of pictures, corrected and compared as in the papers; planted skews are found, and only those."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from playground.bias.face_labels import read_faces, read_marks, tally_labels
from playground.bias.image_audit import RealImages, read_image_audit
from playground.bias.image_findings import audit_findings, gap_finding, judge_findings, overall_verdict, two_way_table
from playground.bias.inter_rater import cohen_kappa, rater_agreement
from playground.bias.proportions import confusion_matrix, correct_misclassification, newcombe_interval
from playground.bias.skew_request import read_skew_request
from playground.core.errors import PlaygroundError
from playground.data import avatars
from playground.data.skewed import ATTRIBUTES, GROUPED_BY, Skew, cells, gap_of, reweighing, skewed_rows, training_set

TONES = avatars.values()[GROUPED_BY]
VALUES = {GROUPED_BY: TONES, "glasses": ("none", "round")}


def people(share_dark: float, share_light: float, count: int, generator: np.random.Generator) -> np.ndarray:
    """(count, 2) labels: skin, and glasses as often as asked in each group."""
    skin = generator.integers(0, len(TONES), count)
    dark = cells(np.stack([skin, np.zeros(count, int)], 1), [GROUPED_BY, "glasses"], "glasses") >= 2
    has = generator.random(count) < np.where(dark, share_dark, share_light)
    return np.stack([skin, has.astype(np.int64)], 1)


def misread(labels: np.ndarray, errors: float, generator: np.random.Generator) -> np.ndarray:
    flipped = generator.random(len(labels)) < errors
    return np.stack([labels[:, 0], np.where(flipped, 1 - labels[:, 1], labels[:, 1])], 1)


def test_newcombe_equals_the_papers_example() -> None:
    # Newcombe 1998, table II: 56/70 and 48/80, method 10.
    difference = newcombe_interval((56, 70), (48, 80))
    assert difference.value == pytest.approx(0.2)
    assert (difference.low, difference.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_the_correction_is_rogan_and_gladens() -> None:
    sensitivity, specificity, read = 0.9, 0.8, 0.41
    errors = np.array([[specificity, 1 - specificity], [1 - sensitivity, sensitivity]])
    truth = (read + specificity - 1) / (sensitivity + specificity - 1)
    assert correct_misclassification(np.array([1 - read, read]), errors) == pytest.approx([1 - truth, truth])
    # A share below 0 is clipped.
    assert correct_misclassification(np.array([0.99, 0.01]), errors) == pytest.approx([1.0, 0.0])


def test_a_classifier_that_never_saw_a_kind_or_guesses_cannot_be_corrected_for() -> None:
    with pytest.raises(ValueError, match="without a single"):
        correct_misclassification(np.array([0.5, 0.5]), np.array([[0, 0], [1, 3]]))
    with pytest.raises(ValueError, match="carry no information"):
        correct_misclassification(np.array([0.5, 0.5]), np.array([[2, 2], [2, 2]]))


def test_the_confusion_matrix_has_true_kinds_in_rows() -> None:
    assert confusion_matrix(np.array([0, 0, 1, 1, 1]), np.array([0, 1, 1, 1, 0]), 2).tolist() == [[1, 1], [1, 2]]


def test_a_planted_skew_is_found_with_its_size_despite_classifier_errors() -> None:
    generator = np.random.default_rng(0)
    truth, held_out = people(0.5, 0.5, 400_000, generator), people(0.5, 0.5, 3000, generator)
    real = RealImages(truth, held_out, misread(held_out, 0.1, generator), VALUES)
    drawn = misread(people(0.8, 0.3, 3000, generator), 0.1, generator)
    (gap,) = judge_findings([gap_finding("glasses", drawn, real)])
    assert gap.drawn == pytest.approx(0.5, abs=0.06) and gap.read.value == pytest.approx(0.4, abs=0.06)
    assert gap.difference.low < 0.5 < gap.difference.high and gap.verdict == "adds a skew"
    assert gap_finding("glasses", drawn, real, data=0.5).p > 0.01
    by_word = {cell.word: cell for cell in two_way_table(drawn, real, "glasses", GROUPED_BY)}
    assert by_word["darkest"].drawn is not None and by_word["darkest"].drawn.value > 0.6


@pytest.mark.slow
def test_no_skew_is_found_where_there_is_none() -> None:
    generator = np.random.default_rng(1)
    hits = 0
    for _ in range(30):
        truth, held_out = people(0.4, 0.4, 20_000, generator), people(0.4, 0.4, 2000, generator)
        real = RealImages(truth, held_out, misread(held_out, 0.1, generator), VALUES)
        findings = audit_findings(misread(people(0.4, 0.4, 1000, generator), 0.1, generator), real)
        hits += overall_verdict(findings) == "consistent" and any(one.adjusted <= 0.05 for one in findings)
    assert hits <= 5  # of 30 at 5 %: P(more than 5) = 0.003


def test_a_reversed_larger_gap_is_another_skew_not_a_softer_one() -> None:
    generator = np.random.default_rng(3)
    truth, held_out = people(0.6, 0.5, 400_000, generator), people(0.5, 0.5, 3000, generator)
    real = RealImages(truth, held_out, misread(held_out, 0.05, generator), VALUES)
    drawn = misread(people(0.2, 0.7, 3000, generator), 0.05, generator)
    assert judge_findings([gap_finding("glasses", drawn, real)])[0].verdict == "adds a skew"
    softer = misread(people(0.5, 0.5, 20_000, generator), 0.05, generator)
    assert judge_findings([gap_finding("glasses", softer, real)])[0].verdict == "softens"


def test_a_group_that_only_misclassification_explains_is_missing() -> None:
    generator = np.random.default_rng(4)
    held_out = people(0.5, 0.5, 3000, generator)
    flipped = generator.random(3000) < 0.1
    seen = np.stack([np.where(flipped, (held_out[:, 0] + 4) % 8, held_out[:, 0]), held_out[:, 1]], 1)
    light = people(0.5, 0.5, 4000, generator)
    light = light[cells(light, [GROUPED_BY, "glasses"], "glasses") < 2][:1000]
    light[:20, 0] = [tone for tone in range(8) if TONES[tone] == "darkest"][0]
    one = gap_finding("glasses", light, RealImages(held_out, held_out, seen, VALUES))
    assert np.isnan(one.drawn) and one.p == 1.0


def test_reweighing_leaves_no_gap_and_the_shares_as_they_were() -> None:
    kinds = np.repeat([0, 1, 2, 3], [900, 100, 200, 1800])
    weights = reweighing(kinds)
    shares = np.bincount(kinds, weights=weights, minlength=4) / weights.sum()
    assert gap_of(shares) == pytest.approx(0.0) and weights.sum() == pytest.approx(len(kinds))
    assert shares[1] + shares[3] == pytest.approx(1900 / 3000) and shares[2] + shares[3] == pytest.approx(2 / 3)
    with pytest.raises(PlaygroundError, match="never or always"):
        reweighing(np.repeat([0, 2, 3], 10))


@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_the_skewed_set_has_the_shares_asked_for_and_the_reweighed_one_no_gap(attribute: str) -> None:
    data = avatars.load()
    skew = Skew(attribute, 0.9, 0.1)
    table = data.attribute_table()[skewed_rows(data, skew)]
    kinds = cells(table, list(data.values), attribute)
    assert gap_of(np.bincount(kinds, minlength=4) / len(kinds)) == pytest.approx(0.8)
    even = training_set(data, Skew(attribute, 0.9, 0.1, reweighed=True))
    kinds = cells(even.attribute_table()[~even.held_out], [GROUPED_BY, attribute], attribute)
    assert gap_of(np.bincount(kinds, minlength=4) / len(kinds)) == pytest.approx(0.0, abs=0.002)


def test_kappa_equals_scikit_learns_and_is_one_or_undefined_at_the_ends() -> None:
    generator = np.random.default_rng(2)
    one, other = generator.integers(0, 3, 50), generator.integers(0, 3, 50)
    assert cohen_kappa(one, other, 3) == pytest.approx(cohen_kappa_score(one, other))
    same = rater_agreement(dict(enumerate("abcabc")), dict(enumerate("abcabc")))
    assert same.kappa is not None and same.kappa.value == 1.0
    assert rater_agreement(dict(enumerate("aaaaaa")), dict(enumerate("aaaaaa"))).kappa is None
    assert rater_agreement({0: "a"}, {1: "a"}).shared == 0


def test_marks_must_fit_their_faces() -> None:
    request = read_faces(6, labels="calm, loud")
    assert read_marks("1-2", request) == {0: "calm", 2: "loud"}
    for bad in ("3", "1111111", "<b>"):
        with pytest.raises(PlaygroundError, match="belong to other faces"):
            read_marks(bad, request)
    with pytest.raises(PlaygroundError, match="Nothing labelled"):
        tally_labels({}, {}, request.labels)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (lambda: read_image_audit("gan-avatars", 0), "50 to 5,000"),
        (lambda: read_image_audit("gan-avatars", 1e9), "50 to 5,000"),
        (lambda: read_image_audit("gan-faces"), "labelled data.*gan-avatars"),
        (lambda: read_image_audit("no-model"), "not a picture model"),
        (lambda: read_image_audit("gan-avatars", 100, -1), "seed"),
        (lambda: read_skew_request("nose"), "glasses, beard, hat"),
        (lambda: read_skew_request(dark=2), "between 0 and 1"),
        (lambda: read_skew_request(steps=10), "50 to 3,000"),
        (lambda: read_skew_request("hat", steps=0), "learned glasses"),
        (lambda: read_faces(2), "6 to"),
        (lambda: read_faces(24, truncation=9), "0.05 to 4"),
        (lambda: read_faces(24, labels="one"), "two or three"),
    ],
)
def test_a_bad_request_explains_itself(wrong: object, sentence: str) -> None:
    with pytest.raises(PlaygroundError, match=sentence):
        wrong()  # type: ignore[operator]
