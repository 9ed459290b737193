"""Embedding spaces of words and sentences: loading, nearest neighbours, and positions.

All vectors have length 1, so that the product of two is the cosine of the angle between them. Sources: GloVe,
Pennington et al. 2014, doi:10.3115/v1/D14-1162; all-MiniLM-L6-v2, after Reimers and Gurevych 2019, arXiv:1908.10084.
"""

from __future__ import annotations

import difflib
import threading
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
#: Spellings are offered from among so many of the most frequent words.
_COMMON = 60_000
#: How long one visitor's pointer waits for another's before it gets a sentence instead.
_PATIENCE_SECONDS = 1.5
_looking = threading.Lock()


@dataclass(frozen=True, eq=False)
class WordSpace:
    """labels: the words or sentences.  index: label -> row.  unit: (N, D) float32, rows of length 1.

    kind: one of KINDS.  weights_sha256: of the model that placed them.
    """

    kind: str
    labels: Sequence[str]
    index: dict[str, int]
    unit: NDArray[np.float32]
    weights_sha256: str

    @property
    def noun(self) -> str:
        """What its points are called, one of them."""
        return "word" if self.kind == GLOVE else "sentence"

    def rows(self, labels: Sequence[str]) -> list[int]:
        """Where the words stand. Raises PlaygroundError, offering spellings, for the first that is unknown."""
        for label in labels:
            if label not in self.index:
                raise PlaygroundError(
                    f"{_quoted(label)} is not among the {len(self.labels):,} words.{self._near(label)}"
                )
        return [self.index[label] for label in labels]

    def _near(self, label: str) -> str:
        alike = [
            word
            for word in self.labels[:_COMMON]
            if abs(len(word) - len(label)) <= 2 and (word[:1] == label[:1] or word[-2:] == label[-2:])
        ]
        found = difflib.get_close_matches(label, alike, n=3, cutoff=0.7)
        return f" Did you mean {' or '.join(found)}?" if found else " Try another word for it."

    def nearest(
        self, cosines: NDArray[np.float32], count: int, dropped: Collection[int] = ()
    ) -> list[tuple[int, float]]:
        """The rows with the largest cosines, largest first, as (row, cosine); of equal ones the earlier row.

        cosines: (N,).  dropped: rows that are left out.  Fewer than count if there are not so many.
        """
        most = min(count + len(dropped), len(cosines))
        found = np.argpartition(-cosines, most - 1)[:most]
        found = found[np.lexsort((found, -cosines[found]))]
        return [(int(row), float(cosines[row])) for row in found if row not in dropped][:count]


def _quoted(label: str) -> str:
    return f'"{label if len(label) <= 40 else label[:39] + "…"}"'


def read_kind(value: object) -> str:
    """value as one of KINDS, also by its name in the zoo. Raises PlaygroundError for any other."""
    by_name = {name: kind for kind, name in MODELS.items()}
    return parse_choice(by_name.get(str(value), value), KINDS, "model")


def default_sentences() -> tuple[str, ...]:
    """The sentences that the page opens on."""
    return tuple(_SENTENCES.read_text(encoding="utf-8").split("\n")[:-1])


