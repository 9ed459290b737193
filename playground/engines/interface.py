"""What a decoder is: it reads tokens into slots of a cache and gives all logits of what comes next.

A cache has slots, each holding one text; the texts may differ in length. A decoder is shared by all visitors and keeps
nothing between calls; what a run has read lies in its own cache.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Cache(Protocol):
    """Keys and values of what has been read, by slot."""

    slots: int
    capacity: int

    def length(self, slot: int) -> int:
        """How many tokens the slot holds."""

    def crop(self, slot: int, length: int) -> None:
        """Forgets all but the slot's first tokens. Raises ValueError if it holds fewer."""

    def copy(self, source: int, target: int) -> None:
        """Makes the target slot hold what the source slot holds."""


class Decoder(Protocol):
    """A language model ready to decode.

    name: "open" or "fast".  precision: its number format, for people.  device: where it computes.
    vocabulary: how many logits there are.  context_length: the most tokens that a slot may hold.
    """

    name: str
    precision: str
    device: str
    vocabulary: int
    context_length: int

    def new_cache(self, slots: int, capacity: int) -> Cache:
        """An empty cache of so many slots, each with room for capacity tokens."""

    def prefill(self, cache: Cache, slot: int, tokens: Sequence[int]) -> NDArray[np.float32]:
        """Reads tokens after what the slot holds.

        Returns (len(tokens), vocabulary) float32 logits, after each of them. The caller keeps to some 64 at a time: all
        logits are made. Raises ValueError if they do not fit.
        """

    def step(self, cache: Cache, slots: Sequence[int], tokens: Sequence[int]) -> NDArray[np.float32]:
        """Reads one token into each of some slots. Returns (len(slots), vocabulary) float32 logits.

        The array may be reused by the next call on the same cache: copy what is kept. Raises ValueError if a slot is
        full.
        """

    def read_rows(self, tokens: NDArray[np.int64]) -> NDArray[np.float32]:
        """Reads texts from their beginning, side by side: for scoring many of them, where no cache is kept.

        tokens: (rows, length), rows padded at their end with any token. Returns (rows, length, vocabulary) float32
        logits; the caller keeps to some 512 tokens at a time. They may differ from those of `prefill` by rounding.
        """
