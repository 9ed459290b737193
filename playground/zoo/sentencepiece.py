"""Reads a SentencePiece model file, its pieces, scores and normalisation, as a tokenizer of `tokenizers`.

Supports unigram models with single spaces between words. The format is a protocol buffer: fields with a number and a
type, which is 0 for a whole number, 1 for eight bytes, 2 for a length and as many bytes, 5 for four bytes.
Source: sentencepiece_model.proto of google/sentencepiece; Kudo 2018, arXiv:1804.10959.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_PIECE, _TRAINING, _NORMALISING = 1, 2, 3  # of the whole
_TEXT, _SCORE, _KIND = 1, 2, 3  # of a piece
_UNKNOWN_KIND, _CONTROL, _UNUSED = 2, 3, 5  # kinds of pieces that never match text
_KIND_OF_MODEL, _UNIGRAM = 3, 1  # of how it was trained
_TABLE = 2  # of how text is normalised
_BOUNDARY = "▁"
#: Prefix of pieces that must not match text: spaces become boundaries, so no text contains it.
_UNTYPABLE = " "
END, UNKNOWN = _UNTYPABLE + "</s>", _UNTYPABLE + "<unk>"


def read_pieces(data: bytes, name: str) -> Tokenizer:
    """The tokenizer in a .spm file. It does not append the end-of-sentence token, END.

    name: of the file, for errors. Raises PlaygroundError if it cannot be read, or is not a unigram model with "</s>"
    and "<unk>".
    """
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers

    try:
        vocabulary, unigram, table = _parts(data)
    except (IndexError, KeyError, struct.error, UnicodeDecodeError, ValueError) as error:
        raise PlaygroundError(say("models.file.not_sentencepiece", file=name)) from error
    texts = [text for text, _ in vocabulary]
    if not unigram or not {END, UNKNOWN} <= {*texts}:
        raise PlaygroundError(say("models.file.other_vocabulary", file=name))
    tokenizer = Tokenizer(models.Unigram(vocabulary, texts.index(UNKNOWN), byte_fallback=False))
    characters = [normalizers.Precompiled(table)] if table else []
    spaces = [normalizers.Strip(), normalizers.Replace(Regex(" {2,}"), " ")]
    tokenizer.normalizer = normalizers.Sequence([*characters, *spaces])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(_BOUNDARY, "always", split=False)
    tokenizer.decoder = decoders.Metaspace(_BOUNDARY, "always", split=False)
    return tokenizer


def _parts(data: bytes) -> tuple[list[tuple[str, float]], bool, bytes]:
    """(pieces with their scores, whether it is a unigram model, the table that normalises characters)."""
    vocabulary: list[tuple[str, float]] = []
    unigram, table = True, b""  # unigram is the format's default
    for number, value in _fields(data):
        if not isinstance(value, bytes):
            continue
        inside = dict(_fields(value))
        if number == _PIECE:
            text, score = inside[_TEXT], inside.get(_SCORE, 0.0)
            apart = inside.get(_KIND) in (_UNKNOWN_KIND, _CONTROL, _UNUSED)
            if not isinstance(text, bytes):
                raise ValueError("a piece without a text")
            vocabulary.append((_UNTYPABLE * apart + text.decode(), float(score)))
        elif number == _TRAINING:
            unigram = inside.get(_KIND_OF_MODEL, _UNIGRAM) == _UNIGRAM
        elif number == _NORMALISING:
            value = inside.get(_TABLE, b"")
            table = value if isinstance(value, bytes) else b""
    return vocabulary, unigram, table


def _fields(data: bytes) -> Iterator[tuple[int, bytes | int | float]]:
    """(field number, value) of each field of a message."""
    place = 0
    while place < len(data):
        key, place = _whole(data, place)
        number, kind = key >> 3, key & 7
        if kind == 0:
            whole, place = _whole(data, place)
            yield number, whole
        elif kind == 2:
            size, place = _whole(data, place)
            if place + size > len(data):
                raise ValueError("cut short")
            yield number, data[place : place + size]
            place += size
        elif kind == 5:
            yield number, struct.unpack_from("<f", data, place)[0]
            place += 4
        elif kind == 1:
            place += 8
        else:
            raise ValueError(f"field of type {kind}")


def _whole(data: bytes, place: int) -> tuple[int, int]:
    """(the variable-length number at `place`, the place after it). Seven bits a byte."""
    result = shift = 0
    while True:
        byte = data[place]
        place += 1
        result |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return result, place
