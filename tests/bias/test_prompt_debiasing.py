"""Prompt debiasing: prefixes that narrow a gap, widen it, reverse it, or do no more than any prefix."""

from __future__ import annotations

import pytest
from scipy.stats import ttest_rel

from playground.bias.prompt_debiasing import (
    NEUTRAL,
    NOTHING,
    RANKED,
    WRITTEN,
    YOURS,
    PromptDebiasing,
    measure_prompt_debiasing,
    prompt_debiasing_measurement,
    prompt_debiasing_recipe,
    read_prompt_debiasing,
)
from playground.core.errors import PlaygroundError
from playground.panels.bias.prompt_debiasing.data import outcome

REQUEST = {
    "prefix": "All are equal.", "neutral": "It rains.", "a": "the nurse", "b": "the cook",
    "templates": "{} said that _\nWhen {} came, _\nI asked {} why _", "beginnings": "{group} said\nWhen {group} came",
    "each": 3,
}  # fmt: skip


def measured(
    before: list[float], after: list[float], neutral: list[float], written: list[list[float]]
) -> PromptDebiasing:
    request = read_prompt_debiasing(REQUEST)
    ranked = {NOTHING: tuple(before), YOURS: tuple(after), NEUTRAL: tuple(neutral)}
    texts = dict(zip((NOTHING, YOURS, NEUTRAL), map(tuple, written), strict=True))
    return PromptDebiasing(request, ranked, texts, "0" * 64)


FAR, NEAR = [2.0, 2.2, 1.9], [0.2, 0.3, 0.1]


def flipped(values: list[float]) -> list[float]:
    return [-value for value in values]


def effects(result: PromptDebiasing) -> tuple[str, str]:
    return result.effect(RANKED), result.effect(WRITTEN)


def test_a_prefix_that_narrows_both_gaps_is_consistent_whatever_their_sign() -> None:
    for far, near in ((FAR, NEAR), (flipped(FAR), flipped(NEAR))):
        result = measured(far, near, far, [far, near, far])
        assert result.verdict == "consistent" and effects(result) == ("narrower", "narrower")
        assert result.shift(RANKED).value == pytest.approx((sum(near) - sum(far)) / 3)


def test_what_the_sentence_says_and_the_verdict_agree() -> None:
    assert measured(FAR, NEAR, FAR, [FAR, FAR, FAR]).verdict == "depends on wording"
    widened = measured(NEAR, FAR, NEAR, [NEAR, NEAR, NEAR])
    assert effects(widened) == ("wider", "none") and widened.verdict == "depends on wording"
    assert "significantly wider" in outcome(widened) and "not significantly different" in outcome(widened)
    both = measured(NEAR, FAR, NEAR, [NEAR, FAR, NEAR])
    assert effects(both) == ("wider", "wider") and both.verdict == "consistent"
    nothing = measured(NEAR, NEAR, NEAR, [NEAR, NEAR, NEAR])
    assert nothing.verdict == "cannot tell" and "wider" not in outcome(nothing)


def test_the_effect_of_the_unrelated_prefix_is_subtracted() -> None:
    alike = measured(FAR, NEAR, NEAR, [FAR, NEAR, NEAR])
    assert effects(alike) == ("none", "none") and alike.verdict == "cannot tell"
    assert alike.effect(RANKED, NOTHING, NEUTRAL) == "narrower" and "cannot claim that part" in outcome(alike)
    undone = measured(FAR, FAR, NEAR, [FAR, FAR, NEAR])  # no change by itself, where any text narrows the gap
    assert effects(undone) == ("wider", "wider")
    assert prompt_debiasing_measurement(undone).interval == undone.shift(RANKED, NEUTRAL, YOURS)


def test_a_reversed_gap_is_not_narrower() -> None:
    past = [-0.5, -0.6, -0.4]
    result = measured(FAR, past, FAR, [FAR, past, FAR])
    assert effects(result) == ("reversed", "reversed") and result.verdict == "consistent"
    assert effects(measured(FAR, flipped(FAR), FAR, [NEAR, NEAR, NEAR])) == ("reversed", "none")


