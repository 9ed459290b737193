"""A planted preference is measured with its sign and size, no preference as 0; every mistake gets a sentence."""

from __future__ import annotations

import itertools
import math
from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from planted_preference import planted_model
from scipy.stats import ttest_1samp

from playground.bias import template_sweep
from playground.bias.control_pairs import CONTROLS, FEWEST_PAIRS, format_controls, pair_lines, read_controls
from playground.bias.session_log import (
    CANNOT_TELL,
    CONSISTENT,
    DEPENDS,
    Measurement,
    adjusted_p_values,
    verdict_in,
)
from playground.bias.template_sweep import TemplateSweep, sweep_templates
from playground.bias.template_sweep_request import fill_template, read_template_sweep, read_templates
from playground.bias.verdict import (
    contrast_p_value,
    control_band,
    judge_contrasts,
    phrases_p_value,
    smallest_p_value,
    wordings_p_value,
)
from playground.core.errors import PlaygroundError
from playground.core.recipe import from_query

FILLERS = ("so", "then", "now", "later", "well", "thus", "and", "but")
LINES = "\n".join(f"{filler} {{}} said _" for filler in FILLERS)
PAIRS = [[f"left{number}", f"right{number}"] for number in range(FEWEST_PAIRS)]
SETTINGS: dict[str, Any] = {
    "templates": LINES, "a": "nurse", "b": "engineer", "words_1": "she", "words_2": "he", "controls": PAIRS,
}  # fmt: skip


def measured(monkeypatch: pytest.MonkeyPatch, planted: Mapping[tuple[str, str], float], **other: Any) -> TemplateSweep:
    sides = [side for pair in PAIRS for side in pair]
    model = planted_model([*FILLERS, "nurse", "engineer", "said", "she", "he", "they", *sides], planted)
    monkeypatch.setattr(template_sweep, "load", lambda name: model)
    (sweep,) = deque(sweep_templates(read_template_sweep({**SETTINGS, **other})), maxlen=1)
    return sweep


def test_a_planted_preference_is_found_with_its_sign_and_size(monkeypatch: pytest.MonkeyPatch) -> None:
    planted = {("nurse", "she"): 1.5, ("nurse", "he"): -0.5, ("engineer", "he"): 0.75}
    sweep = measured(monkeypatch, planted)
    assert sweep.values == pytest.approx([1.5 + 0.5 + 0.75] * 8, abs=1e-5)
    assert sweep.controls == pytest.approx([0.0] * FEWEST_PAIRS, abs=1e-5)
    assert sweep.verdict == CONSISTENT and sweep.agreeing == 8
    assert sweep.summary().startswith("Holds in 8 of 8 wordings: on average, the odds of “she” rather than “he” are")
    measurement = sweep.measurement()
    assert measurement.interval is not None and measurement.interval.value == pytest.approx(math.exp(2.75), rel=1e-4)
    assert measurement.p == smallest_p_value(2 * FEWEST_PAIRS)
    swapped = measured(monkeypatch, planted, a="engineer", b="nurse")
    assert swapped.values == pytest.approx([-2.75] * 8, abs=1e-5)
    assert "the odds of “he” rather than “she” are 15.6 times as high with “engineer”" in swapped.summary()


def test_a_model_without_a_preference_shows_no_contrast(monkeypatch: pytest.MonkeyPatch) -> None:
    sweep = measured(monkeypatch, {})
    assert sweep.values == pytest.approx([0.0] * 8, abs=1e-6)
    assert sweep.verdict == CANNOT_TELL and sweep.measurement().p == 1.0


def test_a_filler_words_own_preference_cancels(monkeypatch: pytest.MonkeyPatch) -> None:
    sweep = measured(monkeypatch, {(filler, "she"): 3.0 for filler in FILLERS})
    assert sweep.values == pytest.approx([0.0] * 8, abs=1e-5)


def test_a_preference_that_arbitrary_pairs_have_too_is_not_called_consistent(monkeypatch: pytest.MonkeyPatch) -> None:
    planted = {("nurse", "she"): 1.0, **{(left, "she"): 1.2 for left, _ in PAIRS}}
    sweep = measured(monkeypatch, planted)
    assert sweep.agreeing == 8 and sweep.band == pytest.approx((-1.2, 1.2), abs=1e-5)
    assert sweep.verdict == CANNOT_TELL


def test_a_group_of_words_counts_by_its_mean(monkeypatch: pytest.MonkeyPatch) -> None:
    sweep = measured(monkeypatch, {("nurse", "she"): 2.0}, words_1="she, they")
    assert sweep.values == pytest.approx([1.0] * 8, abs=1e-5)


