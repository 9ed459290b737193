"""The sentences of what to notice: each against a result made by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from playground.language.beam_search import BeamSearch, FinalBeam
from playground.language.endings import Endings
from playground.language.generation import Generation
from playground.language.perplexity import TextScore
from playground.language.remarks import (
    least_sure,
    least_sure_place,
    likeliest_start,
    most_surprising,
    parting,
    shared_start,
    shown,
)
from playground.language.text_request import TextRequest
from playground.language.token_display import Alternative, Token


def token(number: int, text: str, first: tuple[int, str, float], bits: float = 1.0, sampled: float = 1.0) -> Token:
    return Token(
        number, text, "", False, probability=0.5, sampled_probability=sampled, rank=1, surprisal_bits=bits,
        alternatives=(Alternative(*first),),
    )  # fmt: skip


def text_of(*tokens: Token) -> Generation:
    return Generation(TextRequest("x"), (), tokens, "fast", "int8", "cpu", "0" * 64, finish_reason="length")


SURE, UNSURE = token(1, " a", (1, " a", 0.9)), token(2, " b", (3, " c", 0.08), bits=7.25)


def test_least_sure_names_the_place_the_first_choice_and_the_draw() -> None:
    assert least_sure(text_of(SURE, UNSURE, SURE)) == (
        "No word stood out at token 2: even the favourite, “c”, had only 8\u00a0%, and the draw gave “b”."
    )
    came = least_sure(text_of(SURE, token(3, " c", (3, " c", 0.08))))
    assert came == "No word stood out at token 2: even the favourite, “c”, had only 8\u00a0%."
    assert least_sure_place(text_of(SURE, UNSURE, SURE).tokens) == 1
    assert least_sure(text_of(SURE)) == "", "one token is least sure by default"


def test_a_darker_token_than_the_least_sure_one_is_told_apart() -> None:
    unlikely = replace(token(4, " d", (1, " a", 0.9)), probability=0.013)
    assert least_sure(text_of(SURE, token(3, " c", (3, " c", 0.08)), unlikely)).endswith(
        "The darkest tokens are something else: there the draw took an unlikely one, like “d” at 1\u00a0%."
    )


def test_the_most_surprising_token_has_its_bits() -> None:
    unscored = Token(9, "The", "", False)
    assert most_surprising(TextScore("m", "fast", "0", (unscored, SURE, UNSURE), 3)) == (
        "The most surprising: “b”, 7.25 bits."
    )
    assert most_surprising(TextScore("m", "fast", "0", (unscored,), 1)) == ""


def test_two_texts_part_at_a_token_or_where_one_ends() -> None:
    first, second = text_of(SURE, UNSURE), text_of(SURE, SURE)
    assert parting(first, second).endswith("token 2, marked in both: A has “b”, B has “a”.")
    assert parting(first, text_of(SURE)).endswith("A has “b”, B has its end.")
    assert parting(first, first) == ""


def test_the_likeliest_start_comes_with_what_chance_allows() -> None:
    often, other = token(1, " a", (1, " a", 0.5), sampled=0.5), token(2, " b", (1, " a", 0.5), sampled=0.2)
    texts = Endings(8, tuple(text_of(one) for one in (often, often, often, often, often, other, other, other)))
    # By hand: of 8 fair tosses, at most one head (or tail) has 9 in 256, so 95 % lie from 1 to 7.
    assert likeliest_start(texts) == (
        "The likeliest, “a”, came 5 times; its 50\u00a0% after the sampler gives 1 to 7 in 95 % of such runs."
    )
    assert likeliest_start(Endings(1, (text_of(SURE),))) == "", "at temperature 0 there is no chance"


@pytest.mark.parametrize(
    ("ids", "sentence"),
    [
        ([(1, 2, 3), (1, 2, 4)], "All begin with the same 2 tokens."),
        ([(1, 2), (1, 3)], "All begin with the same token."),
        ([(1,), (1, 2, 3)], "All begin with the same token."),
        ([(1, 2), (3, 2)], "They differ from their first token on."),
        ([(1, 2)], ""),
    ],
)
def test_beams_share_their_beginning(ids: list[tuple[int, ...]], sentence: str) -> None:
    beams = tuple(FinalBeam(one, "", 0.0, "length", 0) for one in ids)
    assert shared_start(BeamSearch(2, (), beams)) == sentence


def test_a_token_of_signs_is_shown_by_signs() -> None:
    assert [shown(" the"), shown("\n"), shown("  "), shown("a\nb"), shown("", "c3"), shown("\u202ex")] == [
        "“the”", "“↵”", "“··”", "“a↵b”", "“⟨c3⟩”", "“⟨202e⟩x”",
    ]  # fmt: skip
