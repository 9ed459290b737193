"""Tokenize a corpus for the language trainer: byte-pair merges, token ids, and n-gram baselines.

The merges of a bundled corpus are cached on the disk by its sha256.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from playground.core.paths import models_dir
from playground.data import bpe, corpora, ngrams

_EDITION = 2  # of the cache's format


@dataclass(frozen=True, eq=False)
class TokenizedCorpus:
    """A corpus as token ids.

    vocabulary: each token's bytes; the last is bpe.END and has none.  train, held_out: int32.
    characters: how many characters begin in each token, int64.  baselines: bits per character of orders 1 to 5.
    """

    corpus: corpora.Corpus
    merges: tuple[bpe.Merge, ...]
    vocabulary: tuple[bytes, ...]
    train: Tensor
    held_out: Tensor
    characters: Tensor
    baselines: tuple[float, ...]

    @property
    def tokens(self) -> int:
        """Size of the vocabulary."""
        return len(self.vocabulary)

    def decode(self, tokens: Sequence[int]) -> str:
        """The text; bytes of an incomplete character become U+FFFD."""
        return b"".join(self.vocabulary[token] for token in tokens).decode("utf-8", "replace")

    def characters_per_token(self) -> float:
        """Mean characters a token in the held-out text."""
        return float(self.characters[self.held_out.long()].double().mean())

    def prompt(self, words: int) -> list[int]:
        """The tokens of the first words of the held-out text."""
        first = "".join(bpe.words_of(self.corpus.held_out()[:200])[:words])
        count, length, tokens = 0, len(first.encode()), self.held_out.tolist()
        while length > 0:
            length -= len(self.vocabulary[tokens[count]])
            count += 1
        return [int(token) for token in tokens[:count]]


def tokenize_corpus(corpus: corpora.Corpus, most: int) -> TokenizedCorpus:
    """Learn or load the merges, and encode both parts. most: largest vocabulary, with its 256 bytes and bpe.END."""
    learned = _load_or_learn_merges(corpus, most)
    baselines = corpus.baselines or tuple(ngrams.bits_per_character(corpus.train(), corpus.held_out()))
    tokens = list(dict.fromkeys([*bpe.alphabet(), *(merge.token for merge in learned)]))
    number = {token: at for at, token in enumerate(tokens)}
    end = len(tokens)
    splitter = bpe.BpeTokenizer(learned)
    known: dict[str, list[int]] = {}

    def encode(pieces: Sequence[str]) -> Tensor:
        ids: list[int] = []
        for piece in pieces:
            for word in bpe.words_of(piece):
                if word not in known:
                    known[word] = [number[token] for token in splitter.split(word, len(learned))]
                ids += known[word]
            ids.append(end)
        return torch.tensor(ids, dtype=torch.int32)

    whole = [
        (text[: corpora.held_out_start(text)], text[corpora.held_out_start(text) :].lstrip("\n"))
        for _, text in corpus.works
    ]
    characters = [sum((byte & 0xC0) != 0x80 for byte in token) for token in tokens]
    return TokenizedCorpus(
        corpus,
        tuple(learned),
        (*tokens, b""),
        encode([begin for begin, _ in whole]),
        encode([rest for _, rest in whole]),
        torch.tensor([*characters, 0]),
        baselines,
    )


def _load_or_learn_merges(corpus: corpora.Corpus, most: int) -> list[bpe.Merge]:
    """Merges from the cache, or learned and cached. A cache that cannot be written is ignored."""
    path = models_dir() / "corpora" / f"{corpus.sha256[:24]}-{most}.json"
    try:
        cached = json.loads(path.read_text("utf-8"))
        if cached["edition"] == _EDITION and cached["sha256"] == corpus.sha256:
            return [bpe.Merge(bytes.fromhex(a), bytes.fromhex(b), *counts) for a, b, *counts in cached["merges"]]
    except (OSError, ValueError, KeyError, TypeError):
        pass
    learned = bpe.learn_merges(corpus.train(), most - len(bpe.alphabet()) - 1)
    values = {
        "edition": _EDITION,
        "sha256": corpus.sha256,
        "merges": [[merge.left.hex(), merge.right.hex(), merge.count, merge.joined] for merge in learned],
    }
    if corpus.name != corpora.USER_TEXT:  # a visitor's own text stays in its run
        _write_cache(path, json.dumps(values))
    return learned


def _write_cache(path: Path, content: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".{path.name}.{os.getpid()}")
        unfinished.write_text(content, "utf-8")
        unfinished.replace(path)
    except OSError:
        return