def read_labels(kind: str, value: object, name: str, fewest: int = 0, most: int = MAX_WORDS) -> tuple[str, ...]:
    """The words in "king, woman", or the sentences in lines, or those in a list; words in lower case.

    Raises PlaygroundError, which calls them by name, for too few or too many, or one that is too long or no text.
    """
    noun = "words" if kind == GLOVE else "sentences"
    longest = LONGEST_WORD if kind == GLOVE else LONGEST_SENTENCE
    if value is None:
        items: list[object] = []
    elif isinstance(value, (list, tuple)):
        items = list(value)
    else:
        text = parse_text(value, name, may_be_empty=True)
        if len(text) > (most + 10) * (longest + 1):
            raise PlaygroundError(f"{name} has {len(text):,} characters, more than {most} {noun}: shorten it.")
        parts = text.replace(",", " ").replace(";", " ").split() if kind == GLOVE else text.splitlines()
        items = [part.strip() for part in parts if part.strip()]
    if len(items) > most:
        raise PlaygroundError(f"{name} takes at most {most} {noun}; there are {len(items):,}.")
    labels = [_read_label(kind, item, name, longest) for item in items]
    if len(labels) < fewest:
        some = "one word or more" if kind == GLOVE else "one sentence or more, each on its own line"
        few = (
            some
            if fewest == 1
            else some.replace("one", "two").replace("word", "words").replace("sentence", "sentences")
        )
        raise PlaygroundError(f"{name} takes {few}; there {'is' if labels else 'are'} {len(labels) or 'none'}.")
    return tuple(labels)


def _read_label(kind: str, item: object, name: str, longest: int) -> str:
    if not isinstance(item, str) or not item.strip():
        raise PlaygroundError(f"{name} takes {'words' if kind == GLOVE else 'sentences'}; {quoted(item)} is none.")
    label = parse_text(item, name).strip()
    if len(label) > longest:
        raise PlaygroundError(f"{_quoted(label)} in {name} has {len(label):,} characters; at most {longest} are read.")
    return label.lower() if kind == GLOVE else " ".join(label.split())


def read_candidates(kind: str, value: object) -> tuple[str, ...]:
    """The sentences among which answers are looked for, each once; none for words, which have a vocabulary.

    None or "" is the default list. Raises PlaygroundError for one sentence, or too many.
    """
    if kind == GLOVE:
        return ()
    if value is None or value == "":
        return default_sentences()
    return tuple(dict.fromkeys(read_labels(kind, value, "The list of sentences", 2, MAX_CANDIDATES)))


def fetch_embeddings(kind: str) -> Iterator[FetchProgress]:
    """Fetches the model, with progress, if it is not here yet. Raises PlaygroundError if it is not available."""
    return fetch_by_name(MODELS[kind])


def is_in_memory(kind: str) -> bool:
    """Whether the model is already loaded."""
    from playground.zoo import embeddings

    return embeddings.is_loaded(MODELS[kind])


def load_embeddings(kind: str) -> None:
    """Loads the model. Raises PlaygroundError if it is not available."""
    from playground.zoo import embeddings

    if kind == GLOVE:
        embeddings.load_words(MODELS[kind])
    else:
        embeddings.load_sentences(MODELS[kind])


def space_facts(kind: str) -> list[tuple[str, str]]:
    """The model card's main facts, as (name, sentence)."""
    from playground.zoo.cards import models

    card = models()[MODELS[kind]]
    size = f"{card.size_bytes / 1e6:.0f} MB to fetch, once"
    return [
        ("Model", card.title), ("Source", card.source), ("Learned from", card.trained_on), ("Licence", card.licence),
        ("Size", size), ("Beware", card.notes),
    ]  # fmt: skip


def word_space(kind: str, candidates: Sequence[str] = (), further: Sequence[str] = ()) -> WordSpace:
    """The embedding space of a kind; for sentences, only of the given ones, which are encoded now.

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
    """The words nearest to a word, itself left out, as (word, cosine): for a pointer, so nothing is loaded for it.

    Raises PlaygroundError for an unknown word, or if the words are not in memory.
    """
    (label,) = read_labels(GLOVE, [word], "The map")
    if not is_in_memory(GLOVE):
        raise PlaygroundError("The words are not in memory yet: open the map again.")
    space = word_space(GLOVE)
    (row,) = space.rows([label])
    if not _looking.acquire(timeout=_PATIENCE_SECONDS):
        raise PlaygroundError("Others are asking at this moment: point at the word again.")
    try:
        found = space.nearest(space.unit @ space.unit[row], count, {row})
    finally:
        _looking.release()
    return tuple((space.labels[near], cosine) for near, cosine in found)
