"""Byte-pair merges: the pair of neighbouring tokens that is seen most often becomes one token, again and again.

It begins with the 256 bytes of UTF-8, so no text is ever outside of the vocabulary; merges never cross the border of a
word. Sources: Gage 1994; for words, Sennrich et al. 2016, arXiv:1508.07909; on bytes, Radford et al. 2019 (GPT-2), from
where the marks for bytes are. The result is that of the tokenizers library's BpeTrainer, ties among it: of pairs seen
equally often, the one of the older tokens comes first.
"""

from __future__ import annotations

import heapq
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

#: What merges never cross: endings after an apostrophe, words with the space before them, signs, line ends, spaces.
WORDS = re.compile(
    r"'(?:s|t|d|m|ll|re|ve)(?![^\W_])| ?[^\W_]+| ?(?:[^\w\s]|_)+|\n+|[^\S\n]+(?!\S)|\s",
)
#: The same as the tokenizers library's Oniguruma understands it.
_WORDS_THERE = r"'(?:s|t|d|m|ll|re|ve)(?![\p{L}\p{N}])| ?[\p{L}\p{N}]+| ?[^\s\p{L}\p{N}]+|\n+|[^\S\n]+(?!\S)|\s"
#: Ends a work; the last of the vocabulary.
END = "<|end|>"
#: A pair seen less often teaches nothing.
LEAST_SEEN = 2
_Pair = tuple[int, int]


@dataclass(frozen=True)
class Merge:
    """One merge: two tokens become one. count: how often they stood side by side just before.

    joined: how often they were joined: of three equal tokens in a row, two pairs are counted and one is joined.
    """

    left: bytes
    right: bytes
    count: int
    joined: int

    @property
    def token(self) -> bytes:
        """The token that replaces the pair."""
        return self.left + self.right


