"""Perplexity against the loss of transformers, and beam search against its search."""

from __future__ import annotations

import math

import pytest
import torch

from playground.core.errors import PlaygroundError
from playground.language.beam_search import beam_search
from playground.language.generation import load, tokenize
from playground.language.perplexity import score_text
from playground.language.sampling import SamplerSettings
from playground.language.text_request import TextRequest

TEXT = "The sea was calm and the night was dark. né à Paris 🙂 " * 2


def test_perplexity_equals_transformers_loss(llama: str, gpt2: str) -> None:
    for model in (llama, gpt2):
        *_, score = score_text(TEXT, model)
        ids = torch.tensor([tokenize(load(model), TEXT)])
        with torch.inference_mode():
            loss = float(load(model).decoder.model(ids, labels=ids).loss)
        assert score.perplexity == pytest.approx(math.exp(loss), rel=1e-4)
        bits = sum(token.surprisal_bits or 0 for token in score.tokens)
        assert bits / math.log2(math.e) / (ids.shape[1] - 1) == pytest.approx(loss, rel=1e-4)
        characters = len(TEXT) - len(score.tokens[0].text)
        assert score.bits_per_character == pytest.approx(bits / characters)
        assert sum(score.rank_counts) == len(score.tokens) - 1
        assert score.tokens[0].surprisal_bits is None
        assert "".join(token.text for token in score.tokens) == TEXT


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("", "empty"), ("a", "single token"), ("sea " * 300, "too many"), ("a\udfffb", "lone surrogate")],
)
def test_a_text_that_cannot_be_scored_is_an_error(llama: str, text: str, sentence: str) -> None:
    with pytest.raises(PlaygroundError, match=sentence):
        list(score_text(text, llama))


@pytest.mark.parametrize("width", [2, 4, 8])
@pytest.mark.parametrize("penalty", [0.0, 1.0, 2.0])
@pytest.mark.parametrize("prompt", ["Once upon a time", "The sea", "né à"])
def test_beam_search_equals_transformers(llama: str, width: int, penalty: float, prompt: str) -> None:
    *_, search = beam_search(TextRequest(prompt, model=llama, max_new_tokens=12), width, penalty)
    loaded = load(llama)
    ids = torch.tensor([tokenize(loaded, prompt)])
    theirs = loaded.decoder.model.generate(
        ids, max_new_tokens=12, num_beams=width, num_return_sequences=width, do_sample=False, length_penalty=penalty,
        early_stopping=False, pad_token_id=0, return_dict_in_generate=True, output_scores=True,
    )  # fmt: skip
    for ours, row, score in zip(search.results, theirs.sequences, theirs.sequences_scores, strict=True):
        expected = row[ids.shape[1] :].tolist()
        while expected and expected[-1] == 0:
            expected.pop()
        assert list(ours.ids) == expected
        assert ours.score == pytest.approx(float(score), abs=1e-4)


def test_each_candidate_of_the_tree_extends_a_kept_parent(llama: str) -> None:
    *_, search = beam_search(TextRequest("Once upon a time", model=llama, max_new_tokens=10), 3)
    nodes = {candidate.node: candidate for step in search.steps for candidate in step}
    for number, step in enumerate(search.steps):
        assert len(step) == 6
        assert sum(candidate.kept for candidate in step) <= 6
        for candidate in step:
            parent = nodes[candidate.parent].total if candidate.parent is not None else 0.0
            assert (candidate.parent is None) == (number == 0)
            assert candidate.total == pytest.approx(parent + candidate.logprob, abs=1e-5)
            assert candidate.parent is None or nodes[candidate.parent].kept
    data = search.to_json()
    assert data["done"] and [nodes[node].id for node in data["best"]] == list(search.results[0].ids)


@pytest.mark.parametrize(
    ("width", "penalty", "sentence"), [(1, 1, "2 to 8"), (9, 1, "2 to 8"), (3, -1, "penalty"), (3, "x", "penalty")]
)
def test_invalid_beams_or_penalty_are_an_error(llama: str, width: int, penalty: float, sentence: str) -> None:
    with pytest.raises(PlaygroundError, match=sentence):
        list(beam_search(TextRequest("Once", model=llama, sampler=SamplerSettings()), width, penalty))
