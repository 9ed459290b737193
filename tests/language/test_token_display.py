"""Tokens as text: whatever marks a tokenizer has for words, the pieces together are the text."""

from __future__ import annotations

import pytest
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from playground.language.token_display import vocabulary


def word_pieces() -> PreTrainedTokenizerFast:
    words = ["[UNK]", "the", "sea", "##side", "old", "."]
    tokenizer = Tokenizer(models.WordPiece({word: index for index, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece(cleanup=False)
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="[UNK]")


def word_ends() -> PreTrainedTokenizerFast:
    words = ["<unk>", "t", "h", "e", "the", "the</w>", "s", "a", "sea</w>", "sea", "ea", "ea</w>", "a</w>", "e</w>"]
    merges = [("h", "e</w>"), ("e", "a</w>"), ("t", "he</w>"), ("s", "ea</w>")]
    entries = {word: index for index, word in enumerate([*words, "he</w>"])}
    tokenizer = Tokenizer(models.BPE(entries, merges, unk_token="<unk>", end_of_word_suffix="</w>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.decoder = decoders.BPEDecoder(suffix="</w>")
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="<unk>")


def whole_words() -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.WordLevel({"<unk>": 0, "the": 1, "sea": 2}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="<unk>")


@pytest.mark.parametrize(
    ("tokenizer", "text", "pieces"),
    [
        (word_pieces(), "the seaside old.", ["the", " sea", "side", " old", " ."]),
        (word_pieces(), "the moon", ["the", " [UNK]"]),
        (word_ends(), "the sea", ["the ", "sea "]),
        (whole_words(), "the old sea", ["the", " <unk>", " sea"]),
    ],
)
def test_the_pieces_of_a_text_are_its_words(tokenizer: PreTrainedTokenizerFast, text: str, pieces: list[str]) -> None:
    ids = tokenizer(text)["input_ids"]
    stream = vocabulary(tokenizer).stream()
    assert [stream.feed(token)[0] for token in ids] == pieces
    assert "".join(pieces).rstrip() == tokenizer.decode(ids)
