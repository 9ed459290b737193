"""Byte-pair merges learned on a corpus step by step. The page itself cuts a passage by them: merges_view.js."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.validation import parse_int
from playground.data import corpora
from playground.data.bpe import Merge, iterate_merges

FEWEST, MOST = 10, 3_800
_EVERY = 100  # merges between two reports


@dataclass(frozen=True)
class LearnedMerges:
    """Merges of a corpus. bytes_before: bytes of the training text, its number of tokens before any merge.

    characters: of the training text.  passage: the first to cut.  words: the sentence of script_warning, or "".
    """

    corpus: str
    title: str
    merges: tuple[Merge, ...]
    characters: int
    bytes_before: int
    passage: str
    words: str


def learn_merges(dataset: str, text: str, count: Any) -> Iterator[LearnedMerges]:
    """Yield the first merges of a corpus, a hundred more each time, up to `count`.

    text: the visitor's own, for dataset "pasted". Raises PlaygroundError for a bad text or number.
    """
    count = parse_int(count, FEWEST, MOST, say("train.language_model.bpe.number_rule", fewest=FEWEST, most=MOST))
    corpus = corpora.parse_corpus(dataset, text)
    train = corpus.train()
    merges: list[Merge] = []
    passage, words, size = first_passage(corpus), script_warning(train), len(train.encode())

    def result() -> LearnedMerges:
        return LearnedMerges(corpus.name, corpus.title, tuple(merges), len(train), size, passage, words)

    for merge in iterate_merges(train):
        merges.append(merge)
        if len(merges) >= count:
            break
        if len(merges) % _EVERY == 0:
            yield result()
    if not merges:
        raise PlaygroundError(say("train.language_model.bpe.no_pairs"))
    yield result()


def script_warning(text: str) -> str:
    """A sentence if a text has several scripts, multi-byte letters or hardly any letters, else ""."""
    counts: dict[str, int] = {}
    for letter in set(text):
        if letter.isalpha():
            script = _script(letter)
            counts[script] = counts.get(script, 0) + text.count(letter)
    total = sum(counts.values())
    scripts = [name for name, count in sorted(counts.items(), key=lambda item: -item[1]) if count > 0.02 * total]
    if len(scripts) > 1:
        return say("train.language_model.bpe.mixed", scripts=", ".join(scripts))
    if scripts and scripts != ["Latin"]:
        return say("train.language_model.bpe.multi_byte")
    return "" if scripts else say("train.language_model.bpe.no_letters")


def _script(letter: str) -> str:
    """The script of a letter by its Unicode name, such as Latin, Cyrillic or Chinese."""
    import unicodedata

    word = unicodedata.name(letter, "other").split()[0].capitalize()
    return {"Cjk": "Chinese", "Hiragana": "Japanese", "Katakana": "Japanese", "Fullwidth": "Latin"}.get(word, word)


def first_passage(corpus: corpora.Corpus) -> str:
    """The held-out text's first sentences, about 400 characters."""
    text = corpus.held_out()[:600]
    end = max(text.rfind(mark, 150, 420) for mark in (". ", "!\n", ".\n", "? ", "\n"))
    return text[: end + 1] if end > 0 else text[:400]
