"""Key-value caches that outlive a run: going back to a position costs one step instead of a new prefill.

A cache is identified by its content alone (weights, decoder, tokens), belongs to one run at a time, and stores nothing
about its visitor. A prompt is always read in chunks and the rest token by token, so a position's logits are the same to
the last bit at first, after going back, and on replaying a link.
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

if TYPE_CHECKING:
    from playground.engines.interface import Cache, Decoder
    from playground.engines.text_model import TextModel

Logits = NDArray[np.float32]

#: Prompt tokens read at a time: the logits of one chunk are 64 x 49,152 float32 = 12.6 MB.
CHUNK = 64
#: Capacities are multiples of this many positions, so a slightly longer text fits into the same cache.
_ROOM = 128
_KEPT_CONTEXTS = 4
_KEPT_POSITIONS = 48


def chunk_ranges(count: int) -> Iterator[tuple[int, int]]:
    """Ranges (start, end) for reading count tokens, CHUNK at a time, the last token never alone.

    A decoder may round a single token differently from one among several (int8 kernels do): a last token alone would
    get a probability that depends on the length of the text.
    """
    start = 0
    while start < count:
        end = count if count - start <= CHUNK + 1 else start + CHUNK
        yield start, end
        start = end


@dataclass
class CachedContext:
    """A decoder's cache and its content: a prompt, then tokens read one by one."""

    decoder: Decoder
    cache: Cache
    key: tuple[str, ...]
    prompt: tuple[int, ...]
    written: list[int] = field(default_factory=list)
    prompt_logits: Logits | None = None
    logits: Logits | None = None

    def prefill(self) -> Iterator[tuple[int, Logits]]:
        """Reads the prompt from its beginning. Yields (start of a chunk, logits after its tokens (n, vocabulary))."""
        self.cache.crop(0, 0)
        self.written, self.prompt_logits = [], None
        for start, end in chunk_ranges(len(self.prompt)):
            chunk = self.decoder.prefill(self.cache, 0, self.prompt[start:end])
            if end == len(self.prompt):
                self.prompt_logits = self.logits = chunk[-1].copy()
            yield start, chunk

    def advance_to(self, tokens: Sequence[int]) -> Iterator[int]:
        """Makes the cache hold the prompt and exactly these tokens. Yields the number of tokens after each step."""
        if self.prompt_logits is None:
            for _ in self.prefill():
                yield 0
        same = 0
        for held, wanted in zip(self.written, tokens, strict=False):
            if held != wanted:
                break
            same += 1
        # Only the newest logits are stored, so the last shared token is read again, with the same result.
        same = min(same, max(0, len(tokens) - 1))
        self.cache.crop(0, len(self.prompt) + same)
        del self.written[same:]
        self.logits = self.prompt_logits
        for count, token in enumerate(tokens[same:], same + 1):
            self.step(token)
            yield count

    def step(self, token: int) -> Logits:
        """Reads one more token. Returns (vocabulary,) logits of the next, valid until the next step."""
        self.logits = self.decoder.step(self.cache, [0], [token])[0]
        self.written.append(token)
        return self.logits


_lock = threading.Lock()
_contexts: list[CachedContext] = []


@contextmanager
def cached_context(loaded: TextModel, prompt: Sequence[int], room: int) -> Iterator[CachedContext]:
    """A context for this prompt, read already or not, with space for `room` more tokens. Kept for reuse afterwards."""
    key = (loaded.weights_sha256, loaded.decoder.name, loaded.decoder.precision, loaded.decoder.device)
    wanted = min(len(prompt) + room, loaded.decoder.context_length)
    context = _take(key, tuple(prompt), wanted)
    if context is None:
        capacity = min(-(-wanted // _ROOM) * _ROOM, loaded.decoder.context_length)
        context = CachedContext(loaded.decoder, loaded.decoder.new_cache(1, capacity), key, tuple(prompt))
    try:
        yield context
    finally:
        # A context that was stopped within its prompt is of no use to another run.
        if context.prompt_logits is not None:
            with _lock:
                _contexts.append(context)
                del _contexts[:-_KEPT_CONTEXTS]


def _take(key: tuple[str, ...], prompt: tuple[int, ...], capacity: int) -> CachedContext | None:
    with _lock:
        for index in reversed(range(len(_contexts))):
            context = _contexts[index]
            if context.key == key and context.prompt == prompt and context.cache.capacity >= capacity:
                return _contexts.pop(index)
    return None


@dataclass(frozen=True)
class Position:
    """Raw logits at one position. logits: (vocabulary,) float32, read-only.  previous: the ids before the position."""

    logits: Logits
    previous: tuple[int, ...]
    model: str
    decoder: str


_positions: OrderedDict[str, Position] = OrderedDict()


def position_at(loaded: TextModel, prompt: Sequence[int], written: Sequence[int]) -> tuple[str, Position]:
    """(key, position) of the token after the prompt and the ids written since. The key finds it in memory again."""
    *_, last = read_position(loaded, prompt, written)
    assert last is not None
    return last


def read_position(
    loaded: TextModel, prompt: Sequence[int], written: Sequence[int]
) -> Iterator[tuple[str, Position] | None]:
    """`position_at` in steps: yields None after each chunk of the prompt and each id after it; last the result."""
    name = f"{loaded.weights_sha256} {loaded.decoder.name} {list(prompt)} {list(written)}"
    key = hashlib.sha256(name.encode()).hexdigest()
    position = cached_position(key)
    if position is None:
        with cached_context(loaded, prompt, len(written) + 1) as context:
            for _ in context.advance_to(written):
                yield None
            if context.logits is None:
                raise ValueError("a context needs at least one token")
            logits = context.logits.copy()
        logits.flags.writeable = False
        position = Position(logits, (*prompt, *written), loaded.card.name, loaded.decoder.name)
        with _lock:
            _positions[key] = position
            while len(_positions) > _KEPT_POSITIONS:
                _positions.popitem(last=False)
    yield key, position


def cached_position(key: str) -> Position | None:
    """The position of a key, or None if it is no longer in memory. Runs no model."""
    with _lock:
        if key in _positions:
            _positions.move_to_end(key)
        return _positions.get(key)
