"""Sentences scored against transformers' own cross-entropy, whatever their order and what they share."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
import torch

from playground.bias.token_logprob import next_log_probabilities, start_token, token_log_probabilities
from playground.core.errors import PlaygroundError
from playground.engines.text_model import TextModel
from playground.language.generation import load, tokenize

TEXTS = (
    "The sea was calm", "The sea was calm and the night was dark.", "The sea was old", "The sea was calm",
    "Once upon a time", "né à Paris", "T", "The sea was calm and the night was dark. " * 4,
)  # fmt: skip


def theirs(loaded: TextModel, sequence: list[int]) -> list[float]:
    """Log-probabilities of all tokens but the first, by transformers' model and torch's cross-entropy."""
    with torch.inference_mode():
        logits = loaded.decoder.model(torch.tensor([sequence])).logits[0, :-1]  # type: ignore[attr-defined]
    loss = torch.nn.functional.cross_entropy(logits.double(), torch.tensor(sequence[1:]), reduction="none")
    return [-float(value) for value in loss]


def sequences_of(loaded: TextModel) -> list[list[int]]:
    """Several with one beginning, a duplicate, the beginning of another, and one of two tokens only."""
    sequences = [[start_token(loaded), *tokenize(loaded, text)] for text in TEXTS]
    sequences += [[*sequences[1][:-1], 7], sequences[1][:-1], sequences[0][:2]]
    assert min(map(len, sequences)) == 2
    return sequences


@pytest.mark.parametrize("seed", range(3))
def test_every_token_is_scored_as_transformers_scores_it(llama: str, gpt2: str, seed: int) -> None:
    for name in (llama, gpt2):
        loaded = load(name)
        sequences = sequences_of(loaded)
        random.Random(seed).shuffle(sequences)
        scores = dict(token_log_probabilities(loaded, sequences))
        assert sorted(scores) == list(range(len(sequences)))
        for index, sequence in enumerate(sequences):
            assert scores[index] == pytest.approx(theirs(loaded, sequence), abs=2e-4)


def test_a_sentences_score_does_not_depend_on_the_other_sentences(llama: str) -> None:
    loaded = load(llama)
    sequences = sequences_of(loaded)
    together = dict(token_log_probabilities(loaded, sequences))
    for index, sequence in enumerate(sequences):
        ((_, alone),) = token_log_probabilities(loaded, [sequence])
        assert together[index] == pytest.approx(alone, abs=2e-5)


def test_no_sequences_give_no_scores(llama: str) -> None:
    assert list(token_log_probabilities(load(llama), [])) == []


def test_the_next_token_is_as_probable_as_in_a_scored_sequence(llama: str) -> None:
    loaded = load(llama)
    context = [start_token(loaded), *tokenize(loaded, "The sea was")]
    after = next_log_probabilities(loaded, context)
    assert math.isclose(float(np.exp(after.astype(np.float64)).sum()), 1.0, rel_tol=1e-5)
    for token in (5, 77, 300):
        assert after[token] == pytest.approx(theirs(loaded, [*context, token])[-1], abs=2e-4)


def test_sentences_begin_after_the_token_that_ends_a_text(llama: str, gpt2: str) -> None:
    for name in (llama, gpt2):
        loaded = load(name)
        assert loaded.tokenizer.convert_ids_to_tokens(start_token(loaded)) == "<|endoftext|>"


def test_a_sentence_longer_than_the_context_gets_a_sentence(llama: str) -> None:
    loaded = load(llama)
    with pytest.raises(PlaygroundError, match="reads at most 128: shorten it"):
        list(token_log_probabilities(loaded, [[0] * 129]))
    with pytest.raises(PlaygroundError, match="reads at most 127 before a blank: shorten it"):
        next_log_probabilities(loaded, [0] * 128)
