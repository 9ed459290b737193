"""Byte-pair merges for a visitor: learned on a corpus while they watch, and a passage to wind back and forth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from playground.core.errors import PlaygroundError
from playground.core.validation import parse_int
from playground.data import corpora
from playground.data.bpe import BpeTokenizer, Merge, iterate_merges

FEWEST, MOST = 10, 3_800
LONGEST_PASSAGE = 1_500
_EVERY = 100  # merges between two reports


@dataclass(frozen=True)
class LearnedMerges:
    """Merges of a corpus. bytes_before: of the training text, which is its number of tokens before any merge.

    words: what there is to beware of in this corpus, or "".
    """

    corpus: str
    title: str
    merges: tuple[Merge, ...]
    characters: int
    bytes_before: int
    passage: str
    words: str


def learn_merges(dataset: str, text: str, count: Any) -> Iterator[LearnedMerges]:
    """The first `count` merges of a corpus, a hundred more each time it yields.

    text: the visitor's own, for dataset "pasted". Raises PlaygroundError for a text or a number that cannot be.
    """
    count = parse_int(count, FEWEST, MOST, f"The number of merges must be a whole number from {FEWEST} to {MOST:,}")
    corpus = corpora.parse_corpus(dataset, text)
    train = corpus.train()
    found: list[Merge] = []
    passage, words, size = first_passage(corpus), script_warning(train), len(train.encode())

    def learned() -> LearnedMerges:
        return LearnedMerges(corpus.name, corpus.title, tuple(found), len(train), size, passage, words)

    for merge in iterate_merges(train):
        found.append(merge)
        if len(found) >= count:
            break
        if len(found) % _EVERY == 0:
            yield learned()
    if not found:
        raise PlaygroundError("No pair of characters comes twice in this text: there is nothing to merge.")
    yield learned()


def script_warning(text: str) -> str:
    """What is strange about a text's characters: several alphabets, or mostly characters of several bytes."""
    counts: dict[str, int] = {}
    for letter in set(text):
        if letter.isalpha():
            script = _script(letter)
            counts[script] = counts.get(script, 0) + text.count(letter)
    total = sum(counts.values())
    scripts = [name for name, count in sorted(counts.items(), key=lambda item: -item[1]) if count > 0.02 * total]
    if len(scripts) > 1:
        return (
            f"This text mixes alphabets ({', '.join(scripts)}): merges are spent on each of them, so each "
            "gets fewer, and a model learns each from less."
        )
    if scripts and scripts != ["Latin"]:
        return "Letters of this alphabet are two or more bytes each: the first merges only put letters together."
    return "" if scripts else "There is hardly a letter in this text: what is learned will be signs and numbers."


def _script(letter: str) -> str:
    """The first word of its Unicode name, as people write it: Latin, Cyrillic, Cjk …"""
    import unicodedata

    word = unicodedata.name(letter, "other").split()[0].capitalize()
    return {"Cjk": "Chinese", "Hiragana": "Japanese", "Katakana": "Japanese", "Fullwidth": "Latin"}.get(word, word)


def first_passage(corpus: corpora.Corpus) -> str:
    """The held-out text's beginning: whole sentences, some 400 characters."""
    text = corpus.held_out()[:600]
    end = max(text.rfind(mark, 150, 420) for mark in (". ", "!\n", ".\n", "? ", "\n"))
    return text[: end + 1] if end > 0 else text[:400]


def merge_timeline(merges: Sequence[Merge], passage: str) -> dict[str, Any]:
    """A passage with, for each border between two of its bytes, the merge that takes it away (0: none does).

    Returns {"bytes": [0..255], "gone": [merge]}, one gone fewer than bytes. Raises PlaygroundError if it is empty or
    too long.
    """
    text = corpora.clean_text(passage)
    if not text:
        raise PlaygroundError("There is nothing to cut into tokens: write a sentence.")
    if len(text) > LONGEST_PASSAGE:
        raise PlaygroundError(f"This passage has {len(text):,} characters: at most {LONGEST_PASSAGE:,} are shown.")
    return {"bytes": list(text.encode()), "gone": BpeTokenizer(merges).gone_at(text)}
