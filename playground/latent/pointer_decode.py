"""What follows a pointer: one picture at a time, whoever asks, is drawn on this machine, in spaces kept open."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from playground.core.errors import PlaygroundError
from playground.images.image_request import parse_condition
from playground.images.model_menu import image_model_facts
from playground.latent.latent_space import LatentSpace, load_space

#: How long a visitor's pointer waits for another's before it gets an error.
LOCK_TIMEOUT_SECONDS = 1.5
_lock = threading.Lock()


@contextmanager
def draw_lock() -> Iterator[None]:
    """The turn to draw. Raises PlaygroundError if others keep the machine busy."""
    if not _lock.acquire(timeout=LOCK_TIMEOUT_SECONDS):
        raise PlaygroundError("Others are drawing on this machine just now: try again in a moment.")
    try:
        yield
    finally:
        _lock.release()


def parse_short_texts(what: str, *values: object, longest: int = 2_000) -> tuple[str, ...]:
    """The values, if all are texts of at most so many characters; else a PlaygroundError. what: what they are."""
    texts = tuple(value for value in values if isinstance(value, str) and len(value) <= longest)
    if len(texts) < len(values):
        raise PlaygroundError(f"{what} must be short texts.")
    return texts


@lru_cache(maxsize=8)
def cached_space(model: str, condition: str) -> LatentSpace:
    """A space kept open: asking the zoo for every picture would take longer than drawing it.

    condition: as in a link.  Raises PlaygroundError as `space` does.
    """
    return load_space(model, parse_condition(image_model_facts(model), condition))
