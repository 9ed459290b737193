"""Byte-pair merges learned step by step."""

from __future__ import annotations

import pytest

from playground.core.errors import PlaygroundError
from playground.data import corpora
from playground.data.corpora import USER_TEXT
from playground.experiments import bpe_explorer

SENTENCES = "".join(f"The cat number {at} sat on the mat, and the rat looked at that cat.\n" for at in range(60))


def test_merges_come_a_hundred_at_a_time_and_the_last_has_all() -> None:
    text = corpora.load("austen").held_out()[:20_000]
    steps = list(bpe_explorer.learn_merges(USER_TEXT, text, 250))
    assert [len(learned.merges) for learned in steps] == [100, 200, 250]
    assert steps[-1].merges[:100] == steps[0].merges
    assert steps[-1].passage and steps[-1].passage in text


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "at least 2,000"), ("abc", "at least 2,000"), ("ab " * 2000, "different characters")],
)
def test_a_bad_corpus_explains_itself(text: str, words: str) -> None:
    with pytest.raises(PlaygroundError, match=words):
        list(bpe_explorer.learn_merges(USER_TEXT, text, 100))


@pytest.mark.parametrize("count", [0, 9, 1e9, None, "many", 10.5, True])
def test_a_bad_number_of_merges_explains_itself(count: object) -> None:
    with pytest.raises(PlaygroundError, match="whole number from 10"):
        list(bpe_explorer.learn_merges(USER_TEXT, SENTENCES, count))


def test_mixed_alphabets_are_merged_with_a_warning() -> None:
    mixed = "Привет, мир, и кошки. Hello, world, and cats. 你好,世界。" * 60
    assert bpe_explorer.script_warning(mixed).startswith("This text mixes alphabets (Latin, Cyrillic, Chinese)")
    assert bpe_explorer.script_warning("Привет, мир") and not bpe_explorer.script_warning("plain English, naïve")
    assert "hardly any letters" in bpe_explorer.script_warning("1234 567 89")
    *_, learned = bpe_explorer.learn_merges(USER_TEXT, mixed, 50)
    assert learned.words and any(merge.token == "При".encode() or len(merge.token) > 2 for merge in learned.merges)
