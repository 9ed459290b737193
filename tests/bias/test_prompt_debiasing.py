"""Prompt debiasing: prefixes that narrow a gap, widen it, reverse it, or do no more than any prefix."""

from __future__ import annotations

import pytest

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


def test_a_prefix_that_narrows_both_gaps_is_consistent_whatever_their_sign() -> None:
    for sign in (1, -1):
        far, near = [sign * value for value in (2.0, 2.2, 1.9)], [sign * value for value in (0.2, 0.3, 0.1)]
        result = measured(far, near, far, [far, near, far])
        assert result.verdict == "consistent" and result.gap_change(RANKED) == result.gap_change(WRITTEN) == 1
        assert result.reduction(RANKED).value == pytest.approx(sum(map(abs, far)) / 3 - sum(map(abs, near)) / 3)


def test_a_prefix_that_narrows_one_gap_depends_and_one_that_widens_does_not_help() -> None:
    far, near = [2.0, 2.2, 1.9], [0.2, 0.3, 0.1]
    assert measured(far, near, far, [far, far, far]).verdict == "depends on wording"
    widened = measured(near, far, near, [near, near, near])
    assert widened.verdict == "cannot tell" and widened.gap_change(RANKED) == -1


def test_a_reversed_gap_is_not_narrower() -> None:
    far, reversed_ = [2.0, 2.2, 1.9], [-4.0, -4.2, -3.9]
    result = measured(far, reversed_, far, [far, reversed_, far])
    assert result.reverses(RANKED) and result.reverses(WRITTEN) and result.gap_change(RANKED) == 0
    assert result.verdict == "cannot tell"
    past = measured(far, [-0.5, -0.6, -0.4], far, [far, far, far])
    assert past.reverses(RANKED) and past.gap_change(RANKED) == 1 and not past.helps(RANKED)


def test_a_prefix_that_does_no_more_than_the_unrelated_one_does_not_help() -> None:
    far, near = [2.0, 2.2, 1.9], [0.2, 0.3, 0.1]
    result = measured(far, near, near, [far, near, near])
    assert not result.helps(RANKED) and result.verdict == "cannot tell" and result.gap_change(RANKED, NEUTRAL) == 1


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
        ({"templates": "no slot"}, "wording; write 3"),
        ({"beginnings": "no slot"}, "needs {group} once"),
        ({"each": 0}, "2 to 100"),
    ],
)
def test_a_bad_request_explains_itself(wrong: dict[str, object], sentence: str) -> None:
    with pytest.raises(PlaygroundError, match=sentence):
        read_prompt_debiasing({**REQUEST, **wrong})
