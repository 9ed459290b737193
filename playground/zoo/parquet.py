"""Reads a column of words from a Parquet file, in plain Python, with only the features that our one file uses.

These are: one row group, one column of text without nulls, Snappy, pages of version 1, and a dictionary that fills up,
followed by plain words. Anything else is an error. By hand, because pyarrow would be a 40 MB dependency for one list of
words, which comes from its publisher's package and is not redistributed here.
A size or a count in the file is believed only as far as the bytes that are there can hold it, and up to the bounds
below: a damaged file costs no more time or memory than a whole one.
Sources: the format's specification (parquet-format 2.11: Encodings.md and parquet.thrift), Thrift's compact protocol,
and Snappy's format_description.txt.
"""

from __future__ import annotations

import struct
from typing import Any

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError

_MAGIC = b"PAR1"
_DATA_PAGE, _DICTIONARY_PAGE = 0, 2
_PLAIN, _PLAIN_DICTIONARY, _RLE_DICTIONARY = 0, 2, 8
_SNAPPY, _BYTE_ARRAY = 1, 6
#: Bounds on what is read; our file has 400,000 words, of 3.4 MB in all.
_MOST_WORDS = 500_000
_MOST_PAGES = 1000
_MOST_BYTES = 16 << 20
_LONGEST_FOOTER, _LONGEST_HEADER = 1 << 16, 1 << 13
_DEEPEST = 12
#: A copy takes three bytes in Snappy, and stands for at most 64.
_SNAPPY_RATIO = 22


def read_words(content: bytes) -> list[str]:
    """The column's words, in order. content: the whole file.

    Raises PlaygroundError if it is damaged, or is not a column of words.
    """
    try:
        return _read(content)
    except (IndexError, KeyError, ValueError, TypeError, struct.error) as error:
        raise PlaygroundError(say("models.file.word_list")) from error


def _read(content: bytes) -> list[str]:
    if content[:4] != _MAGIC or content[-4:] != _MAGIC:
        raise ValueError("no Parquet file")
    (footer_bytes,) = struct.unpack("<I", content[-8:-4])
    if footer_bytes > min(_LONGEST_FOOTER, len(content) - 12):
        raise ValueError("a footer that is longer than the file")
    footer = _Thrift(content, len(content) - 8 - footer_bytes, footer_bytes).struct()
    (group,) = footer[4]  # row groups
    (column,) = group[1]
    facts = column[3]
    if facts[1] != _BYTE_ARRAY or facts[4] != _SNAPPY:
        raise ValueError("another type or compression")
    # A text column may have gaps (field 3 of its schema element: 1 is optional): each value then has a level, 0 or 1.
    optional = footer[2][1].get(3) == 1
    return _column(content, min(facts.get(11, facts[9]), facts[9]), facts[5], optional)


def _column(content: bytes, place: int, count: int, optional: bool) -> list[str]:
    """The words of a column whose first page is at `place`. count: as the footer says."""
    if not 0 <= count <= _MOST_WORDS or place < 0:
        raise ValueError("too many words, or a place that is not in the file")
    dictionary: list[str] = []
    words: list[str] = []
    left = _MOST_BYTES
    for _ in range(_MOST_PAGES):
        if len(words) == count:
            return words
        thrift = _Thrift(content, place, _LONGEST_HEADER)
        header = thrift.struct()
        start, place = thrift.place, thrift.place + header[3]
        if not start <= place <= len(content) or header[2] > left:
            raise ValueError("a page that is larger than its file")
        page = _unsnappy(content[start:place], header[2])
        left -= len(page)
        if header[1] == _DICTIONARY_PAGE and not dictionary and not words:
            dictionary = _plain(page, 0, header[7][1])
        elif header[1] == _DATA_PAGE and 0 < header[5][1] <= count - len(words):
            words += _values(page, header[5][1], header[5][2], optional, dictionary)
        else:
            raise ValueError("another kind of page")
    raise ValueError("too many pages")


def _values(page: bytes, count: int, encoding: int, optional: bool, dictionary: list[str]) -> list[str]:
    """The words of a data page: levels, if there may be gaps, then the words or their places in the dictionary."""
    place = 0
    if optional:
        (level_bytes,) = struct.unpack_from("<I", page)
        place = 4 + level_bytes
        if _runs(page[4:place], 1, count) != [1] * count:
            raise ValueError("a word is missing")
    if encoding == _PLAIN:
        return _plain(page, place, count)
    if encoding not in (_PLAIN_DICTIONARY, _RLE_DICTIONARY):
        raise ValueError("another encoding")
    return [dictionary[index] for index in _runs(page[place + 1 :], page[place], count)]


def _plain(page: bytes, place: int, count: int) -> list[str]:
    """count texts, each preceded by its length in four bytes."""
    words = []
    if not 0 <= count <= (len(page) - place) // 4:
        raise ValueError("more words than the page has room for")
    for _ in range(count):
        (length,) = struct.unpack_from("<I", page, place)
        word = page[place + 4 : place + 4 + length]
        if len(word) != length:
            raise ValueError("the page ends within a word")
        words.append(word.decode("utf-8"))
        place += 4 + length
    return words


