"""Words as points, by any embedding of the zoo: looked up, or, where a model places sentences, through templates.

A word's place in a sentence model is the mean over templates that say next to nothing: May et al. 2019,
arXiv:1903.10561 (SEAT). They choose templates by the kind of word; here all words stand in the same, so that a
difference between two words cannot come from their templates.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from playground.core.validation import parse_choice
from playground.language.model_menu import FetchProgress, fetch_by_name

if TYPE_CHECKING:
    from playground.zoo.embeddings import SentenceEncoder, WordVectors

DEFAULT = "glove-6b-50d"
TEMPLATES = ("This is _.", "That is _.", "Here is _.", "There is _.", "It is _.", "_ is here.")


@dataclass(frozen=True, eq=False)
class TargetEmbedding:
    """name, title: in the zoo.  weights_sha256: of the model.  templates: the sentences a word is put into, or ().

    It belongs to one run, and remembers what it has placed in sentences.
    """

    name: str
    title: str
    weights_sha256: str
    templates: tuple[str, ...]
    _loaded: WordVectors | SentenceEncoder
    _placed: dict[str, NDArray[np.float32]] = field(default_factory=dict)

    def knows(self, word: str) -> bool:
        """Whether the word has a place; a sentence model reads any word, in pieces."""
        return bool(self.templates) or word in self._words().index

    def points_by_template(self, words: Sequence[str]) -> Iterator[NDArray[np.float32]]:
        """Yields (N, D) points of length 1, once for each template, or once. The words are in lower case, all known.

        Raises PlaygroundError for a word that is too long for the model.
        """
        if not self.templates:
            held = self._words()
            yield held.unit[[held.index[word] for word in words]]
            return
        for template in self.templates:
            sentences = [template.replace("_", word) for word in words]
            new = [one for one in dict.fromkeys(sentences) if one not in self._placed]
            if new:
                self._placed.update(zip(new, self._sentences().encode(new), strict=True))
            yield np.stack([self._placed[one] for one in sentences])

    def common(self, count: int) -> tuple[tuple[str, ...], NDArray[np.float32]]:
        """The most frequent words, the first ones first, and their points (N, D); of word vectors only."""
        held = self._words()
        return held.words[:count], held.unit[:count]

    def _words(self) -> WordVectors:
        from playground.zoo.embeddings import WordVectors

        assert isinstance(self._loaded, WordVectors)
        return self._loaded

    def _sentences(self) -> SentenceEncoder:
        from playground.zoo.embeddings import SentenceEncoder

        assert isinstance(self._loaded, SentenceEncoder)
        return self._loaded


def embedding_names() -> list[tuple[str, str]]:
    """(title, name) of the embeddings of the zoo, those of words first."""
    from playground.zoo.cards import models
    from playground.zoo.embeddings import embedding_names

    return [(models()[name].title, name) for name in embedding_names()]


def word_embedding_names() -> list[tuple[str, str]]:
    """(title, name) of those that have a point for each word."""
    from playground.zoo.cards import WORD_VECTORS, models

    return [(title, name) for title, name in embedding_names() if models()[name].kind == WORD_VECTORS]


def read_embedding(value: object) -> str:
    """value as an embedding's name. Raises PlaygroundError that lists them for any other."""
    return parse_choice(value, [name for _, name in embedding_names()], "embedding")


def fetch_embedding(name: str) -> Iterator[FetchProgress]:
    """Fetches the embedding, with progress, if it is not here yet. Raises PlaygroundError if it cannot be had."""
    return fetch_by_name(name)


def load_embedding(name: str) -> TargetEmbedding:
    """The embedding of that name, loaded. Raises PlaygroundError if it cannot be had."""
    from playground.zoo import embeddings
    from playground.zoo.cards import WORD_VECTORS, models

    card = models()[read_embedding(name)]
    if card.kind == WORD_VECTORS:
        words = embeddings.load_words(name)
        return TargetEmbedding(name, card.title, words.weights_sha256, (), words)
    net = embeddings.load_sentences(name)
    return TargetEmbedding(name, card.title, net.weights_sha256, TEMPLATES, net)


def embedding_facts(name: str) -> list[tuple[str, str]]:
    """What a visitor should know of the embedding: (name, sentence)."""
    from playground.zoo.cards import models

    card = models()[name]
    return [
        ("Embedding", card.title), ("Source", card.source), ("Learned from", card.trained_on),
        ("Licence", card.licence), ("Size", f"{card.size_bytes / 1e6:.0f} MB to fetch, once"), ("Beware", card.notes),
    ]  # fmt: skip