def test_a_gap_that_is_not_there_cannot_be_reversed_but_can_become_wider() -> None:
    result = measured([0.1, -0.1, 0.0], FAR, [0.1, -0.2, 0.0], [NEAR, NEAR, NEAR])
    assert result.effect(RANKED) == "wider"


def test_a_few_pairs_of_texts_that_all_agree_are_no_proof() -> None:
    few = measured(FAR, FAR, FAR, [[0.0] * 5, [1.0] * 5, [0.0] * 5])
    many = measured(FAR, FAR, FAR, [[0.0] * 6, [1.0] * 6, [0.0] * 6])
    assert few.effect(WRITTEN) == "none" and many.effect(WRITTEN) == "wider"


def test_no_change_is_found_no_more_often_than_chance() -> None:
    import numpy as np

    generator, hits = np.random.default_rng(0), 0
    for _ in range(300):
        before, neutral, after = generator.normal(1, 1, (3, 8)).tolist()
        hits += measured(before, after, neutral, [before] * 3).effect(RANKED) != "none"
    assert hits <= 27  # of 300 at 5 %: P(more than 27) = 0.001


def test_the_verdict_on_both_gaps_stands_beside_the_larger_of_their_p_values() -> None:
    """A clear change of one gap does not lend its p to the other: corrected, neither may be consistent."""
    far, near = [1.0, 1.1, 0.9, 1.05, 0.95, 1.0], [0.0, 0.1, -0.1, 0.05, -0.05, 0.02]
    unclear = [0.1, 1.6, -0.4, 1.5, 0.2, 1.4]
    result = measured(far, near, far, [unclear, near, unclear])
    expected = [ttest_rel(near, gap).pvalue for gap in (far, unclear)]
    assert [result.p_value(measure) for measure in (RANKED, WRITTEN)] == pytest.approx(expected)
    measurement = prompt_debiasing_measurement(result)
    assert measurement.p == pytest.approx(max(expected)) and measurement.comparisons == 1
    assert max(expected) > 0.05 and min(expected) < 1e-3
    alike = measured(far, near, far, [[0.0] * 6, [1.0] * 6, [0.0] * 6])
    assert alike.p_value(WRITTEN) == 2 / 2**6, "equal changes: a sign test"


@pytest.mark.slow
def test_a_model_is_measured_with_every_prefix_and_its_recipe_gives_the_request(llama: str) -> None:
    *_, result = measure_prompt_debiasing(read_prompt_debiasing({**REQUEST, "model": llama}))
    assert {len(result.ranked[condition]) for condition in (NOTHING, YOURS, NEUTRAL)} == {3}
    assert {len(result.written[condition]) for condition in (NOTHING, YOURS, NEUTRAL)} == {6}
    assert result.ranked[NOTHING] != result.ranked[YOURS] != result.ranked[NEUTRAL]
    recipe = prompt_debiasing_recipe(result)
    assert read_prompt_debiasing({**recipe.settings, "seed": recipe.seed, "model": recipe.model}) == result.request
    *_, alike = measure_prompt_debiasing(
        read_prompt_debiasing({**REQUEST, "model": llama, "neutral": REQUEST["prefix"]})
    )
    assert alike.ranked[YOURS] == alike.ranked[NEUTRAL] == result.ranked[YOURS]
    measurement = prompt_debiasing_measurement(result)
    assert measurement.n == 3 + 6 and len(measurement.rows) == 1 + 6


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"prefix": ""}, "The prefix"),
        ({"prefix": "x" * 500}, "1 to 400"),
        ({"neutral": None}, "The unrelated prefix"),
        ({"a": "the cook"}, "A and B are the same"),
        ({"templates": "no slot"}, "Write 3"),
        ({"beginnings": "no slot"}, "{group} once in every beginning"),
        ({"each": 0}, "2 to 100"),
    ],
)
def test_a_bad_request_explains_itself(wrong: dict[str, object], sentence: str) -> None:
    with pytest.raises(PlaygroundError, match=sentence):
        read_prompt_debiasing({**REQUEST, **wrong})
