"""What the endpoints of a text send as it grows: what is new, and the whole at the end.

Each value being the whole text, 4,096 tokens would be 12 GB in all.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from playground.language.generation import Generation

#: Seconds between two values: a person reads no faster than ten a second.
INTERVAL = 0.1


def streamed(
    texts: Iterable[Generation],
    head: Callable[[Generation], dict[str, Any]] = lambda text: {},
    now: Callable[[], float] = time.monotonic,
) -> Iterator[dict[str, Any]]:
    """JSON values of a text that grows: {"text", "first", "tokens"}, and at the end all of it.

    tokens: those since the value before, `first` being the position of the first of them.
    texts: each longer than the one before.  head: what every value has besides.  now: a clock, in seconds.
    """
    text, sent, last = None, 0, now() - INTERVAL
    for text in texts:
        if now() - last >= INTERVAL:
            tokens = [token.to_json() for token in text.tokens[sent:]]
            yield {**head(text), "text": text.text, "first": sent, "tokens": tokens}
            sent, last = max(sent, len(text.tokens)), now()
    if text is not None:
        yield {**head(text), **text.to_json()}
