"""Embedding spaces of words and sentences: loading, validation of labels, nearest neighbours.

All vectors have length 1, so the dot product of two is the cosine of the angle between them. Sources: GloVe,
Pennington et al. 2014, doi:10.3115/v1/D14-1162; all-MiniLM-L6-v2, after Reimers and Gurevych 2019, arXiv:1908.10084.
"""

from __future__ import annotations

import difflib
import itertools
import threading
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.paths import DATA
from playground.core.validation import parse_choice, parse_text, quoted
from playground.language.model_menu import FetchProgress, fetch_by_name

GLOVE, MINILM = "glove", "minilm"
KINDS = (GLOVE, MINILM)
#: Names in the zoo.
MODELS = {GLOVE: "glove-6b-50d", MINILM: "minilm-l6-v2"}
MAX_WORDS, LONGEST_WORD, MAX_CANDIDATES, LONGEST_SENTENCE = 12, 80, 100, 500
_SENTENCES = DATA / "sentences.txt"
#: Suggested spellings come from this many of the most frequent words.
_COMMON = 60_000
#: How long a visitor's pointer waits while others ask, before it gets an error.
_PATIENCE_SECONDS = 1.5
_search = threading.Lock()


@dataclass(frozen=True, eq=False)
class WordSpace:
    """labels: the words or sentences.  index: label -> row.  unit: (N, D) float32, rows of length 1.

    kind: one of KINDS.  weights_sha256: of the embedding model.
    """

    kind: str
    labels: Sequence[str]
    index: dict[str, int]
    unit: NDArray[np.float32]
    weights_sha256: str

    def rows(self, labels: Sequence[str]) -> list[int]:
        """Rows of the labels. Raises PlaygroundError, with suggested spellings, for the first unknown one."""
        for label in labels:
            if label not in self.index:
                raise PlaygroundError(self._unknown(label))
        return [self.index[label] for label in labels]

    def _unknown(self, label: str) -> str:
        candidates = [
            word
            for word in self.labels[:_COMMON]
            if abs(len(word) - len(label)) <= 2 and (word[:1] == label[:1] or word[-2:] == label[-2:])
        ]
        matches = difflib.get_close_matches(label, candidates, n=3, cutoff=0.7)
        values = {"word": _quoted(label), "count": len(self.labels)}
        if not matches:
            return say("text.word_embeddings.unknown", **values)
        suggestions = f" {say('text.word_embeddings.or')} ".join(matches)
        return say("text.word_embeddings.unknown_did_you_mean", **values, suggestions=suggestions)

    def nearest(
        self, cosines: NDArray[np.float32], count: int, dropped: Collection[int] = ()
    ) -> list[tuple[int, float]]:
        """Up to `count` of (row, cosine), the largest cosine first, the earlier row first among equals.

        cosines: (N,).  dropped: rows to leave out.
        """
        most = min(count + len(dropped), len(cosines))
        rows = np.argpartition(-cosines, most - 1)[:most]
        rows = rows[np.lexsort((rows, -cosines[rows]))]
        return [(int(row), float(cosines[row])) for row in rows if row not in dropped][:count]


def _quoted(label: str) -> str:
    return f'"{label if len(label) <= 40 else label[:39] + "…"}"'


def read_kind(value: object) -> str:
    """One of KINDS, from itself or its name in the zoo. Raises PlaygroundError for any other value."""
    by_name = {name: kind for kind, name in MODELS.items()}
    return parse_choice(by_name.get(str(value), value), KINDS, "model")


def default_sentences() -> tuple[str, ...]:
    """The sentences that the page opens with."""
    return tuple(_SENTENCES.read_text(encoding="utf-8").split("\n")[:-1])


def read_labels(kind: str, value: object, name: str, fewest: int = 0, most: int = MAX_WORDS) -> tuple[str, ...]:
    """The words of "king, woman", in lower case; or the sentences of lines; or those of a list.

    name: of the field, for the PlaygroundError about labels that are too few, too many, too long, or not text.
    """
    noun = _noun(kind)
    longest = LONGEST_WORD if kind == GLOVE else LONGEST_SENTENCE
    if value is None:
        items: list[object] = []
    elif isinstance(value, (list, tuple)):
        items = list(value)
    else:
        text = parse_text(value, name, may_be_empty=True)
        if len(text) > (most + 10) * (longest + 1):
            size = {"characters": len(text), "most": most}
            raise PlaygroundError(say("text.word_embeddings.text_too_long", name=name, noun=noun, **size))
        parts = text.replace(",", " ").replace(";", " ").split() if kind == GLOVE else text.splitlines()
        items = [part.strip() for part in parts if part.strip()]
    if len(items) > most:
        raise PlaygroundError(say("text.word_embeddings.too_many", name=name, noun=noun, most=most, count=len(items)))
    labels = [_read_label(kind, item, name, longest) for item in items]
    if len(labels) < fewest:
        key = "few_words" if kind == GLOVE else "few_sentences"
        raise PlaygroundError(say(f"text.word_embeddings.{key}", name=name, count=fewest, present=len(labels)))
    return tuple(labels)


