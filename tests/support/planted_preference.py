"""A language model with a known preference: its decoder raises the logits of some words after others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from playground.engines.text_model import TextModel
from playground.zoo.cards import DEFAULT_MODEL, models


@dataclass
class ReadCache:
    """The tokens read so far, of one text."""

    slots: int
    capacity: int
    tokens: list[int] = field(default_factory=list)

    def length(self, slot: int) -> int:
        return len(self.tokens)

    def crop(self, slot: int, length: int) -> None:
        del self.tokens[length:]


@dataclass
class PlantedDecoder:
    """All logits are 0 except, for each (seen, word) of `planted`, its amount on the word once `seen` has been read."""

    vocabulary: int
    planted: Mapping[tuple[int, int], float]
    name: str = "planted"
    precision: str = "exact"
    device: str = "cpu"
    context_length: int = 64

    def new_cache(self, slots: int, capacity: int) -> ReadCache:
        return ReadCache(slots, capacity)

    def prefill(self, cache: ReadCache, slot: int, tokens: Sequence[int]) -> NDArray[np.float32]:
        rows = np.zeros((len(tokens), self.vocabulary), np.float32)
        for row, token in zip(rows, tokens, strict=True):
            cache.tokens.append(token)
            for (seen, word), amount in self.planted.items():
                if seen in cache.tokens:
                    row[word] += amount
        return rows


def planted_model(words: Sequence[str], planted: Mapping[tuple[str, str], float]) -> TextModel:
    """A model whose vocabulary is these words, one token each, without leading spaces.

    planted: {(seen, word): nats that are added to the word's logit once `seen` is in the text before it}.
    """
    from tokenizers import Tokenizer, pre_tokenizers
    from tokenizers.models import WordLevel
    from transformers import PreTrainedTokenizerFast

    vocabulary = {word: number for number, word in enumerate(["<|endoftext|>", "<unk>", *words])}
    bare = Tokenizer(WordLevel(vocabulary, unk_token="<unk>"))
    bare.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=bare, eos_token="<|endoftext|>", unk_token="<unk>")
    amounts = {(vocabulary[seen], vocabulary[word]): amount for (seen, word), amount in planted.items()}
    decoder = cast("Any", PlantedDecoder(len(vocabulary), amounts))
    card = models()[DEFAULT_MODEL]
    return TextModel(card, tokenizer, decoder, "planted", "float32", "cpu", frozenset({0}))
