"""The reader of word lists, against a file that pyarrow 25.0.1 wrote: a small dictionary, then plain words, Snappy."""

from __future__ import annotations

import struct
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from random import Random

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


def varint(number: int) -> bytes:
    groups = []
    while number > 127:
        groups.append(number & 127 | 128)
        number >>= 7
    return bytes([*groups, number])


def fields(values: dict[int, object]) -> bytes:
    """A struct of Thrift's compact protocol. values: whole numbers, or (kind of the field, its bytes)."""
    written, last = b"", 0
    for number, value in values.items():
        kind, body = value if isinstance(value, tuple) else (6, varint(int(str(value)) * 2 if value else 0))
        written += bytes([(number - last) << 4 | kind]) + body
        last = number
    return written + b"\0"


def listed(struct: bytes) -> tuple[int, bytes]:
    return 9, b"\x1c" + struct


def file_of(page: bytes, page_header: bytes, words: int) -> bytes:
    """A Parquet file of one column, whose footer says that it has so many words."""
    facts = fields({1: 6, 4: 1, 5: words, 9: 4})
    schema = (9, b"\x2c" + fields({}) + fields({3: 0}))
    footer = fields({2: schema, 4: listed(fields({1: listed(fields({3: (12, facts)}))}))})
    return b"PAR1" + page_header + page + footer + len(footer).to_bytes(4, "little") + b"PAR1"


def page_file(content: bytes, values: int, encoding: int, words: int, size: int | None = None) -> bytes:
    """A file of one page. content: before compression, up to 60 bytes.  size: as its header says."""
    size = len(content) if size is None else size
    page = varint(size) + bytes([(len(content) - 1) << 2]) + content
    header = fields({1: 0, 2: size, 3: len(page), 5: (12, fields({1: values, 2: encoding}))})
    return file_of(page, header, words)


WORD = b"\4\0\0\0word"
#: Files of a few bytes that say that they hold much.
BOMBS = {
    "a list without end, in 21 bytes": b"PAR1\x19\xf1" + varint(1 << 34) + b"\0\0\x09\0\0\0PAR1",
    "lists in lists": b"PAR1" + (nested := b"\x19" * 5000) + len(nested).to_bytes(4, "little") + b"PAR1",
    "structs in structs": b"PAR1" + (nested := b"\x1c" * 5000) + len(nested).to_bytes(4, "little") + b"PAR1",
    "many words": page_file(WORD, 1 << 40, 0, 1 << 40),
    "many words in the footer alone": page_file(WORD, 1, 0, 1 << 40),
    "a run without end": page_file(b"\1" + varint(1 << 41) + b"\0", 400_000, 8, 400_000),
    "groups without end": page_file(b"\1" + varint((1 << 41) + 1) + b"\0", 400_000, 8, 400_000),
    "wide numbers": page_file(b"\xff" + varint(3) + b"\0" * 40, 400_000, 8, 400_000),
    "a large page": page_file(WORD, 1, 0, 1, size=1 << 34),
    "a word that is longer than its page": page_file(b"\xff\xff\xff\x7fword", 1, 0, 1),
    "a page before the file": file_of(b"", fields({1: 0, 2: 0, 3: (6, b"\x13")}), 5),
}


def cost(content: bytes) -> tuple[float, int, str]:
    """(processor seconds, most bytes, the sentence) of reading a file; "" if it could be read."""
    tracemalloc.reset_peak()
    start, said = time.thread_time(), ""
    try:
        read_words(content)
    except PlaygroundError as error:
        said = str(error)
    return time.thread_time() - start, tracemalloc.get_traced_memory()[1], said


@pytest.fixture
def traced() -> Iterator[None]:
    tracemalloc.start()
    yield
    tracemalloc.stop()


def test_the_smallest_file_is_read() -> None:
    assert read_words(page_file(WORD, 1, 0, 1)) == ["word"]


@pytest.mark.parametrize("name", BOMBS)
def test_a_small_file_that_says_it_is_large_is_refused_at_once(traced: None, name: str) -> None:
    seconds, most, said = cost(BOMBS[name])
    assert "list of words is damaged" in said
    assert seconds < 0.5 and most < 10 << 20


def test_no_damaged_file_costs_much(traced: None) -> None:
    whole, random = FILE.read_bytes(), Random(19)
    (footer,) = struct.unpack("<I", whole[-8:-4])
    # Half of the damage is where sizes and counts are: in the footer and in the headers of the first page.
    places = [*range(len(whole) - footer - 8, len(whole) - 4), *range(4, 60)]
    refused = 0
    for _ in range(300):
        damaged = bytearray(whole)
        for _ in range(random.randint(1, 4)):
            place = random.choice(places) if random.random() < 0.5 else random.randrange(4, len(whole))
            piece = random.choice([b"\xff" * 9 + b"\1", b"\xff", b"\0", b"", b"\x80" * 4, random.randbytes(3)])
            damaged[place : place + random.randint(0, len(piece))] = piece
        if random.random() < 0.2:
            damaged = damaged[: random.randrange(len(damaged))] + whole[-8:]
        seconds, most, said = cost(bytes(damaged))
        assert seconds < 0.5 and most < 50 << 20
        refused += "list of words is damaged" in said
    assert refused > 200
