"""Logit bias: how a list of biases is read, and which tokens it names."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sampler_logits import WORDS

from playground.core.errors import PlaygroundError
from playground.language.sampling import penalties
from playground.language.sampling.biases import parse_biases, resolve_biases


def test_a_bias_names_tokens_by_text_or_id() -> None:
    assert resolve_biases("Paris:+5, ' the':ban", WORDS) == {0: 5.0, 1: 5.0, 2: -math.inf}
    assert resolve_biases("'Paris': -1.5", WORDS) == {0: -1.5} and resolve_biases("3:2,", WORDS) == {3: 2.0}
    assert resolve_biases('"7":1', WORDS) == {4: 1.0} and resolve_biases("", WORDS) == {}
    assert resolve_biases(" a : 1 , a:BAN", WORDS) == {3: -math.inf}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Paris", "cannot read 'Paris'"), ("Paris:much", "cannot read"), (":5", "cannot read"), 
        ("a:1 b:2", "cannot read"),
        ("a:101", "from −100 to 100"), ("a:nan", "from −100 to 100"), ("a:1," * 301, "301 entries are too many"),
        ("'Paris:5", "cannot read"),
    ],
)  # fmt: skip
def test_a_bias_that_cannot_be_read_gets_one_clear_sentence(text: str, sentence: str) -> None:
    with pytest.raises(PlaygroundError, match=sentence):
        parse_biases(text)


@pytest.mark.parametrize(("text", "sentence"), [("9:1", "no token 9"), ("'Parisian':1", "is 2 tokens in this model")])
def test_a_bias_for_a_missing_token_gets_one_clear_sentence(text: str, sentence: str) -> None:
    with pytest.raises(PlaygroundError, match=sentence):
        resolve_biases(text, WORDS)


def test_banning_every_token_is_an_error() -> None:
    with pytest.raises(PlaygroundError, match="every token is banned"):
        penalties.logit_bias(np.zeros(2, np.float32), {0: -math.inf, 1: -math.inf})
