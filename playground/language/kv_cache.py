"""Key-value caches that outlive a run: going back to a position costs one step instead of a new prefill.

A cache is found by its content alone (weights, decoder, tokens), belongs to one run at a time, and holds nothing of who
asked. A prompt is read in chunks and what follows it token by token, always: a position's logits are then the same to
the last bit whether they are computed now, after going back, or on replaying a link.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from playground.core.errors import PlaygroundError

if TYPE_CHECKING:
    from playground.engines.interface import Cache, Decoder
    from playground.engines.text_model import TextModel

Logits = NDArray[np.float32]

#: Prompt tokens read at a time: the logits of one chunk are 64 x 49,152 float32 = 12.6 MB.
CHUNK = 64
#: Capacities are multiples of this many positions: a slightly longer text fits into the same cache.
_ROOM = 128
_KEPT_CONTEXTS = 4
_KEPT_POSITIONS = 48


def chunk_ranges(count: int) -> Iterator[tuple[int, int]]:
    """Ranges (start, end) in which a text of count tokens is read: CHUNK at a time, and never a last one alone.

    A decoder may round a single token differently from one among several (int8 kernels do): its probability would
    then depend on whether the text happens to end one past a chunk.
    """
    start = 0
    while start < count:
        end = count if count - start <= CHUNK + 1 else start + CHUNK
        yield start, end
        start = end


def check_finite(logits: Logits) -> Logits:
    """The logits. Raises PlaygroundError if one is NaN or plus infinity: of such no probability can be computed."""
    if not logits.sum(dtype=np.float64) < np.inf:
        raise PlaygroundError(
            "The model answered with numbers that are not finite (NaN), so there are no probabilities: choose another "
            "model, or the other decoder."
        )
    return logits


@dataclass
class CachedContext:
    """A decoder's cache and what it has read: a prompt, then tokens one by one."""

    decoder: Decoder
    cache: Cache
    key: tuple[str, ...]
    prompt: tuple[int, ...]
    written: list[int] = field(default_factory=list)
    prompt_logits: Logits | None = None
    logits: Logits | None = None

    def prefill(self) -> Iterator[tuple[int, Logits]]:
        """Reads the prompt from its beginning.

        Yields (position of the chunk's first token, its logits (n, vocabulary)).
        """
        self.cache.crop(0, 0)
        self.written, self.prompt_logits = [], None
        for start, end in chunk_ranges(len(self.prompt)):
            chunk = check_finite(self.decoder.prefill(self.cache, 0, self.prompt[start:end]))
            if end == len(self.prompt):
                self.prompt_logits = self.logits = chunk[-1].copy()
            yield start, chunk

    def advance_to(self, tokens: Sequence[int]) -> Iterator[int]:
        """Makes the cache hold the prompt and exactly these tokens; yields how many are done, after each one."""
        if self.prompt_logits is None:
            for _ in self.prefill():
                yield 0
        same = 0
        for held, wanted in zip(self.written, tokens, strict=False):
            if held != wanted:
                break
            same += 1
        # The logits of a kept position are not kept: its last token is stepped again, to the same bits.
        same = min(same, max(0, len(tokens) - 1))
        self.cache.crop(0, len(self.prompt) + same)
        del self.written[same:]
        self.logits = self.prompt_logits
        for count, token in enumerate(tokens[same:], same + 1):
            self.step(token)
            yield count

    def step(self, token: int) -> Logits:
        """Reads one more token; (vocabulary,) logits of what comes next, valid until the next step."""
        self.logits = check_finite(self.decoder.step(self.cache, [0], [token])[0])
        self.written.append(token)
        return self.logits


_lock = threading.Lock()
_kept: list[CachedContext] = []


@contextmanager
def cached_context(loaded: TextModel, prompt: Sequence[int], room: int) -> Iterator[CachedContext]:
    """A context that holds this prompt, or will; with space for room more tokens. Kept for reuse afterwards."""
    key = (loaded.weights_sha256, loaded.decoder.name, loaded.decoder.precision, loaded.decoder.device)
    wanted = min(len(prompt) + room, loaded.decoder.context_length)
    found = _take(key, tuple(prompt), wanted)
    if found is None:
        capacity = min(-(-wanted // _ROOM) * _ROOM, loaded.decoder.context_length)
        found = CachedContext(loaded.decoder, loaded.decoder.new_cache(1, capacity), key, tuple(prompt))
    try:
        yield found
    finally:
        # A reading that was stopped half-way through its prompt has nothing to offer.
        if found.prompt_logits is not None:
            with _lock:
                _kept.append(found)
                del _kept[:-_KEPT_CONTEXTS]


def _take(key: tuple[str, ...], prompt: tuple[int, ...], capacity: int) -> CachedContext | None:
    with _lock:
        for index in reversed(range(len(_kept))):
            held = _kept[index]
            if held.key == key and held.prompt == prompt and held.cache.capacity >= capacity:
                return _kept.pop(index)
    return None


@dataclass(frozen=True)
class Position:
    """The raw logits at one position. logits: (vocabulary,) float32, read-only; previous: the ids before it."""

    logits: Logits
    previous: tuple[int, ...]
    model: str
    decoder: str


_positions: OrderedDict[str, Position] = OrderedDict()


def position_at(loaded: TextModel, prompt: Sequence[int], written: Sequence[int]) -> tuple[str, Position]:
    """Logits of what comes after the prompt and the tokens written since, with the key that remembers them."""
    name = f"{loaded.weights_sha256} {loaded.decoder.name} {list(prompt)} {list(written)}"
    key = hashlib.sha256(name.encode()).hexdigest()
    found = cached_position(key)
    if found is None:
        with cached_context(loaded, prompt, len(written) + 1) as context:
            for _ in context.advance_to(written):
                pass
            if context.logits is None:
                raise ValueError("a context needs at least one token")
            logits = context.logits.copy()
        logits.flags.writeable = False
        found = Position(logits, (*prompt, *written), loaded.card.name, loaded.decoder.name)
        with _lock:
            _positions[key] = found
            while len(_positions) > _KEPT_POSITIONS:
                _positions.popitem(last=False)
    return key, found


def cached_position(key: str) -> Position | None:
    """The position of this key, if it is still in memory: no model is run."""
    with _lock:
        if key in _positions:
            _positions.move_to_end(key)
        return _positions.get(key)
