"""Reads a SentencePiece model file, its pieces, scores and normalisation, as a tokenizer of `tokenizers`.

Supports unigram models with single spaces between words. The package sentencepiece parses the file; its own processor
is not used, because it matches control pieces such as "</s>" in what a visitor writes.
Source: sentencepiece_model.proto of google/sentencepiece; Kudo 2018, arXiv:1804.10959.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_BOUNDARY = "▁"
#: Prefix of pieces that must not match text: spaces become boundaries, so no text contains it.
_UNTYPABLE = " "
END, UNKNOWN = _UNTYPABLE + "</s>", _UNTYPABLE + "<unk>"


def read_pieces(data: bytes, name: str) -> Tokenizer:
    """The tokenizer in a .spm file. It does not append the end-of-sentence token, END.

    name: of the file, for errors. Raises PlaygroundError if it cannot be read, or is not a unigram model with "</s>"
    and "<unk>".
    """
    from google.protobuf.message import DecodeError
    from sentencepiece.sentencepiece_model_pb2 import ModelProto, TrainerSpec
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers

    try:
        model = ModelProto.FromString(data)
    except DecodeError as error:
        raise PlaygroundError(say("models.file.not_sentencepiece", file=name)) from error
    piece_type = ModelProto.SentencePiece
    untypable = {piece_type.UNKNOWN, piece_type.CONTROL, piece_type.UNUSED}
    vocabulary = [(_UNTYPABLE * (one.type in untypable) + one.piece, one.score) for one in model.pieces]
    unigram, table = model.trainer_spec.model_type == TrainerSpec.UNIGRAM, model.normalizer_spec.precompiled_charsmap
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
