"""Sentence pair: transformers' own probabilities, a planted preference, and a sentence for every mistake."""

from __future__ import annotations

import math
from collections import deque
from typing import Any

import numpy as np
import pytest
import torch
from planted_preference import planted_model

from playground.bias import sentence_pair
from playground.bias.cloze import changed_words, ends_with_blank, fill_blank, read_sentence, read_words
from playground.bias.sentence_pair import (
    LISTED,
    NEXT,
    PROPOSALS,
    SentencePairComparison,
    compare_sentences,
    read_pair,
    score_guess,
)
from playground.bias.session_log import CANNOT_TELL
from playground.bias.token_logprob import start_token
from playground.core.errors import PlaygroundError
from playground.core.recipe import from_query
from playground.language.generation import load, tokenize

A, B = "The sea was _.", "The night was _."


def compare(**values: Any) -> SentencePairComparison:
    ((_, comparison),) = deque(compare_sentences(read_pair(values)), maxlen=1)
    assert comparison is not None
    return comparison


def logits_of(model: str, text: str) -> torch.Tensor:
    loaded = load(model)
    with torch.inference_mode():
        ids = torch.tensor([[start_token(loaded), *tokenize(loaded, text)]])
        result: torch.Tensor = loaded.decoder.model(ids).logits[0].double()  # type: ignore[attr-defined]
    return result.log_softmax(-1)


def test_a_blank_at_the_end_has_the_models_own_distribution(llama: str) -> None:
    comparison = compare(a=A, b=B, model=llama)
    assert comparison.pair.scoring == NEXT and len(comparison.words) > 300
    theirs = logits_of(llama, "The sea was")[-1]
    loaded = load(llama)
    token = tokenize(loaded, " calm")[0]
    word = loaded.tokenizer.decode([token]).strip()
    at = comparison.words.index(word)
    assert comparison.log_a[at] == pytest.approx(float(theirs[token]), abs=2e-4)
    assert comparison.log_b[at] == pytest.approx(float(logits_of(llama, "The night was")[-1][token]), abs=2e-4)
    assert np.exp(comparison.log_a).sum() <= 1 + 1e-5  # control tokens are left out
    both = np.maximum(comparison.log_a, comparison.log_b)
    assert (np.diff(both) <= 0).all()


def test_a_word_of_several_tokens_has_the_sum_of_its_tokens(llama: str, gpt2: str) -> None:
    words = ["calm", "extraordinarily quiet", "né à Paris", "<b>old</b>"]
    for model in (llama, gpt2):
        comparison = compare(a=A, b=B, model=model, words=words)
        assert comparison.pair.scoring == LISTED and sorted(comparison.words) == sorted(words)
        for sentence, logs in ((A, comparison.log_a), (B, comparison.log_b)):
            totals = []
            for word in words:
                text = fill_blank(sentence, word)
                ids = tokenize(load(model), text)
                rows = logits_of(model, text)[:-1]
                totals.append(float(rows[range(len(ids)), ids].sum()))
            shares = torch.tensor(totals).log_softmax(0)
            for word, share in zip(words, shares, strict=True):
                assert logs[comparison.words.index(word)] == pytest.approx(float(share), abs=1e-3)


def test_a_blank_that_something_follows_is_compared_over_the_models_own_words(llama: str) -> None:
    comparison = compare(a="The _ was calm", b="The _ was dark", model=llama)
    assert comparison.pair.scoring == PROPOSALS and 2 <= len(comparison.words) <= sentence_pair.CANDIDATES
    assert float(np.exp(comparison.log_a).sum()) == pytest.approx(1.0, abs=1e-4)
    assert all(word.replace("-", "").replace("'", "").isalpha() for word in comparison.words)
    assert "normalised" in comparison.method()


