"""Two texts generated in turns, and the first token where they differ."""

from __future__ import annotations

from collections.abc import Iterator

from playground.language.generation import Generation, generate
from playground.language.text_request import TextRequest

Pair = tuple[Generation | None, Generation | None]


def generate_pair(first: TextRequest, second: TextRequest) -> Iterator[Pair]:
    """Yields both texts as they grow, advancing them in turns. Closing the generator stops both."""
    writers = [generate(first), generate(second)]
    now: list[Generation | None] = [None, None]
    running = [0, 1]
    try:
        while running:
            for side in list(running):
                text = next(writers[side], None)
                if text is None:
                    running.remove(side)
                    continue
                now[side] = text
                yield now[0], now[1]
    finally:
        for writer in writers:
            writer.close()  # type: ignore[attr-defined]


def first_difference(first: Generation, second: Generation) -> int | None:
    """Position of the first token that differs, also where one text ends first; None if the texts are equal."""
    ids, others = ([token.id for token in text.tokens] for text in (first, second))
    pairs = enumerate(zip(ids, others, strict=False))
    position = next((position for position, (a, b) in pairs if a != b), None)
    return min(len(ids), len(others)) if position is None and len(ids) != len(others) else position
