"""Tokens for display: the text that each adds, its probability, rank, surprisal and alternatives."""

from __future__ import annotations

import codecs
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from playground.language.sampling import log_normalizer, top_indices

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

ALTERNATIVES = 10


@dataclass(frozen=True)
class Alternative:
    """A candidate for a position. probability: under the model alone, before the sampler, 0 to 1."""

    id: int
    text: str
    probability: float

    def to_json(self) -> dict[str, object]:
        """All fields, as JSON values."""
        return {"id": self.id, "text": self.text, "probability": self.probability}


@dataclass(frozen=True)
class Token:
    """One token at its position.

    text: its contribution to the text; "" while a character that spans several tokens is incomplete.  bytes: in hex if
    they are not whole characters, else "".
    probability, rank (1 is the most likely), surprisal_bits: under the model alone, before the sampler; None for the
    first token, because nothing comes before it.  sampled_probability: after all stages of the sampler; None in the
    prompt.
    """

    id: int
    text: str
    bytes: str
    special: bool
    forced: bool = False
    probability: float | None = None
    sampled_probability: float | None = None
    rank: int | None = None
    surprisal_bits: float | None = None
    alternatives: tuple[Alternative, ...] = ()

    def to_json(self) -> dict[str, object]:
        """As JSON values, alternatives included."""
        data: dict[str, object] = {
            "id": self.id,
            "text": self.text,
            "probability": self.probability,
            "sampled_probability": self.sampled_probability,
            "rank": self.rank,
            "surprisal_bits": self.surprisal_bits,
            "forced": self.forced,
            "special": self.special,
            "alternatives": [alternative.to_json() for alternative in self.alternatives],
        }
        return data | ({"bytes": self.bytes} if self.bytes else {})


def _byte_of_character() -> dict[str, int]:
    """Character of a byte-level vocabulary -> the byte that it encodes. Source: Radford et al. 2019 (GPT-2), 2.2."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = [byte for byte in range(256) if byte not in printable]
    return {chr(byte): byte for byte in printable} | {chr(256 + i): byte for i, byte in enumerate(others)}


def _splits_at_spaces(description: Mapping[str, Any]) -> bool:
    """Whether a tokenizer's tokens are whole words, between which spaces are lost. description: its tokenizer.json."""
    splitter = description.get("pre_tokenizer") or {}
    kinds = {step.get("type") for step in (splitter, *splitter.get("pretokenizers", ()))}
    is_words = (description.get("model") or {}).get("type") == "WordLevel"
    return is_words and bool(kinds & {"Whitespace", "WhitespaceSplit", "BertPreTokenizer"})