def test_a_planted_word_stands_at_the_edge_and_moves_by_what_was_planted(monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["cats", "dogs", "eat", "fish", "meat", "hay", "oats", "rice"]
    model = planted_model(words, {("cats", "fish"): 2.0, ("dogs", "meat"): 2.0})
    monkeypatch.setattr(sentence_pair, "load", lambda name: model)
    comparison = compare(a="cats eat _", b="dogs eat _", words=words[3:])
    towards_a, towards_b = comparison.largest_shifts(1)
    assert [comparison.words[towards_a[0]], comparison.words[towards_b[0]]] == ["fish", "meat"]
    # Both raise one word by the same amount, so that the normaliser is the same and falls out.
    assert comparison.log_a[towards_a[0]] - comparison.log_b[towards_a[0]] == pytest.approx(2.0, abs=1e-5)
    raised, plain = math.exp(2) / (math.exp(2) + 4), 1 / (math.exp(2) + 4)
    assert comparison.total_variation == pytest.approx(raised - plain, abs=1e-5)
    assert comparison.pair.names == ("cats", "dogs")
    measurement = comparison.measurement()
    assert measurement.verdict == CANNOT_TELL and "“cats”: fish" in measurement.summary and measurement.p is None


def test_a_model_that_does_not_tell_the_sentences_apart_moves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    model = planted_model(["cats", "dogs", "eat", "fish", "meat"], {})
    monkeypatch.setattr(sentence_pair, "load", lambda name: model)
    comparison = compare(a="cats eat _", b="dogs eat _", words="fish, meat")
    assert comparison.total_variation == 0 and comparison.largest_shifts(3) == ([], [])


def test_a_guess_is_scored_against_the_words_that_moved_most_and_against_luck(llama: str) -> None:
    words = ["calm", "old", "dark", "young", "quiet", "small", "wind", "night"]
    comparison = compare(a=A, b=B, model=llama, words=words)
    quiz = [comparison.words[at] for at in comparison.guess_words()]
    assert sorted(quiz) == sorted(words)
    order = np.argsort(-np.abs(comparison.log_a - comparison.log_b))
    movers = [comparison.words[at] for at in order[:3]]
    guess = score_guess(comparison, [movers[0], comparison.words[order[-1]], "not there", movers[0]])
    assert guess is not None and {*guess.movers} == {*movers}
    assert guess.right == 1 and guess.expected == pytest.approx(2 * 3 / 8)
    assert score_guess(comparison, []) is None
    assert compare(a=A, b=B, model=llama, words=words[:4]).guess_words() == []


def test_a_recipe_gives_the_same_pair(llama: str) -> None:
    comparison = compare(a=A, b=B, model=llama, words="calm, old")
    recipe = from_query(comparison.recipe().to_query())
    assert read_pair({**recipe.settings, "model": recipe.model}) == comparison.pair
    assert sentence_pair.describe_difference(recipe, comparison) == ""


@pytest.mark.parametrize(
    ("a", "b", "names"),
    [
        ("In winter, people eat _", "In summer, people eat _", ("winter", "summer")),
        ("_ works as a nurse.", "_ works as an engineer.", ("a nurse", "an engineer")),
        ("The old woman _", "The woman _", ("old", "without “old”")),
        ("a b _", "b a _", ("sentence A", "sentence B")),
    ],
)
def test_the_axes_are_named_by_the_words_that_differ(a: str, b: str, names: tuple[str, str]) -> None:
    assert changed_words(a, b) == names


def test_a_long_difference_is_shortened() -> None:
    assert len(changed_words("x" * 90 + " _", "y _")[0]) == 36


def test_a_blank_may_be_followed_by_a_full_stop_and_still_be_the_end() -> None:
    assert ends_with_blank("People eat _.") and ends_with_blank("He said “_”!")
    assert not ends_with_blank("People eat _ here")
    assert read_sentence("  People\n eat ___ ", "sentence A") == "People eat _"
    assert fill_blank("_ works.", "she") == "She works." and fill_blank("Does _ work?", "she") == "Does she work?"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"a": "People eat"}, "Write an underscore, _, for the missing word in sentence A"),
        ({"b": "_ eat _"}, "in sentence B; there are 2"),
        ({"a": ""}, "sentence A is empty"),
        ({"a": None}, "must be text"),
        ({"a": "_"}, "beside the blank in sentence A"),
        ({"a": "_ " + "word " * 5000}, "Shorten sentence A to 300"),
        ({"b": A}, "Both sentences are the same"),
        ({"words": "one"}, "2 or more words, with commas, in the word list"),
        ({"words": ", ".join(f"w{n}" for n in range(300))}, "at most 200 words in the word list; there are 300"),
        ({"words": ["x"] * 5000}, "at most 200 entries in the word list; there are 5,000"),
        ({"words": "a, " + "b" * 61}, "to 60 characters; it has 61"),
        ({"words": "a, b_"}, "Remove the blank from"),
        ({"words": 7}, "with commas"),
        ({"words": ["a", 7]}, "must be text"),
        ({"count": 0}, "count must be a whole number from 1 to 1,000"),
        ({"a": "\ud800 _"}, "lone surrogate"),
    ],
)
def test_bad_sentences_and_words_get_a_sentence_that_names_the_fault(values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(PlaygroundError, match=sentence) as error:
        read_pair({"a": A, "b": B, **values})
    assert len(str(error.value)) < 300


def test_an_unknown_model_gets_a_sentence(models_dir: object) -> None:
    with pytest.raises(PlaygroundError, match="There is no model"):
        list(compare_sentences(read_pair({"a": A, "b": B, "model": "nothing"})))


def test_sentences_longer_than_a_models_context_get_a_sentence(llama: str) -> None:
    long = " ".join("é" for _ in range(140))
    with pytest.raises(PlaygroundError, match="reads at most"):
        list(compare_sentences(read_pair({"a": f"{long} _", "b": f"{long} x _", "model": llama})))


def test_words_are_read_from_commas_lines_and_lists_each_once() -> None:
    assert read_words("she, he\nthey,she,,", "word list") == ("she", "he", "they")
    assert read_words(["she", " he "], "word list") == ("she", "he")