@cache
def byte_symbols() -> dict[int, str]:
    """Byte -> the printable character that represents it in vocabulary files (GPT-2's bytes_to_unicode)."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    return {byte: chr(byte) for byte in printable} | {byte: chr(256 + at) for at, byte in enumerate(others)}


@cache
def alphabet() -> tuple[bytes, ...]:
    """The 256 bytes in the order of their marks: the first tokens of every vocabulary."""
    return tuple(bytes([byte]) for byte, _ in sorted(byte_symbols().items(), key=lambda item: item[1]))


def words_of(text: str) -> list[str]:
    """The text cut into the pieces that merges never cross; joined they are the text again."""
    return WORDS.findall(text)


def learn_merges(text: str, most: int) -> list[Merge]:
    """The first `most` merges, or fewer once every pair is seen but once."""
    return [merge for merge, _ in zip(iterate_merges(text), range(most), strict=False)]


def iterate_merges(text: str) -> Iterator[Merge]:
    """The merges one by one, as long as a pair is seen twice."""
    counts = Counter(words_of(text))
    number = {token: at for at, token in enumerate(alphabet())}
    tokens = list(alphabet())
    words = [[number[bytes([byte])] for byte in word.encode()] for word in counts]
    often = list(counts.values())
    seen: Counter[_Pair] = Counter()
    inside: dict[_Pair, set[int]] = {}
    for at, word in enumerate(words):
        for pair in zip(word, word[1:], strict=False):
            seen[pair] += often[at]
            inside.setdefault(pair, set()).add(at)
    queue = [(-count, pair) for pair, count in seen.items()]
    heapq.heapify(queue)
    while queue:
        negative, pair = heapq.heappop(queue)
        if -negative != seen[pair]:  # it has been seen less since: it waits again
            if seen[pair] >= LEAST_SEEN:
                heapq.heappush(queue, (-seen[pair], pair))
            continue
        if -negative < LEAST_SEEN:
            return
        token = tokens[pair[0]] + tokens[pair[1]]
        merged = number.setdefault(token, len(tokens))  # another pair may have become the same token before
        if merged == len(tokens):
            tokens.append(token)
        joined, grown = 0, set()
        for at in inside.pop(pair):
            before = len(words[at])
            for neighbours, difference in _merge(words[at], pair, merged):
                seen[neighbours] += difference * often[at]
                if difference > 0:
                    inside.setdefault(neighbours, set()).add(at)
                    grown.add(neighbours)
            joined += (before - len(words[at])) * often[at]
        seen[pair] = 0
        for neighbours in grown:
            heapq.heappush(queue, (-seen[neighbours], neighbours))
        yield Merge(tokens[pair[0]], tokens[pair[1]], -negative, joined)


def _merge(word: list[int], pair: _Pair, merged: int) -> list[tuple[_Pair, int]]:
    """Merge a pair in a word, in place, from the left. Returns which pairs are now seen more often, and which less."""
    left, right = pair
    change: list[tuple[_Pair, int]] = []
    at = 0
    while at < len(word) - 1:
        if word[at] == left and word[at + 1] == right:
            if at:
                change += [((word[at - 1], left), -1), ((word[at - 1], merged), 1)]
            if at + 2 < len(word):
                change += [((right, word[at + 2]), -1), ((merged, word[at + 2]), 1)]
            word[at : at + 2] = [merged]
        at += 1
    return change


class BpeTokenizer:
    """Cuts text into the tokens that there were after each number of merges."""

    def __init__(self, merges: Sequence[Merge]) -> None:
        """Ranks of all merges."""
        self._rank = {(merge.left, merge.right): at for at, merge in reversed(list(enumerate(merges)))}

    def split(self, text: str, merges: int) -> list[bytes]:
        """The text's tokens as bytes after the first so many merges; joined they are the text."""
        found: list[bytes] = []
        known: dict[str, list[bytes]] = {}
        for word in words_of(text):
            if word not in known:
                known[word] = self._split_word(word.encode(), merges)
            found += known[word]
        return found

    def _split_word(self, word: bytes, merges: int) -> list[bytes]:
        """The oldest merge first, everywhere in the word, until none is left."""
        parts = [word[at : at + 1] for at in range(len(word))]
        while len(parts) > 1:
            ranked = [(self._rank.get(pair, merges), pair) for pair in zip(parts, parts[1:], strict=False)]
            rank, (left, right) = min(ranked)
            if rank >= merges:
                break
            at, joined = 0, []
            while at < len(parts):
                both = at + 1 < len(parts) and parts[at] == left and parts[at + 1] == right
                joined.append(left + right if both else parts[at])
                at += 1 + both
            parts = joined
        return parts

    def gone_at(self, text: str) -> list[int]:
        """For each border between two bytes of the text, after which merge (from 1 on) it is gone; 0: it stays.

        A merge is made of tokens that earlier merges made, so borders go one after the other and none comes back.
        """
        found: list[int] = []
        for word in words_of(text):
            found += [0, *self._gone_in(word.encode())]
        return found[1:]

    def _gone_in(self, word: bytes) -> list[int]:
        gone = [0] * (len(word) - 1)
        ends = list(range(1, len(word) + 1))
        parts = [word[at : at + 1] for at in range(len(word))]
        while len(parts) > 1:
            pairs = list(zip(parts, parts[1:], strict=False))
            rank = min(self._rank.get(pair, len(self._rank)) for pair in pairs)
            if rank >= len(self._rank):
                break
            at = 0
            while at < len(parts) - 1:
                if self._rank.get((parts[at], parts[at + 1])) == rank:
                    gone[ends[at] - 1] = rank + 1
                    parts[at : at + 2] = [parts[at] + parts[at + 1]]
                    del ends[at]
                at += 1
        return gone


def tokenizer_json(merges: Sequence[Merge]) -> str:
    """tokenizer.json of these merges, as the tokenizers library and everything built on it reads it."""
    tokens = [_marked(token) for token in alphabet()] + [_marked(merge.token) for merge in merges]
    vocabulary = {token: at for at, token in enumerate(dict.fromkeys(tokens))}
    end = len(vocabulary)
    added = {"id": end, "content": END, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
    split = {"type": "Split", "pattern": {"Regex": _WORDS_THERE}, "behavior": "Isolated", "invert": False}
    to_bytes: dict[str, Any] = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True}
    model = {
        "type": "BPE",
        "dropout": None,
        "unk_token": None,
        "continuing_subword_prefix": None,
        "end_of_word_suffix": None,
        "fuse_unk": False,
        "byte_fallback": False,
        "ignore_merges": False,
        "vocab": vocabulary,
        "merges": [[_marked(merge.left), _marked(merge.right)] for merge in merges],
    }
    whole = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [{**added, "special": True}],
        "normalizer": None,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [split, {**to_bytes, "use_regex": False}]},
        "post_processor": None,
        "decoder": {**to_bytes, "use_regex": True},
        "model": model,
    }
    return json.dumps(whole, ensure_ascii=False, indent=1)


def _marked(token: bytes) -> str:
    return "".join(byte_symbols()[byte] for byte in token)