def test_templates_are_measured_one_by_one_before_the_controls(monkeypatch: pytest.MonkeyPatch) -> None:
    sides = [side for pair in PAIRS for side in pair]
    model = planted_model([*FILLERS, "nurse", "engineer", "said", "she", "he", *sides], {})
    monkeypatch.setattr(template_sweep, "load", lambda name: model)
    seen = list(sweep_templates(read_template_sweep(SETTINGS)))
    counts = [len(one.values) for one in seen]
    assert counts == sorted(counts) and {*counts} == set(range(9))
    assert all(one.controls == () for one in seen[:-1]) and len(seen[-1].controls) == FEWEST_PAIRS
    assert [one.done for one in seen] == sorted(one.done for one in seen) and seen[-1].done == 1.0


@pytest.mark.parametrize(
    ("values", "p", "verdict"),
    [
        ([1.0, 1.1, 0.9, 1.2, 0.8, 1.0, 1.1, 0.9], 0.001, CONSISTENT),
        ([1.0, 1.1, 0.9, 1.2, 0.8, 1.0, 1.1, -0.1], 0.05, CONSISTENT),
        ([1.0, 1.1, 0.9, 1.2, 0.8, 1.0, -0.1, -0.1], 0.001, DEPENDS),
        ([1.0, 1.1, 0.9, 1.2, 0.8, 1.0, 1.1], 0.001, CANNOT_TELL),  # seven are too few
        ([1.0, 1.1, 0.9, 1.2, 0.8, 1.0, 1.1, 0.9], 0.051, CANNOT_TELL),
        ([0.0] * 8, 1.0, CANNOT_TELL),
        ([1.0] * 8, None, CANNOT_TELL),  # not measured yet
    ],
)
def test_the_verdict_needs_agreement_and_a_small_p(values: list[float], p: float | None, verdict: str) -> None:
    assert judge_contrasts(values, p) == verdict