class Vocabulary:
    """The bytes of each token id; a token can end within a character."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase) -> None:
        """tokenizer: byte-level BPE, SentencePiece with or without byte fallback, or any other that decodes ids."""
        self._tokenizer = tokenizer
        added = getattr(tokenizer, "added_tokens_decoder", {})
        self._added = {int(i): str(token) for i, token in added.items()}
        self._special = frozenset(tokenizer.all_special_ids) | {int(i) for i, token in added.items() if token.special}
        backend = getattr(tokenizer, "backend_tokenizer", None)
        description = json.loads(backend.to_str()) if backend is not None else {}
        decoder = description.get("decoder")
        steps = [step for step in (decoder or {}).get("decoders", [decoder]) if step]
        kinds = {step["type"]: step for step in steps}
        self._byte_level = "ByteLevel" in kinds
        self._word_end = str(kinds.get("BPEDecoder", {}).get("suffix") or "")
        self._word_part = str(kinds.get("WordPiece", {}).get("prefix") or "")
        self._whole_words = not steps and _splits_at_spaces(description)
        #: Whether a text's first space is not part of it: every word but a text's first has one before it.
        self.has_start_space = bool(self._word_part) or self._whole_words
        self._characters = _byte_of_character()
        self._pieces: dict[int, str] = {}

    def is_special(self, token: int) -> bool:
        """Whether the id is a control token, such as an end-of-text mark."""
        return token in self._special

    def content(self, token: int) -> bytes:
        """The bytes that the token adds to the text."""
        if token in self._added:
            space = " " if self.has_start_space and token == self._tokenizer.unk_token_id else ""
            return (space + self._added[token]).encode("utf-8", "replace")
        name = self._tokenizer.convert_ids_to_tokens(token)
        if name is None:
            return b""
        if self._byte_level and all(character in self._characters for character in name):
            return bytes(self._characters[character] for character in name)
        if len(name) == 6 and name.startswith("<0x") and name.endswith(">"):
            return bytes.fromhex(name[3:5])
        return self._text_of(str(name)).encode("utf-8", "replace")

    def _text_of(self, name: str) -> str:
        """The text of a token's name: with a space for a word's end ("</w>") or for all but its parts ("##")."""
        if self._word_end:
            return name.removesuffix(self._word_end) + " " * name.endswith(self._word_end)
        if self._whole_words:
            return " " + name
        if self._word_part:
            return name.removeprefix(self._word_part) if name.startswith(self._word_part) else " " + name
        return name.replace("\u2581", " ")

    def piece(self, token: int) -> str:
        """The token by itself as text, for alternatives; bytes of incomplete characters as ⟨e2 96⟩."""
        if token not in self._pieces:
            content = self.content(token)
            try:
                self._pieces[token] = content.decode("utf-8")
            except UnicodeDecodeError:
                self._pieces[token] = f"⟨{content.hex(' ')}⟩"
        return self._pieces[token]

    def stream(self) -> TextStream:
        """A new TextStream of this vocabulary."""
        return TextStream(self)


class TextStream:
    """Decodes ids one by one, holding back the bytes of a character until it is complete."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Starts at the beginning of a text."""
        self._vocabulary = vocabulary
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._at_start = vocabulary.has_start_space

    def feed(self, token: int) -> tuple[str, str]:
        """(the text that the token completes, its bytes in hex if they are not whole characters, else "")."""
        content = self._vocabulary.content(token)
        if self._at_start and (content.startswith(b" ") or not self._vocabulary.is_special(token)):
            content, self._at_start = content.removeprefix(b" "), False
        pending = bool(self._decoder.getstate()[0])
        text = self._decoder.decode(content)
        split = pending or bool(self._decoder.getstate()[0]) or "\ufffd" in text
        return text, content.hex(" ") if split else ""


@lru_cache(maxsize=8)
def vocabulary(tokenizer: PreTrainedTokenizerBase) -> Vocabulary:
    """The vocabulary of a tokenizer; built once for each."""
    return Vocabulary(tokenizer)


def unscored_tokens(words: Vocabulary, ids: Iterable[int], stream: TextStream) -> Iterator[Token]:
    """Yields the tokens of some ids without probabilities, advancing the stream."""
    for token in ids:
        text, split = stream.feed(token)
        yield Token(token, text, split, words.is_special(token))


def scored_token(
    words: Vocabulary,
    stream: TextStream,
    token: int,
    logits: NDArray[np.float32],
    forced: bool = False,
    sampled_probability: float | None = None,
) -> Token:
    """The token with its probability, rank, surprisal and alternatives. logits: (vocabulary,) raw, before the token."""
    log_z = log_normalizer(logits)
    log_probability = float(logits[token]) - log_z
    text, split = stream.feed(token)
    return Token(
        id=token,
        text=text,
        bytes=split,
        special=words.is_special(token),
        forced=forced,
        probability=math.exp(log_probability),
        sampled_probability=sampled_probability,
        rank=1 + int(np.count_nonzero(logits > logits[token])),
        surprisal_bits=max(0.0, -log_probability / math.log(2)),
        alternatives=tuple(
            Alternative(int(other), words.piece(int(other)), math.exp(float(logits[other]) - log_z))
            for other in top_indices(logits, ALTERNATIVES)
        ),
    )
