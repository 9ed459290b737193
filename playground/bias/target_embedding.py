"""The embedding that bias tests measure: word vectors, or a sentence encoder that reads each word in templates.

With a sentence encoder, a word's vector is the mean over templates with almost no meaning: May et al. 2019,
arXiv:1903.10561. Theirs is SEAT, where each sentence is a data point and templates depend on the kind of word; here the
word is the unit, and all words use the same templates, so a difference between two words cannot come from these.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.validation import parse_choice
from playground.language.model_menu import FetchProgress, fetch_by_name

if TYPE_CHECKING:
    from playground.zoo.embeddings import SentenceEncoder, WordVectors

DEFAULT = "glove-6b-50d"
#: Sentences that are encoded at a time, as the encoder itself takes them.
BATCH = 32
TEMPLATES = ("This is _.", "That is _.", "Here is _.", "There is _.", "It is _.", "_ is here.")


@dataclass(frozen=True, eq=False)
class TargetEmbedding:
    """A loaded embedding. name, title: in the zoo.  templates: with "_" for the word; () for word vectors.

    It belongs to one run and caches the vectors of its sentences.
    """

    name: str
    title: str
    weights_sha256: str
    templates: tuple[str, ...]
    _loaded: WordVectors | SentenceEncoder
    _sentence_vectors: dict[str, NDArray[np.float32]] = field(default_factory=dict)

    def knows(self, word: str) -> bool:
        """Whether the word has a vector; a sentence encoder reads any word, in pieces."""
        return bool(self.templates) or word in self._words().index

    def read(self, words: Sequence[str]) -> Iterator[float]:
        """Encodes the sentences of `points_by_template`, in batches. Yields the share done, 0 to 1, after each.

        Of word vectors there is nothing to encode. Raises PlaygroundError for a word too long for the model.
        """
        for done, template in enumerate(self.templates):
            sentences = (template.replace("_", word) for word in words)
            new = [one for one in dict.fromkeys(sentences) if one not in self._sentence_vectors]
            for first in range(0, len(new), BATCH):
                batch = new[first : first + BATCH]
                self._sentence_vectors.update(zip(batch, self._sentences().encode(batch), strict=True))
                yield (done + min(1.0, (first + BATCH) / len(new))) / len(self.templates)

    def points_by_template(self, words: Sequence[str]) -> Iterator[NDArray[np.float32]]:
        """Yields (N, D) vectors of length 1, once per template; once for word vectors.

        words: in lower case, all known. Raises PlaygroundError for a word too long for the model.
        """
        if not self.templates:
            vectors = self._words()
            yield vectors.unit[[vectors.index[word] for word in words]]
            return
        for _ in self.read(words):
            pass
        for template in self.templates:
            yield np.stack([self._sentence_vectors[template.replace("_", word)] for word in words])

    def common(self, count: int) -> tuple[tuple[str, ...], NDArray[np.float32]]:
        """The most frequent words, in order of frequency, and their vectors (N, D); only for word vectors."""
        vectors = self._words()
        return vectors.words[:count], vectors.unit[:count]

    def _words(self) -> WordVectors:
        from playground.zoo.embeddings import WordVectors

        assert isinstance(self._loaded, WordVectors)
        return self._loaded

    def _sentences(self) -> SentenceEncoder:
        from playground.zoo.embeddings import SentenceEncoder

        assert isinstance(self._loaded, SentenceEncoder)
        return self._loaded


def embedding_names() -> list[tuple[str, str]]:
    """(title, name) of the zoo's embeddings, word vectors first."""
    from playground.zoo.cards import models
    from playground.zoo.embeddings import embedding_names

    return [(models()[name].title, name) for name in embedding_names()]


def word_embedding_names() -> list[tuple[str, str]]:
    """(title, name) of the word vectors."""
    from playground.zoo.cards import WORD_VECTORS, models

    return [(title, name) for title, name in embedding_names() if models()[name].kind == WORD_VECTORS]


def read_embedding(value: object) -> str:
    """value, if it is the name of an embedding. Raises PlaygroundError that lists the names if not."""
    return parse_choice(value, [name for _, name in embedding_names()], "embedding")


def fetch_embedding(name: str) -> Iterator[FetchProgress]:
    """Fetches the embedding if its files are missing, with progress. Raises PlaygroundError if that fails."""
    return fetch_by_name(name)


def load_embedding(name: str) -> TargetEmbedding:
    """The embedding of that name, loaded. Raises PlaygroundError if its files cannot be read."""
    from playground.zoo import embeddings
    from playground.zoo.cards import WORD_VECTORS, models

    card = models()[read_embedding(name)]
    if card.kind == WORD_VECTORS:
        words = embeddings.load_words(name)
        return TargetEmbedding(name, card.title, words.weights_sha256, (), words)
    net = embeddings.load_sentences(name)
    return TargetEmbedding(name, card.title, net.weights_sha256, TEMPLATES, net)


def embedding_facts(name: str) -> list[tuple[str, str]]:
    """Facts about the embedding, as (name, text)."""
    from playground.zoo.cards import models

    card = models()[name]
    return [
        (say("bias.weat.embedding"), card.title),
        (say("shared.model_facts.source"), card.source),
        (say("shared.model_facts.trained_on"), card.trained_on),
        (say("shared.model_facts.licence"), card.licence),
        (say("shared.model_facts.size"), say("bias.weat.about.size_text", bytes=card.size_bytes)),
        (say("bias.weat.about.notes"), card.notes),
    ]  # fmt: skip
