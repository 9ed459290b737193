"""A text before everything: what narrows a gap, what widens it, and what any text does."""

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

ASKED = {
    "prefix": "All are equal.", "neutral": "It rains.", "a": "the nurse", "b": "the cook",
    "templates": "{} said that _\nWhen {} came, _\nI asked {} why _", "beginnings": "{group} said\nWhen {group} came",
    "each": 3,
}  # fmt: skip


def measured(
    before: list[float], after: list[float], neutral: list[float], written: list[list[float]]
) -> PromptDebiasing:
    request = read_prompt_debiasing(ASKED)
    ranked = {NOTHING: tuple(before), YOURS: tuple(after), NEUTRAL: tuple(neutral)}
    texts = dict(zip((NOTHING, YOURS, NEUTRAL), map(tuple, written), strict=True))
    return PromptDebiasing(request, ranked, texts, "0" * 64)


def test_what_narrows_both_gaps_is_consistent_whichever_way_they_lean() -> None:
    for sign in (1, -1):
        far, near = [sign * value for value in (2.0, 2.2, 1.9)], [sign * value for value in (0.2, 0.3, 0.1)]
        made = measured(far, near, far, [far, near, far])
        assert made.verdict == "consistent" and made.gap_change(RANKED) == made.gap_change(WRITTEN) == 1
        assert made.reduction(RANKED).value == pytest.approx(sum(map(abs, far)) / 3 - sum(map(abs, near)) / 3)


def test_what_narrows_one_gap_alone_depends_and_what_widens_is_no_help() -> None:
    far, near = [2.0, 2.2, 1.9], [0.2, 0.3, 0.1]
    assert measured(far, near, far, [far, far, far]).verdict == "depends on wording"
    widened = measured(near, far, near, [near, near, near])
    assert widened.verdict == "cannot tell" and widened.gap_change(RANKED) == -1


def test_a_gap_that_is_turned_round_is_not_narrower_and_no_help() -> None:
    far, reversed_ = [2.0, 2.2, 1.9], [-4.0, -4.2, -3.9]
    made = measured(far, reversed_, far, [far, reversed_, far])
    assert made.reverses(RANKED) and made.reverses(WRITTEN) and made.gap_change(RANKED) == 0
    assert made.verdict == "cannot tell"
    past = measured(far, [-0.5, -0.6, -0.4], far, [far, far, far])
    assert past.reverses(RANKED) and past.gap_change(RANKED) == 1 and not past.helps(RANKED)


def test_what_any_text_does_is_no_help() -> None:
    far, near = [2.0, 2.2, 1.9], [0.2, 0.3, 0.1]
    made = measured(far, near, near, [far, near, near])
    assert not made.helps(RANKED) and made.verdict == "cannot tell" and made.gap_change(RANKED, NEUTRAL) == 1


@pytest.mark.slow
def test_a_model_is_measured_with_the_text_before_every_sentence_and_again_from_its_recipe(llama: str) -> None:
    *_, made = measure_prompt_debiasing(read_prompt_debiasing({**ASKED, "model": llama}))
    assert {len(made.ranked[condition]) for condition in (NOTHING, YOURS, NEUTRAL)} == {3}
    assert {len(made.written[condition]) for condition in (NOTHING, YOURS, NEUTRAL)} == {6}
    assert made.ranked[NOTHING] != made.ranked[YOURS] != made.ranked[NEUTRAL]
    recipe = prompt_debiasing_recipe(made)
    assert read_prompt_debiasing({**recipe.settings, "seed": recipe.seed, "model": recipe.model}) == made.request
    *_, alike = measure_prompt_debiasing(read_prompt_debiasing({**ASKED, "model": llama, "neutral": ASKED["prefix"]}))
    assert alike.ranked[YOURS] == alike.ranked[NEUTRAL] == made.ranked[YOURS]
    measurement = prompt_debiasing_measurement(made)
    assert measurement.n == 3 + 6 and len(measurement.rows) == 1 + 6


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"prefix": ""}, "text before"),
        ({"prefix": "x" * 500}, "1 to 400"),
        ({"neutral": None}, "text of no bearing"),
        ({"a": "the cook"}, "A and B are the same"),
        ({"templates": "no slot"}, "wordings"),
        ({"beginnings": "no slot"}, "needs {group} once"),
        ({"each": 0}, "2 to 100"),
    ],
)
def test_a_bad_request_explains_itself(wrong: dict[str, object], sentence: str) -> None:
    with pytest.raises(PlaygroundError, match=sentence):
        read_prompt_debiasing({**ASKED, **wrong})
