from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest

from playground.data import ngrams


def plain(train: str, held_out: str, orders: int) -> list[float]:
    """Witten and Bell's formula read aloud, with dictionaries."""
    alphabet = len(set(train)) + 1

    def share(context: str, letter: str) -> float:
        if letter not in train:
            letter = "\0"
        shorter = share(context[1:], letter) if context else 1 / alphabet
        after = Counter(
            train[at + len(context)] for at in range(len(train) - len(context)) if train[at:].startswith(context)
        )
        total = sum(after.values())
        return (after[letter] + len(after) * shorter) / (total + len(after)) if total else shorter

    whole, actual = train + held_out, []
    for order in range(1, orders + 1):
        bits = [-math.log2(share(whole[at - order + 1 : at], whole[at])) for at in range(len(train), len(whole))]
        actual.append(sum(bits) / len(bits))
    return actual


@pytest.mark.parametrize("held_out", ["abracadabra abra", "cadabra!? baba", "zzz abra"])
def test_the_bits_are_those_of_the_formula(held_out: str) -> None:
    train = "abracadabra, a bad crab; abba and a cab. " * 2
    assert ngrams.bits_per_character(train, held_out, 4) == pytest.approx(plain(train, held_out, 4), abs=1e-12)


def test_order_one_on_a_fair_coin_has_the_closed_form() -> None:
    # 8 a and 8 b, two kinds, three letters in the alphabet: p = (8 + 2 / 3) / 18.
    actual = ngrams.bits_per_character("ab" * 8, "abba", 1)
    assert actual == pytest.approx([-math.log2((8 + 2 / 3) / 18)])


def test_a_text_that_repeats_itself_is_almost_certain_from_order_two_on() -> None:
    first, second = ngrams.bits_per_character("abc" * 4000, "abc" * 20, 2)
    assert first == pytest.approx(math.log2(3), abs=0.01)
    assert second < 0.01


def test_the_shares_of_all_letters_after_a_context_sum_to_one() -> None:
    train = "the cat sat on the mat. the rat ate that. "
    letters = [*sorted(set(train)), "\0"]
    shares = [2 ** -(3 * ngrams.bits_per_character(train, "th" + letter, 3)[2]) for letter in letters]
    ratios = np.asarray(shares)
    # p(t) p(h | t) p(x | th): the first two factors are the same for every x.
    alone = 2 ** -(2 * ngrams.bits_per_character(train, "th", 3)[2])
    assert ratios.sum() / alone == pytest.approx(1.0)


def test_an_empty_text_is_refused() -> None:
    with pytest.raises(ValueError):
        ngrams.bits_per_character("", "a")
