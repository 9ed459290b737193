"""Byte-pair encoding: repeatedly, the most frequent pair of neighbouring tokens becomes one token.

It begins with the 256 bytes of UTF-8, so the vocabulary covers every text; merges never cross word boundaries. Sources:
Gage 1994; for words, Sennrich et al. 2016, arXiv:1508.07909; for bytes and their symbols, Radford et al. 2019 (GPT-2).
The result equals that of the tokenizers library's BpeTrainer, including ties: of equally frequent pairs, the one of
older tokens is first.
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

#: The pieces that merges never cross: endings after an apostrophe, words with a space before, signs, line ends, spaces.
WORDS = re.compile(
    r"'(?:s|t|d|m|ll|re|ve)(?![^\W_])| ?[^\W_]+| ?(?:[^\w\s]|_)+|\n+|[^\S\n]+(?!\S)|\s",
)
#: The same in the syntax of Oniguruma, which the tokenizers library uses.
_WORDS_THERE = r"'(?:s|t|d|m|ll|re|ve)(?![\p{L}\p{N}])| ?[\p{L}\p{N}]+| ?[^\s\p{L}\p{N}]+|\n+|[^\S\n]+(?!\S)|\s"
#: Marks the end of a work; the last token of the vocabulary.
END = "<|end|>"
#: Merging stops when every pair is less frequent.
LEAST_SEEN = 2
_Pair = tuple[int, int]


@dataclass(frozen=True)
class Merge:
    """One merge of two tokens. count: how often they were neighbours just before.

    joined: how many pairs were merged: three equal tokens in a row count as two pairs, of which one is merged.
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
    """The 256 bytes in the order of their symbols: the first tokens of every vocabulary."""
    return tuple(bytes([byte]) for byte, _ in sorted(byte_symbols().items(), key=lambda item: item[1]))


def words_of(text: str) -> list[str]:
    """The pieces of a text that merges never cross. Joined they are the text."""
    return WORDS.findall(text)


def learn_merges(text: str, most: int) -> list[Merge]:
    """The first `most` merges, or fewer if no pair occurs LEAST_SEEN times any more."""
    return [merge for merge, _ in zip(iterate_merges(text), range(most), strict=False)]


def iterate_merges(text: str) -> Iterator[Merge]:
    """The merges one by one, while a pair occurs LEAST_SEEN times."""
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
        if -negative != seen[pair]:  # its count has dropped since: queue it again
            if seen[pair] >= LEAST_SEEN:
                heapq.heappush(queue, (-seen[pair], pair))
            continue
        if -negative < LEAST_SEEN:
            return
        token = tokens[pair[0]] + tokens[pair[1]]
        merged = number.setdefault(token, len(tokens))  # another pair may already have become the same token
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
    """Merges a pair in a word, in place, from the left. Returns the pairs whose counts change, with the change."""
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
    """Splits text into tokens after any number of merges."""

    def __init__(self, merges: Sequence[Merge]) -> None:
        """merges: in the order in which they were learned."""
        self._rank = {(merge.left, merge.right): at for at, merge in reversed(list(enumerate(merges)))}

    def split(self, text: str, merges: int) -> list[bytes]:
        """The text's tokens as bytes after the first `merges` merges. Joined they are the text."""
        tokens: list[bytes] = []
        tokens_of_word: dict[str, list[bytes]] = {}
        for word in words_of(text):
            if word not in tokens_of_word:
                tokens_of_word[word] = self._split_word(word.encode(), merges)
            tokens += tokens_of_word[word]
        return tokens

    def _split_word(self, word: bytes, merges: int) -> list[bytes]:
        """Applies merges to a word, the earliest first and everywhere at once, until none applies."""
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
        merges: list[int] = []
        for word in words_of(text):
            merges += [0, *self._gone_in(word.encode())]
        return merges[1:]

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
    """The content of tokenizer.json for these merges, as the tokenizers library reads it."""
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
