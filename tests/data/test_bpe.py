from __future__ import annotations

import json
from pathlib import Path

import pytest
from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

from playground.data import bpe

ENGLISH = (
    "It is a truth universally acknowledged, that a single man isn't in want of a wife: it's 1813.  Oh!\n\nYes. " * 3
)
MIXED = "naïve café — Привет, мир! 你好,世界。 हिन्दी ½ x² \t end  \u00a0 aaaa aaa aa _under_score_ 'tis 'sad'\n \n" * 2
TEXTS = {
    "english": ENGLISH + "the then them these there their other " * 4,
    "mixed": MIXED,
    "same": "aaaaaaa aaaa aaa " * 5,
}


def theirs(text: str, vocabulary: int) -> Tokenizer:
    """The tokenizers library's own training on the same pieces."""
    tokenizer = Tokenizer(models.BPE())
    split = json.loads(bpe.tokenizer_json([]))["pre_tokenizer"]["pretokenizers"][0]["pattern"]["Regex"]
    to_bytes = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(split), "isolated"), to_bytes])
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        min_frequency=2,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([text], trainer)
    return tokenizer


def marked(token: bytes) -> str:
    return "".join(bpe.byte_symbols()[byte] for byte in token)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_the_merges_are_those_of_the_tokenizers_library_ties_among_them(text: str) -> None:
    expected = [tuple(pair) for pair in json.loads(theirs(text, 256 + 60).to_str())["model"]["merges"]]
    actual = bpe.learn_merges(text, 60)
    assert [(marked(merge.left), marked(merge.right)) for merge in actual] == expected[: len(actual)]
    assert len(actual) == len(expected)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_the_tokenizer_file_splits_as_we_do_and_decodes_to_the_text(text: str) -> None:
    learned = bpe.learn_merges(text, 80)
    library = Tokenizer.from_str(bpe.tokenizer_json(learned))
    encoded = library.encode(text)
    assert encoded.tokens == [marked(token) for token in bpe.BpeTokenizer(learned).split(text, len(learned))]
    assert library.decode(encoded.ids) == text


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_words_and_tokens_joined_are_the_text_after_any_number_of_merges(text: str) -> None:
    assert "".join(bpe.words_of(text)) == text
    learned = bpe.learn_merges(text, 80)
    splitter = bpe.BpeTokenizer(learned)
    removed_at = splitter.gone_at(text)
    whole = text.encode()
    assert len(removed_at) == len(whole) - 1
    for count in (0, 1, 7, 30, len(learned)):
        tokens = splitter.split(text, count)
        assert b"".join(tokens) == whole
        ends, place = set(), 0
        for token in tokens[:-1]:
            place += len(token)
            ends.add(place)
        assert ends == {at + 1 for at, rank in enumerate(removed_at) if rank == 0 or rank > count}


def test_no_merges_leave_bytes_and_each_merge_joins_what_it_says() -> None:
    learned = bpe.learn_merges(ENGLISH, 25)
    splitter = bpe.BpeTokenizer(learned)
    assert all(len(token) == 1 for token in splitter.split(ENGLISH, 0))
    for at, merge in enumerate(learned):
        before, after = splitter.split(ENGLISH, at), splitter.split(ENGLISH, at + 1)
        assert len(before) - len(after) == merge.joined
        assert merge.token in after


def test_three_in_a_row_count_as_two_pairs_and_are_joined_once() -> None:
    (first, *_) = bpe.learn_merges("aaa aaa", 1)
    assert (first.left, first.right, first.count, first.joined) == (b"a", b"a", 4, 2)


def test_a_pair_seen_once_is_not_merged() -> None:
    assert bpe.learn_merges("abc", 10) == []
    assert bpe.learn_merges("", 10) == []


def test_the_passages_that_the_page_cuts_are_cut_as_here() -> None:
    stored = Path(__file__).parents[1] / "panels/train/language_model/passages.json"
    for one in json.loads(stored.read_text("utf-8"))["passages"]:
        merges = [bpe.Merge(bytes.fromhex(left), bytes.fromhex(right), 2, 1) for left, right in one["merges"]]
        assert bpe.BpeTokenizer(merges).gone_at(one["text"]) == one["gone"]
        assert list(one["text"].encode()) == one["bytes"]
