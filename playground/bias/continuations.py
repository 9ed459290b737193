"""Many continuations of one prompt, one per seed, in batches; the same tokens as language/generation.py."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from playground.language import sampling
from playground.language.kv_cache import chunk_ranges
from playground.language.sampling import SamplerSettings
from playground.language.token_display import vocabulary

if TYPE_CHECKING:
    from playground.engines.interface import Cache
    from playground.engines.text_model import TextModel

#: Batch size.
SLOTS = 8
#: Seconds between two empty yields, at which a run can be stopped: each costs the page as much as a token.
_BEAT = 0.2


@dataclass(frozen=True)
class Continuation:
    """One continuation. ids: tokens drawn, the end token included.  text: without control tokens."""

    seed: int
    ids: tuple[int, ...]
    text: str


def continuations(
    loaded: TextModel, prompt: Sequence[int], seeds: Sequence[int], most: int, settings: SamplerSettings
) -> Iterator[list[Continuation]]:
    """Yields a continuation per seed, in order, SLOTS at a time; and empty lists in between, so that it can be stopped.

    prompt: one or more token ids, read once.  most: tokens per continuation.
    """
    decoder = loaded.decoder
    cache = decoder.new_cache(SLOTS, len(prompt) + most)
    logits = np.zeros(0, np.float32)
    for start, end in chunk_ranges(len(prompt)):
        logits = decoder.prefill(cache, 0, list(prompt[start:end]))[-1].copy()
        yield []
    for first in range(0, len(seeds), SLOTS):
        batch = seeds[first : first + SLOTS]
        cache.crop(0, len(prompt))
        for slot in range(1, len(batch)):
            cache.crop(slot, 0)
            cache.copy(0, slot)
        yield from _continue_batch(loaded, cache, logits, list(prompt), batch, most, settings)


def _continue_batch(
    loaded: TextModel,
    cache: Cache,
    logits: NDArray[np.float32],
    prompt: list[int],
    seeds: Sequence[int],
    most: int,
    settings: SamplerSettings,
) -> Iterator[list[Continuation]]:
    streams = [sampling.uniform_stream(seed) for seed in seeds]
    ids: list[list[int]] = [[] for _ in seeds]
    running, last = list(range(len(seeds))), time.perf_counter()
    rows = np.repeat(logits[None], len(seeds), axis=0)
    for _ in range(most):
        for slot, row in zip(running, rows, strict=True):
            left = sampling.sampling_distribution(row, [*prompt, *ids[slot]], settings)
            ids[slot].append(left.draw(float(streams[slot].random())))
        running = [slot for slot in running if ids[slot][-1] not in loaded.end_tokens and len(ids[slot]) < most]
        if not running:
            break
        rows = loaded.decoder.step(cache, running, [ids[slot][-1] for slot in running])
        if time.perf_counter() - last > _BEAT:
            last = time.perf_counter()
            yield []
    words = vocabulary(loaded.tokenizer)
    batch = []
    for seed, tokens in zip(seeds, ids, strict=True):
        stream = words.stream()
        text = "".join(stream.feed(token)[0] for token in tokens if not words.is_special(token))
        batch.append(Continuation(seed, tuple(tokens), text))
    yield batch