def _runs(packed: bytes, bits: int, count: int) -> list[int]:
    """count numbers of `bits` bits, from runs of one number and groups of eight packed ones (RLE hybrid)."""
    if bits > 32:
        raise ValueError("numbers that are too wide")
    numbers: list[int] = []
    place, size = 0, (bits + 7) // 8
    while len(numbers) < count:
        head, place = _varint(packed, place)
        if not head >> 1:
            raise ValueError("an empty run")
        if head & 1:
            end = place + (head >> 1) * bits  # groups of eight, which take as many bytes as a number has bits
            if end > len(packed) or not bits:
                raise ValueError("the page ends within its numbers")
            while place < end and len(numbers) < count:
                group = int.from_bytes(packed[place : place + bits], "little")
                numbers += [group >> (bits * index) & ((1 << bits) - 1) for index in range(8)]
                place += bits
            place = end
        else:
            if place + size > len(packed):
                raise ValueError("the page ends within its numbers")
            number = int.from_bytes(packed[place : place + size], "little")
            numbers += [number] * min(head >> 1, count - len(numbers))
            place += size
    return numbers[:count]


def _varint(content: bytes, place: int) -> tuple[int, int]:
    """(an unsigned number in groups of seven bits, the place after it)."""
    number = 0
    for shift in range(0, 64, 7):
        byte = content[place]
        place += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, place
    raise ValueError("a number of more than 64 bits")


def _unsnappy(packed: bytes, size: int) -> bytes:
    """Snappy-compressed content, decompressed to `size` bytes."""
    declared, place = _varint(packed, 0)
    if declared != size or size > _SNAPPY_RATIO * len(packed):
        raise ValueError("another size")
    output = bytearray()
    while place < len(packed):
        tag = packed[place]
        place += 1
        kind, length = tag & 3, (tag >> 2) + 1
        if kind == 0:  # literal; long ones have their length in the next one to four bytes
            if length > 60:
                extra = length - 60
                length = int.from_bytes(packed[place : place + extra], "little") + 1
                place += extra
            output += packed[place : place + length]
            place += length
            continue
        if kind == 1:
            length = (tag >> 2 & 7) + 4
            back = (tag >> 5) << 8 | packed[place]
            place += 1
        else:
            extra = 2 if kind == 2 else 4
            back = int.from_bytes(packed[place : place + extra], "little")
            place += extra
        if not 0 < back <= len(output):
            raise ValueError("a copy from before the beginning")
        piece = output[-back:] if back < length else output[len(output) - back : len(output) - back + length]
        output += (bytes(piece) * (length // back + 1))[:length]  # a copy may overlap itself
        if len(output) > size:
            raise ValueError("longer than declared")
    if len(output) != size:
        raise ValueError("shorter than declared")
    return bytes(output)


class _Thrift:
    """Thrift's compact protocol: numbers, texts, lists and structs, as {number of the field: value}."""

    def __init__(self, content: bytes, place: int, most: int) -> None:
        """place: where to start reading.  most: bytes that may be read from there."""
        self.content = content
        self.place = place
        self.end = min(len(content), place + most)
        self.depth = 0

    def struct(self) -> dict[int, Any]:
        """The fields of a struct, up to its end."""
        fields: dict[int, Any] = {}
        number = 0
        self._enter()
        while head := self._byte():
            number = number + (head >> 4) if head >> 4 else self._zigzag()
            kind = head & 15
            fields[number] = kind == 1 if kind in (1, 2) else self._value(kind)  # within a struct, true and false
        self.depth -= 1
        return fields

    def _enter(self) -> None:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise ValueError("nested too deeply")

    def _value(self, kind: int) -> Any:
        if kind in (1, 2):  # in a list, true and false take a byte each
            return self._byte() == 1
        if kind == 3:
            return self._byte()
        if kind in (4, 5, 6):
            return self._zigzag()
        if kind == 7:
            return struct.unpack("<d", self._bytes(8))[0]
        if kind == 8:
            return self._bytes(self._varint())
        if kind in (9, 10):
            head = self._byte()
            count = head >> 4 if head >> 4 < 15 else self._varint()
            if count > self.end - self.place:  # each takes a byte or more
                raise ValueError("a list that is longer than its file")
            self._enter()
            values = [self._value(head & 15) for _ in range(count)]
            self.depth -= 1
            return values
        if kind == 12:
            return self.struct()
        raise ValueError(f"a field of kind {kind}")

    def _bytes(self, length: int) -> bytes:
        start, self.place = self.place, self.place + length
        if self.place > self.end:
            raise ValueError("the file ends within a value")
        return self.content[start : self.place]

    def _byte(self) -> int:
        return self._bytes(1)[0]

    def _varint(self) -> int:
        number, self.place = _varint(self.content, self.place)
        return number

    def _zigzag(self) -> int:
        number = self._varint()
        return number >> 1 ^ -(number & 1)
