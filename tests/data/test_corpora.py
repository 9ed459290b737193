from __future__ import annotations

import pytest

from playground.core.errors import PlaygroundError
from playground.data import corpora

SENTENCES = "".join(f"This is sentence number {number}, and it says something.\n" for number in range(80))


@pytest.mark.parametrize("name", corpora.NAMES)
def test_a_bundled_corpus_is_complete_and_its_end_is_held_out(name: str) -> None:
    corpus = corpora.load(name)
    assert corpus.characters() > 3_000_000 and corpus.licence == "public domain"
    for _, text in corpus.works:
        share = 1 - corpora.held_out_start(text) / len(text)
        assert 0.049 < share < 0.07
        assert text[corpora.held_out_start(text) - 1] == "\n", "from the start of a paragraph on"
    assert corpus.held_out()[:500] not in corpus.train()


def test_an_unknown_corpus_explains_itself() -> None:
    with pytest.raises(PlaygroundError, match="austen"):
        corpora.load("dickens")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "at least 2,000"),
        ("abc", "at least 2,000"),
        ("   \n\n  ", "at least 2,000"),
        ("aaa " * 2000, "different characters"),
        ("word " * 1_100_000, "over 5,000,000"),
        ("x" * 150_000_000, "over 5,000,000"),
    ],
)
def test_an_unusable_text_explains_itself(text: str, words: str) -> None:
    with pytest.raises(PlaygroundError, match=words):
        corpora.user_corpus(text)


def test_a_pasted_text_is_cleaned_and_cut() -> None:
    corpus = corpora.user_corpus("\ufeff" + SENTENCES.replace("\n", "\r\n") + "\x00\x07")
    assert "\r" not in corpus.train() and "\x00" not in corpus.held_out()
    assert corpus.train().endswith("something.\n") and corpus.held_out().startswith("This is sentence")
    assert 0.04 < len(corpus.held_out()) / corpus.characters() < 0.1


def test_lone_surrogates_are_removed() -> None:
    assert "\ud800" not in corpora.clean_text(SENTENCES + "\ud800")
