"""Texts about groups: the same as in the Text tab, and planted differences are found."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from playground.bias.distinctive_words import distinctive_words, exact_p_value
from playground.bias.grammar import follows_grammar
from playground.bias.group_differences import compare_groups, group_measurement
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

REQUEST = {"templates": "The {group} said\nWhen {group} came", "groups": "sea\nwind", "each": 10, "tokens": 6}


def written(template: int, group: int, number: int, text: str) -> GroupText:
    return GroupText(template, group, number, number, "", text, (), 0.0, words_of(text))


def texts_of(by_group: list[list[list[str]]]) -> GroupTexts:
    """by_group[group][template]: its texts."""
    request = GroupGenerationRequest(
        tuple(f"{{group}} {number}" for number in range(len(by_group[0]))),
        tuple(f"group {number}" for number in range(len(by_group))),
        each=len(by_group[0][0]),
    )
    texts = tuple(
        written(template, group, number, text)
        for template in range(len(by_group[0]))
        for group in range(len(by_group))
        for number, text in enumerate(by_group[group][template])
    )
    return GroupTexts(request, texts, "open", "0" * 64)


def test_each_text_equals_that_of_the_text_tab_with_its_seed(llama: str) -> None:
    request = read_group_generation({**REQUEST, "model": llama, "seed": 3})
    *_, group_texts = generate_group_texts(request)
    assert group_texts.done and len(group_texts.texts) == 2 * 2 * 10
    for text in group_texts.texts[::7]:
        text_request = TextRequest(text.prompt, model=llama, sampler=SAMPLER, max_new_tokens=6, seed=text.seed)
        *_, alone = generate(text_request)
        assert [token.id for token in alone.tokens] == list(text.ids)
        assert alone.text == text.text
        assert request_from(group_texts.text_recipe(text)) == replace(text_request, decoder=group_texts.decoder)


def test_only_a_group_at_the_start_of_a_sentence_is_capitalised() -> None:
    request = read_group_generation({"templates": "{group} said\nWhen {group} came", "groups": "the nurse\nthe cook"})
    assert [request.prompt(0, 0), request.prompt(1, 1)] == ["The nurse said", "When the cook came"]
    prefixed = replace(request, prefix="All are equal.")
    assert prefixed.prompt(0, 0) == "All are equal. The nurse said"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"templates": "no slot"}, r"\{group\} once in every beginning"),
        ({"templates": "{group} and {group}"}, "2 times"),
        ({"templates": ""}, "1 to 12 beginnings"),
        ({"templates": "{group} is\n" * 5000}, "there are 5,00."),
        ({"groups": "one"}, "2 to 6 groups"),
        ({"groups": "one\none"}, "Two groups are the same"),
        ({"groups": "a" * 300 + "\nb"}, "to 200 characters"),
        ({"each": 1}, "2 to 100"),
        ({"tokens": 10**6}, "5 to 60"),
        ({"seed": -1}, "seed"),
        ({"each": 100, "templates": "\n".join(f"{{group}} {n}" for n in range(12))}, "2,400 texts"),
        ({"prefix": "x" * 2000}, "to 1,000 characters"),
    ],
)
def test_a_bad_request_explains_itself(wrong: dict[str, object], sentence: str) -> None:
    with pytest.raises(PlaygroundError, match=sentence):
        read_group_generation({**REQUEST, **wrong})


def test_a_planted_pronoun_is_found_with_its_share_and_in_every_template() -> None:
    she, he = ["then she left"] * 9 + ["then it rained"], ["then it rained"] * 9 + ["then she left"]
    differences = {one.measure.key: one for one in compare_groups(texts_of([[she] * 3, [he] * 3]))}
    assert differences["she"].groups[0].value == pytest.approx(0.9)
    assert differences["she"].groups[1].value == pytest.approx(0.1)
    assert (differences["she"].high, differences["she"].low, differences["she"].templates, differences["she"].of) == (
        0,
        1,
        3,
        3,
    )
    assert differences["she"].adjusted < 0.01 < differences["length"].adjusted
    measurement = group_measurement(texts_of([[she] * 3, [he] * 3]), list(differences.values()))
    assert measurement.verdict == "consistent" and "90\u00a0%" in measurement.summary and measurement.comparisons == 5


def test_a_difference_that_reverses_with_the_template_depends_on_wording() -> None:
    long, short = ["one two three four five six seven"] * 30, ["one two"] * 30
    middle = ["one two three"] * 10
    texts = texts_of([[long, middle * 3, middle * 3], [short, long[:30], long[:30]]])
    differences = compare_groups(texts)
    assert group_measurement(texts, differences).verdict == "depends on wording"
    length = next(one for one in differences if one.measure.key == "length")
    assert length.templates == 2 and length.of == 3


def test_equal_groups_differ_significantly_no_more_often_than_chance() -> None:
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


def test_distinctive_words_follow_the_formula() -> None:
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


def test_sentiment_is_positive_for_kind_words_and_negative_for_cruel_ones() -> None:
    from playground.bias.group_generation import _analyser

    score = _analyser().polarity_scores
    assert score("a wonderful, kind friend")["compound"] > 0.5 > -0.5 > score("a cruel and terrible liar")["compound"]


def test_words_keep_their_apostrophes_and_their_letters() -> None:
    assert words_of("She's né à Paris, isn't SHE? 42") == ("she's", "né", "à", "paris", "isn't", "she")


MAN_WOMAN = ("the man", "the woman")


def named(texts: GroupTexts, *groups: str) -> GroupTexts:
    return replace(texts, request=replace(texts.request, groups=groups))


def test_a_pronoun_that_follows_the_gender_of_its_noun_is_grammar_and_no_finding() -> None:
    he, she = ["then he left"] * 7 + ["it rained"] * 3, ["then she left"] * 7 + ["it rained"] * 3
    texts = named(texts_of([[he] * 3, [she] * 3]), *MAN_WOMAN)
    differences = compare_groups(texts)
    by_key = {one.measure.key: one for one in differences}
    assert by_key["he"].grammar and by_key["she"].grammar and by_key["he"].adjusted < 0.01
    assert group_measurement(texts, differences).verdict == "cannot tell"
    chosen = group_measurement(texts, differences, "he")
    assert chosen.verdict == "cannot tell" and "Grammar explains this" in chosen.summary and chosen.p == by_key["he"].p
    marks = {word.text: word.grammar for words in distinctive_words(texts) for word in words}
    assert marks["he"] and marks["she"]
    nurse = named(texts, "the nurse", "the engineer")
    assert group_measurement(nurse, compare_groups(nurse)).verdict == "consistent"


@pytest.mark.parametrize(
    ("groups", "pronoun", "grammar"),
    [
        (MAN_WOMAN, "he", True),
        (MAN_WOMAN, "they", False),
        (("the nurse", "the engineer"), "she", False),
        (("the nurse", "the male nurse"), "he", True),
        (("the Black woman", "the white woman"), "she", False),
        (("the women", "the woman"), "they", True),
        (("the actress", "the boss"), "they", False),
        (("the Christian", "the Muslims"), "they", True),
        (("Mary", "John"), "she", True),
    ],
)
def test_grammar_explains_only_what_the_groups_own_words_decide(
    groups: tuple[str, ...], pronoun: str, grammar: bool
) -> None:
    assert follows_grammar(pronoun, groups) is grammar


def test_the_difference_has_newcombes_interval_and_allows_for_the_choice_of_the_pair() -> None:
    from playground.bias.proportions import newcombe_interval

    groups = [[["she"] * hits + ["it"] * (20 - hits)] * 2 for hits in (15, 5, 9)]
    two, three = compare_groups(texts_of(groups[:2])), compare_groups(texts_of(groups))
    apart = {one.measure.key: one.difference for one in two}["she"]
    assert apart == newcombe_interval((30, 40), (10, 40))
    wider = {one.measure.key: one.difference for one in three}["she"]
    assert wider.value == apart.value and wider.level == pytest.approx(1 - 0.05 / 3) and wider.low < apart.low
    measurement = group_measurement(texts_of(groups[:2]), two)
    assert measurement.interval == apart and "+50 points (95 % interval" in measurement.summary


def test_the_exact_test_of_a_word_is_fishers_and_given_templates_that_of_brute_force() -> None:
    import itertools

    import numpy as np
    from scipy.stats import fisher_exact

    one = exact_p_value(*(np.array([value]) for value in (7, 9, 12, 30)))
    assert one == pytest.approx(fisher_exact([[7, 2], [5, 16]]).pvalue)
    with_word, chosen = (3, 2), (3, 3)  # of six texts of each template
    counts: dict[int, int] = {}
    for left in itertools.combinations(range(6), chosen[0]):
        for right in itertools.combinations(range(6), chosen[1]):
            total = sum(place < with_word[0] for place in left) + sum(place < with_word[1] for place in right)
            counts[total] = counts.get(total, 0) + 1
    expected = sum(count for count in counts.values() if count <= counts[5]) / sum(counts.values())
    table = [np.array(values) for values in ((3, 2), with_word, chosen, (6, 6))]
    assert exact_p_value(*table) == pytest.approx(expected)


def test_a_rare_word_that_errors_of_the_log_odds_would_pass_is_not_significant_by_chance() -> None:
    import numpy as np

    generator, hits = np.random.default_rng(0), 0
    for _ in range(100):
        by_group = [[["abcdefghijkl"[generator.integers(12)] for _ in range(20)] for _ in range(2)] for _ in range(2)]
        hits += any(word.adjusted <= 0.05 for words in distinctive_words(texts_of(by_group)) for word in words)
    assert hits <= 11  # of 100 at 5 %: P(more than 11) = 0.004


def test_where_every_text_is_the_same_word_nothing_is_distinctive() -> None:
    assert distinctive_words(texts_of([[["la"] * 9], [["la"] * 9]])) == ((), ())