def _noun(kind: str) -> str:
    return say("text.word_embeddings.words" if kind == GLOVE else "text.word_embeddings.sentences")


def _read_label(kind: str, item: object, name: str, longest: int) -> str:
    if not isinstance(item, str) or not item.strip():
        raise PlaygroundError(say("text.word_embeddings.wrong_type", name=name, noun=_noun(kind), value=quoted(item)))
    label = parse_text(item, name).strip()
    if len(label) > longest:
        values = {"label": _quoted(label), "name": name, "characters": len(label), "most": longest}
        raise PlaygroundError(say("text.word_embeddings.label_too_long", **values))
    return label.lower() if kind == GLOVE else " ".join(label.split())


def read_candidates(kind: str, value: object) -> tuple[str, ...]:
    """The distinct sentences to search for answers; () for words, which have a vocabulary.

    value: None or "" is the default list. Raises PlaygroundError for fewer than two sentences, or too many.
    """
    if kind == GLOVE:
        return ()
    if value is None or value == "":
        return default_sentences()
    return tuple(dict.fromkeys(read_labels(kind, value, say("text.word_embeddings.candidates"), 2, MAX_CANDIDATES)))


def words_beginning(text: str, labels: Sequence[str], most: int = 12) -> list[str]:
    """The first words, which are the most frequent, that begin with a text; [] for an empty one. labels: in order."""
    beginning = text.strip().lower()
    found = (label for label in labels if beginning and label.startswith(beginning))
    return list(itertools.islice(found, most))


def fetch_embeddings(kind: str) -> Iterator[FetchProgress]:
    """Downloads the model, with progress, unless it is here. Raises PlaygroundError if that fails."""
    return fetch_by_name(MODELS[kind])


def is_in_memory(kind: str) -> bool:
    """Whether the model of a kind is loaded."""
    from playground.zoo import embeddings

    return embeddings.is_loaded(MODELS[kind])


def load_embeddings(kind: str) -> None:
    """Loads the model of a kind. Raises PlaygroundError if it is not available."""
    from playground.zoo import embeddings

    if kind == GLOVE:
        embeddings.load_words(MODELS[kind])
    else:
        embeddings.load_sentences(MODELS[kind])


def space_facts(kind: str) -> list[tuple[str, str]]:
    """The model card's main facts, as (name, sentence)."""
    from playground.zoo.cards import models

    card = models()[MODELS[kind]]
    return [
        (say("shared.model"), card.title),
        (say("shared.model_facts.source"), card.source),
        (say("shared.model_facts.trained_on"), card.trained_on),
        (say("shared.model_facts.licence"), card.licence),
        (say("shared.model_facts.size"), say("text.model_facts.download", bytes=card.size_bytes)),
        (say("shared.model_facts.notes"), card.notes),
    ]


def word_space(kind: str, candidates: Sequence[str] = (), further: Sequence[str] = ()) -> WordSpace:
    """The embedding space of a kind. Sentences are encoded now: `candidates` and `further`, each once.

    Raises PlaygroundError if the model is not available, or a sentence is too long for it.
    """
    from playground.zoo import embeddings

    if kind == GLOVE:
        words = embeddings.load_words(MODELS[kind])
        return WordSpace(kind, words.words, words.index, words.unit, words.weights_sha256)
    labels = tuple(dict.fromkeys([*candidates, *further]))
    net = embeddings.load_sentences(MODELS[kind])
    unit = net.encode(labels)
    return WordSpace(kind, labels, {label: row for row, label in enumerate(labels)}, unit, net.weights_sha256)


def neighbours(word: object, count: int = 8) -> tuple[tuple[str, float], ...]:
    """The other words nearest to a word, as (word, cosine). For a moving pointer: it never loads the model.

    Raises PlaygroundError for an unknown word, if the model is not in memory, or if others ask for too long.
    """
    (label,) = read_labels(GLOVE, [word], say("text.word_embeddings.the_map"))
    if not is_in_memory(GLOVE):
        raise PlaygroundError(say("text.word_embeddings.not_loaded"))
    space = word_space(GLOVE)
    (row,) = space.rows([label])
    if not _search.acquire(timeout=_PATIENCE_SECONDS):
        raise PlaygroundError(say("text.word_embeddings.busy"))
    try:
        nearest = space.nearest(space.unit @ space.unit[row], count, {row})
    finally:
        _search.release()
    return tuple((space.labels[near], cosine) for near, cosine in nearest)
