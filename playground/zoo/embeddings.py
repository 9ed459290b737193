"""Word vectors and a sentence encoder in memory, shared and read-only.

Both are small (under 100 MB) and stay in memory once loaded.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from playground.core import hardware
from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.progress import Report, without_progress
from playground.zoo import fetch, model_files
from playground.zoo.cards import SENTENCE_VECTORS, WORD_VECTORS, ModelCard, models
from playground.zoo.lru_cache import LruCache

if TYPE_CHECKING:
    from tokenizers import Tokenizer

#: The model's own limit on the word pieces of a sentence.
MOST_PIECES = 256
_BATCH = 32


@dataclass(frozen=True, eq=False)
class WordVectors:
    """words: the most frequent first.  index: word -> its row.  unit: (N, D) float32, rows of length 1, read-only."""

    card: ModelCard
    words: tuple[str, ...]
    index: dict[str, int]
    unit: NDArray[np.float32]
    weights_sha256: str


@dataclass(frozen=True, eq=False)
class SentenceEncoder:
    """A net that maps sentences to points, read-only and shared."""

    card: ModelCard
    tokenizer: Tokenizer
    net: Any
    weights_sha256: str
    device: str

    def pieces(self, sentence: str) -> int:
        """How many word pieces the sentence has, including the start and end marks."""
        return len(self.tokenizer.encode(sentence).ids)

    def encode(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        """(N, 384) float32 of length 1: the mean of the last layer over a sentence's pieces, as its card says.

        Raises PlaygroundError for a sentence of more than MOST_PIECES word pieces.
        """
        import torch

        coded: list[list[int]] = [self.tokenizer.encode(sentence).ids for sentence in sentences]
        for sentence, one in zip(sentences, coded, strict=True):
            if len(one) > MOST_PIECES:
                raise PlaygroundError(
                    say("models.sentence.too_long", text=sentence[:40], pieces=len(one), most=MOST_PIECES)
                )
        rows = []
        for first in range(0, len(coded), _BATCH):
            batch = coded[first : first + _BATCH]
            longest = max(map(len, batch))
            ids = torch.tensor([[*one, *[0] * (longest - len(one))] for one in batch], device=self.device)
            mask = torch.tensor([[1] * len(one) + [0] * (longest - len(one)) for one in batch], device=self.device)
            with torch.inference_mode():
                states = self.net(input_ids=ids, attention_mask=mask).last_hidden_state  # (B, T, 384)
                mean = (states * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)
                rows.append(torch.nn.functional.normalize(mean, dim=1).cpu().numpy())
        return np.concatenate(rows)


_cache: LruCache[tuple[Path, str], WordVectors | SentenceEncoder] = LruCache()
_loading = threading.Lock()


def embedding_names() -> tuple[str, ...]:
    """Names of the word embeddings, then of the sentence embeddings."""
    cards = models().values()
    kinds = (WORD_VECTORS, SENTENCE_VECTORS)
    return tuple(card.name for kind in kinds for card in cards if card.kind == kind)


def is_loaded(name: str) -> bool:
    """Whether the model is in memory, so that using it takes no loading time."""
    return any(folder.name == name for folder, _ in _cache.keys())


def load_words(name: str, report: Report = without_progress) -> WordVectors:
    """The word vectors of that name, from memory or disk, or fetched first.

    Raises PlaygroundError for an unknown name, or if they cannot be fetched.
    """
    loaded = _load(_card(name, WORD_VECTORS), "cpu", report)
    assert isinstance(loaded, WordVectors)
    return loaded


def load_sentences(name: str, report: Report = without_progress) -> SentenceEncoder:
    """The sentence encoder. Raises PlaygroundError for an unknown name, or if it cannot be fetched."""
    loaded = _load(_card(name, SENTENCE_VECTORS), hardware.detect().device, report)
    assert isinstance(loaded, SentenceEncoder)
    return loaded


def forget() -> None:
    """Drop everything from memory."""
    _cache.clear()


def _card(name: str, kind: str) -> ModelCard:
    card = models().get(name)
    if card is None or card.kind != kind:
        known = ", ".join(embedding_names())
        raise PlaygroundError(say("models.names.no_model_of_kind", name=name[:80], names=known))
    return card


def _load(card: ModelCard, device: str, report: Report) -> WordVectors | SentenceEncoder:
    folder = fetch.ensure(card, report)
    with _loading:
        model = _cache.get((folder, device))
        if model is None:
            if model_files.damaged_file(folder) is not None:
                report(say("models.progress.replacing", model=card.title), 0.0)
                fetch.repair(card, report)
                if model_files.damaged_file(folder) is not None:
                    raise PlaygroundError(say("models.file.replacement_damaged", model=card.title))
            model = _read_words(card, folder) if card.kind == WORD_VECTORS else _read_sentences(card, folder, device)
            _cache.put((folder, device), model, (folder / model_files.WEIGHTS).stat().st_size)
    return model


def _read_words(card: ModelCard, folder: Path) -> WordVectors:
    from safetensors.numpy import load_file

    tensors = load_file(folder / model_files.WEIGHTS)
    unit = tensors["vectors"]
    # In place, to hold only one copy. A zero vector has no direction, and stays zero.
    unit /= np.maximum(np.linalg.norm(unit, axis=1, keepdims=True), np.float32(1e-12))
    unit.flags.writeable = False
    words = tuple(tensors["words"].tobytes().decode().split("\n"))
    return WordVectors(
        card, words, {word: row for row, word in enumerate(words)}, unit, str(model_files.read_record(folder)["sha256"])
    )


def _read_sentences(card: ModelCard, folder: Path, device: str) -> SentenceEncoder:
    import torch
    from tokenizers import Tokenizer
    from transformers import AutoModel
    from transformers.utils import logging

    logging.disable_progress_bar()
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    # Its file truncates and pads to 128 pieces; here sentences keep their length.
    tokenizer.no_truncation()
    tokenizer.no_padding()
    net = AutoModel.from_pretrained(
        folder, dtype=torch.float32, local_files_only=True, use_safetensors=True, trust_remote_code=False
    )
    net = net.to(device).eval().requires_grad_(False)
    return SentenceEncoder(card, tokenizer, net, str(model_files.read_record(folder)["sha256"]), device)
