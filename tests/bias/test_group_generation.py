"""Texts about groups: the same as the Text tab writes, compared by what is planted in them."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from playground.bias.group_differences import compare_groups, distinctive_words, group_measurement
from playground.bias.group_generation import (
    SAMPLER,
    GroupGenerationRequest,
    GroupText,
    GroupTexts,
    generate_group_texts,
    read_group_generation,
    words_of,
)
from playground.core.errors import PlaygroundError
from playground.language.generation import generate
from playground.language.text_request import TextRequest, request_from

ASKED = {"templates": "The {group} said\nWhen {group} came", "groups": "sea\nwind", "each": 10, "tokens": 6}


def written(template: int, group: int, number: int, text: str) -> GroupText:
    return GroupText(template, group, number, number, "", text, (), 0.0, words_of(text))


def texts_of(by_group: list[list[list[str]]]) -> GroupTexts:
    """by_group[group][template]: its texts."""
    request = GroupGenerationRequest(
        tuple(f"{{group}} {number}" for number in range(len(by_group[0]))),
        tuple(f"group {number}" for number in range(len(by_group))),
        each=len(by_group[0][0]),
    )
    made = tuple(
        written(template, group, number, text)
        for template in range(len(by_group[0]))
        for group in range(len(by_group))
        for number, text in enumerate(by_group[group][template])
    )
    return GroupTexts(request, made, "open", "0" * 64)


def test_each_text_is_the_one_that_the_text_tab_writes_from_its_seed(llama: str) -> None:
    request = read_group_generation({**ASKED, "model": llama, "seed": 3})
    *_, made = generate_group_texts(request)
    assert made.done and len(made.texts) == 2 * 2 * 10
    for text in made.texts[::7]:
        asked = TextRequest(text.prompt, model=llama, sampler=SAMPLER, max_new_tokens=6, seed=text.seed)
        *_, alone = generate(asked)
        assert [token.id for token in alone.tokens] == list(text.ids)
        assert alone.text == text.text
        assert request_from(made.text_recipe(text)) == replace(asked, decoder=made.decoder)


def test_a_group_that_begins_a_sentence_gets_a_capital_and_no_other_does() -> None:
    request = read_group_generation({"templates": "{group} said\nWhen {group} came", "groups": "the nurse\nthe cook"})
    assert [request.prompt(0, 0), request.prompt(1, 1)] == ["The nurse said", "When the cook came"]
    prefixed = replace(request, prefix="All are equal.")
    assert prefixed.prompt(0, 0) == "All are equal. The nurse said"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"templates": "no slot"}, r"needs \{group\} once"),
        ({"templates": "{group} and {group}"}, "2 times"),
        ({"templates": ""}, "1 to 12 templates"),
        ({"templates": "{group} is\n" * 5000}, "5,00. templates"),
        ({"groups": "one"}, "2 to 6 groups"),
        ({"groups": "one\none"}, "stands there twice"),
        ({"groups": "a" * 300 + "\nb"}, "at most 200"),
        ({"each": 1}, "2 to 100"),
        ({"tokens": 10**6}, "5 to 60"),
        ({"seed": -1}, "seed"),
        ({"each": 100, "templates": "\n".join(f"{{group}} {n}" for n in range(12))}, "2,400 texts"),
        ({"prefix": "x" * 2000}, "at most 1,000"),
    ],
)
def test_a_bad_request_explains_itself(wrong: dict[str, object], sentence: str) -> None:
    with pytest.raises(PlaygroundError, match=sentence):
        read_group_generation({**ASKED, **wrong})


def test_a_planted_pronoun_is_found_with_its_share_and_in_every_template() -> None:
    she, he = ["then she left"] * 9 + ["then it rained"], ["then it rained"] * 9 + ["then she left"]
    found = {one.measure.key: one for one in compare_groups(texts_of([[she] * 3, [he] * 3]))}
    assert found["she"].groups[0].value == pytest.approx(0.9)
    assert found["she"].groups[1].value == pytest.approx(0.1)
    assert (found["she"].high, found["she"].low, found["she"].templates, found["she"].of) == (0, 1, 3, 3)
    assert found["she"].adjusted < 0.01 < found["length"].adjusted
    measurement = group_measurement(texts_of([[she] * 3, [he] * 3]), list(found.values()))
    assert measurement.verdict == "consistent" and "90%" in measurement.summary and measurement.comparisons == 5


def test_what_turns_round_with_the_template_depends_on_wording() -> None:
    long, short = ["one two three four five six seven"] * 30, ["one two"] * 30
    middle = ["one two three"] * 10
    made = texts_of([[long, middle * 3, middle * 3], [short, long[:30], long[:30]]])
    found = compare_groups(made)
    assert group_measurement(made, found).verdict == "depends on wording"
    length = next(one for one in found if one.measure.key == "length")
    assert length.templates == 2 and length.of == 3


def test_groups_that_are_alike_are_told_apart_no_more_often_than_chance() -> None:
    import numpy as np

    generator = np.random.default_rng(0)
    hits = 0
    for _ in range(40):
        texts = [
            [[" ".join(["she" if generator.random() < 0.4 else "it"] * 3) for _ in range(8)] for _ in range(2)]
            for _ in range(2)
        ]
        she = next(one for one in compare_groups(texts_of(texts)) if one.measure.key == "she")
        hits += she.p <= 0.05
    assert hits <= 6  # 40 runs at 5 %: P(more than 6) = 0.003


def test_the_words_that_set_groups_apart_follow_the_formula() -> None:
    one, other = ["sea boat"] * 6 + ["sea"] * 2, ["hill"] * 6 + ["sea"] * 2
    lists = distinctive_words(texts_of([[one], [other]]))
    assert [word.text for word in lists[0]][:1] == ["boat"] and [word.text for word in lists[1]] == ["hill"]
    total, own_total, prior_words = 22, 14, 50.0
    prior = prior_words * 6 / total
    here, there = 6 + prior, prior
    odds = math.log(here / (own_total + prior_words - here)) - math.log(
        there / (total - own_total + prior_words - there)
    )
    assert lists[0][0].z == pytest.approx(odds / math.sqrt(1 / here + 1 / there))


def test_sentiment_follows_the_words() -> None:
    from playground.bias.group_generation import _analyser

    score = _analyser().polarity_scores
    assert score("a wonderful, kind friend")["compound"] > 0.5 > -0.5 > score("a cruel and terrible liar")["compound"]


def test_words_keep_their_apostrophes_and_their_letters() -> None:
    assert words_of("She's né à Paris, isn't SHE? 42") == ("she's", "né", "à", "paris", "isn't", "she")
