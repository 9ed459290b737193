"""Decoding for pictures that follow a pointer: one request at a time for all visitors, with cached spaces."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.images.image_request import parse_condition
from playground.images.model_menu import image_model_facts
from playground.latent.latent_space import LatentSpace, load_space

#: How long one visitor's request waits for another's before it fails.
LOCK_TIMEOUT_SECONDS = 1.5
_lock = threading.Lock()


class NotReadyError(PlaygroundError):
    """What follows the pointer needs something that takes too long to compute meanwhile."""


@contextmanager
def draw_lock() -> Iterator[None]:
    """Holds the lock on drawing. Raises PlaygroundError if it is not free in time."""
    if not _lock.acquire(timeout=LOCK_TIMEOUT_SECONDS):
        raise PlaygroundError(say("latent.points.busy"))
    try:
        yield
    finally:
        _lock.release()


def parse_short_texts(sentence: str, *values: object, longest: int = 2_000) -> tuple[str, ...]:
    """The values, if all are strings of at most `longest` characters; PlaygroundError with the sentence if not."""
    texts = tuple(value for value in values if isinstance(value, str) and len(value) <= longest)
    if len(texts) < len(values):
        raise PlaygroundError(sentence)
    return texts


@lru_cache(maxsize=8)
def cached_space(model: str, condition: str) -> LatentSpace:
    """`load_space`, cached: looking a model up for every picture would take longer than drawing it.

    condition: as in a link.  Raises PlaygroundError as `load_space` does.
    """
    return load_space(model, parse_condition(image_model_facts(model), condition))
