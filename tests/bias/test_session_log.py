"""The session log: p-values corrected for every comparison of a visit."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from scipy.stats import binom

from playground.bias.multiple_testing import holm, sign_test
from playground.bias.session_log import (
    CANNOT_TELL,
    MOST_MEASUREMENTS,
    Measurement,
    adjusted_p_values,
    comparison_count,
    log_measurement,
    summarize_session,
)
from playground.core.catalogue import say
from playground.core.recipe import Recipe


def measurement(number: int = 0, p: float | None = None, comparisons: int = 1, panel: str = "sentences") -> Measurement:
    recipe = Recipe("bias", "model", "sha", 0, {"panel": panel, "number": number})
    return Measurement(
        panel, f"Trial {number}", "Found.", CANNOT_TELL, 8, "wordings", "By hand.", recipe, p=p, comparisons=comparisons
    )


def test_holm_matches_an_example_by_hand() -> None:
    # Sorted: 0.005 x 4 = 0.02, 0.01 x 3 = 0.03, 0.03 x 2 = 0.06, 0.04 x 1 is raised to the 0.06 before it.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []
    assert holm([0.9, 0.8]) == [1.0, 1.0]


def test_holm_never_lowers_a_p_value_and_keeps_the_order() -> None:
    draw = random.Random(0)
    for _ in range(50):
        values = [draw.random() ** 3 for _ in range(draw.randint(1, 12))]
        adjusted = holm(values)
        assert all(after >= before for before, after in zip(values, adjusted, strict=True))
        ranks = sorted(range(len(values)), key=values.__getitem__)
        assert [adjusted[index] for index in ranks] == sorted(adjusted)


def test_holm_matches_statsmodels() -> None:
    multitest = pytest.importorskip("statsmodels.stats.multitest")
    values = [0.2, 0.001, 0.03, 0.03, 0.9, 0.0004]
    assert holm(values) == pytest.approx(list(multitest.multipletests(values, method="holm")[1]))


def test_the_binomial_test_counts_both_tails() -> None:
    assert sign_test(8, 8) == pytest.approx(2 * binom.pmf(0, 8, 0.5))
    assert sign_test(4, 8) == pytest.approx(1.0)
    assert sign_test(0, 0) == 1.0


def test_a_measurement_is_corrected_for_all_its_comparisons() -> None:
    log = (measurement(1, p=0.01), measurement(2, p=0.02, comparisons=3), measurement(3))
    # Two questions: p = 0.01, and 3 x 0.02 for the second, the best of three.
    assert adjusted_p_values(log) == [pytest.approx(0.02), pytest.approx(0.06), None]
    assert comparison_count(log) == 5
    assert adjusted_p_values(()) == []


def test_the_same_measurement_again_replaces_the_first() -> None:
    log = log_measurement(
        log_measurement(log_measurement((), measurement(1, p=0.2)), measurement(2)), measurement(1, p=0.01)
    )
    assert [one.title for one in log] == ["Trial 2", "Trial 1"]
    assert log[-1].p == 0.01
    other = replace(measurement(1), recipe=replace(measurement(1).recipe, weights_sha256="other"))
    assert len(log_measurement(log, other)) == 3
    assert len(log_measurement(log, measurement(1, panel="wording"))) == 3


def test_a_full_log_drops_its_oldest() -> None:
    log: tuple[Measurement, ...] = ()
    for number in range(MOST_MEASUREMENTS + 5):
        log = log_measurement(log, measurement(number))
    assert len(log) == MOST_MEASUREMENTS and log[0].title == "Trial 5"


def test_the_summary_compares_the_significant_tests_with_chance() -> None:
    assert summarize_session(()) == say("bias_texts.session_log.empty")
    assert summarize_session((measurement(),)) == "1 comparison in this visit, not a significance test."
    summary = summarize_session(tuple(measurement(number, p=0.04) for number in range(20)))
    assert "20 comparisons" in summary and "about 1 of the 20 would" in summary and "0 of 20 pass" in summary


def test_a_verdict_is_one_of_three() -> None:
    for wrong in ({"verdict": "unbiased"}, {"caveats": ("nowhere",)}, {"comparisons": 0}):
        with pytest.raises(ValueError, match="verdict"):
            replace(measurement(), **wrong)  # type: ignore[arg-type]
