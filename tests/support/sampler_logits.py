"""Logits, settings and a tokenizer of five tokens for tests of the stages of the sampler."""

from __future__ import annotations

import numpy as np

from playground.language.sampling import SamplerSettings

VOCABULARY = 49_152
SEEDS = range(5)
OFF = SamplerSettings(temperature=1.0, top_k=0, top_p=1.0)


def random_logits(seed: int, size: int = VOCABULARY) -> np.ndarray:
    return (np.random.default_rng(seed).normal(size=size) * 3).astype(np.float32)


def kept(logits: np.ndarray) -> list[int]:
    return np.flatnonzero(logits > -np.inf).tolist()


def log_of(*shares: float) -> np.ndarray:
    return np.log(np.array(shares, np.float32))


class Words:
    """A tokenizer of five tokens; any other text is two tokens."""

    texts = ("Paris", " Paris", " the", "a", "7")

    def ids_of(self, text: str) -> list[int]:
        return [self.texts.index(text)] if text in self.texts else [0, 1]

    def has(self, token: int) -> bool:
        return token < len(self.texts)

    def ids_containing(self, characters: str) -> frozenset[int]:
        return frozenset(i for i, text in enumerate(self.texts) if set(text) & set(characters))

    def contents(self) -> list[bytes]:
        return [text.encode() for text in self.texts]

    end_ids = frozenset({3})
    special_ids = frozenset({3})


WORDS = Words()
