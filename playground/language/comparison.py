"""Two texts generated in turns, and the first token in which they differ."""

from __future__ import annotations

from collections.abc import Iterator

from playground.language.generation import Generation, generate
from playground.language.text_request import TextRequest

Pair = tuple[Generation | None, Generation | None]


def generate_pair(first: TextRequest, second: TextRequest) -> Iterator[Pair]:
    """Both texts as they grow, a report of one after a report of the other; closing stops both."""
    writers = [generate(first), generate(second)]
    now: list[Generation | None] = [None, None]
    running = [0, 1]
    try:
        while running:
            for side in list(running):
                made = next(writers[side], None)
                if made is None:
                    running.remove(side)
                    continue
                now[side] = made
                yield now[0], now[1]
    finally:
        for writer in writers:
            writer.close()  # type: ignore[attr-defined]


def first_difference(first: Generation, second: Generation) -> int | None:
    """Position of the first token in which two texts differ; None if they are the same to the end."""
    mine, other = ([token.id for token in made.tokens] for made in (first, second))
    pairs = enumerate(zip(mine, other, strict=False))
    place = next((position for position, (a, b) in pairs if a != b), None)
    return min(len(mine), len(other)) if place is None and len(mine) != len(other) else place