def test_nothing_is_called_consistent_beside_a_corrected_p_above_one_in_twenty(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sweep = measured(monkeypatch, {("nurse", "she"): 1.0})
    own = replace(sweep.measurement(), p=0.02)
    log: tuple[Measurement, ...] = (own,)
    assert own.verdict == CONSISTENT == verdict_in(log, own)
    for number in range(2):
        recipe = replace(own.recipe, seed=number + 1)
        log = (*log, replace(own, recipe=recipe, p=0.9))
    assert adjusted_p_values(log)[0] == pytest.approx(0.06) and verdict_in(log, own) == CANNOT_TELL


def test_the_band_holds_the_differences_of_any_two_phrases() -> None:
    sides = [0.1, -0.2, 0.3, 0.7]
    low, high = control_band(sides)
    distances = [abs(one - other) for one, other in itertools.combinations(sides, 2)]
    assert high == pytest.approx(np.quantile(distances, 0.95)) and low == -high


def test_the_phrases_p_value_is_exact_if_all_phrases_are_alike() -> None:
    generator = np.random.default_rng(0)
    p = np.array([phrases_p_value(one[0], one[1], one[2:]) for one in generator.standard_cauchy((2000, 42))])
    for level in (0.01, 0.05, 0.2):
        assert abs((p <= level).mean() - level) < 3 * math.sqrt(level / 2000)
    assert smallest_p_value(2 * FEWEST_PAIRS) == 1 / 861 == phrases_p_value(9.0, -9.0, np.linspace(-1, 1, 40).tolist())


def test_a_control_phrase_in_several_pairs_counts_once_and_neither_a_nor_b_is_one() -> None:
    """Pairs with one phrase in common would make small differences frequent, and p too small."""
    controls = [["day", f"night{number}"] for number in range(FEWEST_PAIRS - 1)] + [["nurse", "engineer"]]
    request = read_template_sweep({**SETTINGS, "controls": controls})
    sides = (9.0, 0.0, *(value for number in range(FEWEST_PAIRS - 1) for value in (0.0, 1.0 + number)), 9.0, 0.0)
    sweep = TemplateSweep(request, (9.0,) * 7 + (9.1,), (9.0,) * FEWEST_PAIRS, 1.0, "fast", "", sides)
    different = [0.0, *(1.0 + number for number in range(FEWEST_PAIRS - 1))]
    assert list(sweep.phrases) == different and sweep.band == control_band(different)
    assert sweep.p == phrases_p_value(9.0, 0.0, different) >= smallest_p_value(len(different))
    assert (
        "22 control phrases" not in sweep.measurement().method
        and "the 20 control phrases" in sweep.measurement().method
    )


def test_chance_is_the_larger_of_the_t_test_and_the_phrases_share() -> None:
    values = [0.2, 0.5, -0.1, 0.4]
    assert wordings_p_value(values) == pytest.approx(ttest_1samp(values, 0).pvalue)
    assert contrast_p_value(values, 9.0, -9.0, [0.0] * 40) == pytest.approx(ttest_1samp(values, 0).pvalue)
    assert contrast_p_value([1.0, 1.1, 0.9, 1.0], 1.0, 0.0, [0.0] * 18) == pytest.approx(19 / 190)


def test_no_direction_is_named_where_the_wordings_show_none() -> None:
    request = read_template_sweep(SETTINGS)
    sweep = TemplateSweep(request, (1.0, -1.0, 1.1, -1.1, 0.9, -0.9, 1.0, -1.01), (), 1.0, "fast", "")
    assert sweep.headline() == "4 lean one way, 4 the other: no difference shown"
    assert sweep.summary() == "4 lean one way, 4 the other: no difference shown."


def test_a_slot_at_the_beginning_gets_a_capital_letter() -> None:
    assert fill_template("{} said that _", "the nurse", "she") == "The nurse said that she"
    assert fill_template("Then {} said: _ left.", "the nurse", "she") == "Then the nurse said: she left."
    assert fill_template("_ saw {}.", "the nurse", "she") == "She saw the nurse."


def test_a_recipe_measures_the_same_again(monkeypatch: pytest.MonkeyPatch) -> None:
    sweep = measured(monkeypatch, {("nurse", "she"): 1.0})
    recipe = from_query(sweep.recipe().to_query())
    again = read_template_sweep({**recipe.settings, "model": recipe.model})
    assert again == sweep.request
    assert template_sweep.describe_difference(recipe, sweep) == ""


def test_every_family_has_enough_pairs_and_is_recognized_by_them() -> None:
    for name, pairs in CONTROLS.items():
        assert FEWEST_PAIRS <= len(pairs) and read_controls(name) == pairs == read_controls(pair_lines(pairs))
        assert format_controls(pairs) == name
        sides = [side for pair in pairs for side in pair]
        assert len({*sides}) == len(sides)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"a": ""}, "A must be a word or a few; it was empty"),
        ({"b": "nurse"}, "A and B are the same"),
        ({"a": "a _ b"}, "Remove the blank from"),
        ({"a": 5}, "must be a word"),
        ({"words_1": ""}, "Write 1 or more words"),
        ({"words_1": "she, he"}, "'he' is in both groups"),
        ({"words_2": "he, " + ", ".join(f"word{n}" for n in range(9))}, "at most 6 words"),
        ({"templates": ""}, "3 to 40 wordings, one per line \\(now 0"),
        ({"templates": "{} said _"}, "3 to 40 wordings, one per line \\(now 1"),
        (
            {"templates": "\n".join(f"{n} {{}} said _" for n in range(5000))},
            "3 to 40 wordings, one per line \\(now 5,000",
        ),
        ({"templates": LINES + "\nno slot _"}, "Wording 9 needs {} once"),
        ({"templates": LINES + "\n{} and {} said _"}, "Wording 9 needs {} once"),
        ({"templates": LINES + "\n{} said nothing"}, "missing word in wording 9"),
        ({"templates": LINES + "\n{} said _ to _"}, "in wording 9; there are 2"),
        ({"templates": LINES + "\n{} said _" + "x" * 400}, "at most 300 characters"),
        ({"templates": LINES + "\nso {} said _"}, "Wording 9 repeats"),
        ({"templates": 7}, "must be text"),
        ({"controls": "red / blue"}, "Write 20 to 60 control pairs"),
        ({"controls": "nonsense"}, "Write 20 to 60 control pairs"),
        ({"controls": [*PAIRS[1:], ["one", "one"]]}, "is not two different words"),
        ({"controls": [*PAIRS[1:], ["one"]]}, "is not two different words"),
        ({"controls": [*PAIRS, PAIRS[0][::-1]]}, "twice"),
        ({"controls": None}, "control pairs must be text"),
    ],
)
def test_bad_settings_get_a_sentence_that_names_the_fault(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(PlaygroundError, match=sentence.replace("{}", r"\{\}")) as error:
        read_template_sweep({**SETTINGS, **wrong})
    assert len(str(error.value)) < 300


def test_too_many_sentences_are_refused_before_any_is_scored() -> None:
    many = "\n".join(f"{number} {{}} said _" for number in range(40))
    with pytest.raises(PlaygroundError, match="sentences, over 12,000"):
        read_template_sweep({**SETTINGS, "templates": many, "words_1": "a, b, c, d", "words_2": "e, f, g, h"})


def test_markup_stays_text() -> None:
    assert read_templates("<b>{}</b> said _\n{} said _\n_ saw {}")[0] == "<b>{}</b> said _"
