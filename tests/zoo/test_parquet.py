"""The reader of word lists, against a file that pyarrow 25.0.1 wrote: a small dictionary, then plain words, Snappy."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.core.errors import PlaygroundError
from playground.zoo.parquet import read_words

FILE = Path(__file__).parent / "data" / "words.parquet"


def expected() -> list[str]:
    words = [*(f"word{number}" for number in range(40)), "über", "'s", "a", "日本"]
    later = [f"later-{number}-{'x' * (number % 9)}" for number in range(300)]
    return [*(words[number * 7 % 44] for number in range(44)), *later]


def test_the_words_come_out_as_another_library_wrote_them() -> None:
    assert read_words(FILE.read_bytes()) == expected()


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" * 8, b"text, not Parquet"])
def test_a_file_that_is_not_parquet_is_refused(content: bytes) -> None:
    with pytest.raises(PlaygroundError, match="list of words is damaged"):
        read_words(content)


def test_no_truncated_file_is_read_as_complete() -> None:
    whole = FILE.read_bytes()
    for length in range(0, len(whole), 97):
        with pytest.raises(PlaygroundError, match="list of words is damaged"):
            read_words(whole[:length])


def test_a_byte_that_changed_gives_other_words_or_a_sentence_and_no_other_error() -> None:
    whole = FILE.read_bytes()
    refused = 0
    for place in range(0, len(whole), 31):
        damaged = bytearray(whole)
        damaged[place] ^= 0x55
        try:
            read_words(bytes(damaged))
        except PlaygroundError:
            refused += 1
    assert refused > 20
