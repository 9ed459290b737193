"""The interface of a decoder: it reads tokens into the slots of a cache and returns the next token's logits.

Each slot of a cache holds one text; the texts may differ in length. A decoder is shared by all visitors and keeps
nothing between calls: the keys and values of a run are in the run's own cache.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError


class Cache(Protocol):
    """Attention keys and values of the tokens read so far, by slot."""

    slots: int
    capacity: int

    def length(self, slot: int) -> int:
        """Number of tokens that the slot holds."""

    def crop(self, slot: int, length: int) -> None:
        """Cuts a slot back to its first `length` tokens. Raises ValueError if it holds fewer."""

    def copy(self, source: int, target: int) -> None:
        """Overwrites the target slot with the source slot's tokens."""


class Decoder(Protocol):
    """A language model ready to decode.

    name: "open" or "fast".  precision: the number format, for people.  device: as torch writes it, "cpu" or "cuda:0".
    vocabulary: number of logits.  context_length: maximum number of tokens in a slot.
    """

    name: str
    precision: str
    device: str
    vocabulary: int
    context_length: int

    def new_cache(self, slots: int, capacity: int) -> Cache:
        """An empty cache of `slots` slots, each with room for `capacity` tokens."""

    def prefill(self, cache: Cache, slot: int, tokens: Sequence[int]) -> NDArray[np.float32]:
        """Appends tokens to a slot. Returns (len(tokens), vocabulary) float32 logits, one row after each token.

        Pass about 64 tokens at a time: the logits of all of them are computed. Raises ValueError if they do not fit.
        """

    def step(self, cache: Cache, slots: Sequence[int], tokens: Sequence[int]) -> NDArray[np.float32]:
        """Appends one token to each of some slots. Returns (len(slots), vocabulary) float32 logits.

        The next call on the same cache may overwrite the array: copy it to keep it. Raises ValueError if a slot is
        full.
        """

    def read_rows(self, tokens: NDArray[np.int64]) -> NDArray[np.float32]:
        """Logits of several texts in one batch, without a cache: for scoring many texts.

        tokens: (rows, length), each row padded at its end with any token. Returns (rows, length, vocabulary) float32;
        pass about 512 tokens at a time. The logits may differ from those of `prefill` by rounding.
        """


def check_finite(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """The logits. Raises PlaygroundError if one is NaN or plus infinity: of such no probability can be computed.

    Every decoder returns its logits through this, so that whoever uses them need not ask.
    """
    if not logits.sum(dtype=np.float64) < np.inf:
        raise PlaygroundError(say("text.request.not_finite"))
    return logits
