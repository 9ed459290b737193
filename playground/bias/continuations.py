"""Many continuations of one prompt, each from its own seed, in batches; equal to what the Text tab generates."""

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

#: Texts that are written at once.
SLOTS = 8
#: Seconds between two beats at which a run may be stopped: each costs the page as much as a token.
_BEAT = 0.2


@dataclass(frozen=True)
class Continuation:
    """seed: of its draws.  ids: what was drawn, the end token included.  text: without control tokens."""

    seed: int
    ids: tuple[int, ...]
    text: str


def continuations(
    loaded: TextModel, prompt: Sequence[int], seeds: Sequence[int], most: int, settings: SamplerSettings
) -> Iterator[list[Continuation]]:
    """Writes a continuation of at most `most` tokens for each seed; yields them SLOTS at a time, in order.

    Between them it yields an empty list now and then, so that it can be stopped.
    prompt: its ids, one or more; the prompt is read once. Tokens are those of language/generation.py for the same seed.
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
    drawn: list[list[int]] = [[] for _ in seeds]
    running, last = list(range(len(seeds))), time.perf_counter()
    rows = np.repeat(logits[None], len(seeds), axis=0)
    for _ in range(most):
        for slot, row in zip(running, rows, strict=True):
            left = sampling.sampling_distribution(row, [*prompt, *drawn[slot]], settings)
            drawn[slot].append(left.draw(float(streams[slot].random())))
        running = [slot for slot in running if drawn[slot][-1] not in loaded.end_tokens and len(drawn[slot]) < most]
        if not running:
            break
        rows = loaded.decoder.step(cache, running, [drawn[slot][-1] for slot in running])
        if time.perf_counter() - last > _BEAT:
            last = time.perf_counter()
            yield []
    words = vocabulary(loaded.tokenizer)
    made = []
    for seed, ids in zip(seeds, drawn, strict=True):
        stream = words.stream()
        text = "".join(stream.feed(token)[0] for token in ids if not words.is_special(token))
        made.append(Continuation(seed, tuple(ids), text))
    yield made
