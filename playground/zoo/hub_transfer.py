"""What a download from the Hub may take: bytes, and time. A server that drips is given up, within a minute.

The Hub's client waits for each read alone, and reports whole chunks of 10 MB: here each piece is seen as it comes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from shutil import disk_usage
from typing import Any

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.files import full_disk_error
from playground.core.paths import models_dir

#: The largest model that is fetched, and what stays free on its disk. Bytes.
MOST_BYTES, KEPT_FREE = 20 << 30, 1 << 30
#: A server must send so many bytes in so many seconds, and a model must come within MOST_SECONDS.
SLOWEST_BYTES, PATIENCE_SECONDS, MOST_SECONDS = 256 << 10, 60.0, 6 * 3600.0
#: What a file may have more than the Hub says: headers, and redirections' pages.
_SLACK = 1 << 20

_on_bytes: ContextVar[Callable[[int], None] | None] = ContextVar("on_bytes", default=None)


def check_size(name: str, total: int, folder: Path) -> None:
    """Refuses a model that is too large for a visitor to fetch, or for the disk. total: bytes, known beforehand.

    Raises PlaygroundError.
    """
    if total > MOST_BYTES:
        raise PlaygroundError(
            say("models.hub.too_large", id=name, bytes=total, most=MOST_BYTES, folder=models_dir() / "local")
        )
    if disk_usage(folder).free < total + KEPT_FREE:
        raise full_disk_error(models_dir(), total + KEPT_FREE)


class Transfer:
    """One model's download. Each method raises PlaygroundError if it takes more than it may."""

    def __init__(self, name: str, on_progress: Callable[[], None]) -> None:
        """name: of the model, for errors.  on_progress: called as bytes come; what it raises ends the download."""
        self.name, self.on_progress = name, on_progress
        self.began = time.monotonic()
        self.received = self.most = 0

    @contextmanager
    def receiving(self, size: int) -> Iterator[None]:
        """While a file is downloaded. size: its bytes."""
        self.received, self.most = 0, size + _SLACK
        token = _on_bytes.set(self.count)
        try:
            yield
        finally:
            _on_bytes.reset(token)

    def count(self, more: int) -> None:
        """So many bytes more have come."""
        self.received += more
        if self.received > self.most:
            raise PlaygroundError(say("models.hub.longer", id=self.name))
        if time.monotonic() - self.began > MOST_SECONDS:
            raise PlaygroundError(say("models.hub.too_long", id=self.name, hours=round(MOST_SECONDS / 3600)))
        self.on_progress()


def watch_client() -> None:
    """Makes the Hub's client, which all threads share, give up servers that drip."""
    from huggingface_hub import get_session

    client = get_session()
    hooks = client.event_hooks
    if _watch not in hooks["response"]:
        client.event_hooks = {**hooks, "response": [*hooks["response"], _watch]}


def _watch(response: Any) -> None:
    from httpx2 import SyncByteStream

    stream = response.stream

    class Watched(SyncByteStream):
        """The body, as it comes."""

        def __iter__(self) -> Iterator[bytes]:
            yield from _with_patience(stream, str(response.url.host))

        def close(self) -> None:
            stream.close()

    response.stream = Watched()


def _with_patience(pieces: Iterator[bytes], host: str) -> Iterator[bytes]:
    """The pieces of a body; raises PlaygroundError if fewer than SLOWEST_BYTES come in PATIENCE_SECONDS."""
    since, count = time.monotonic(), 0
    for piece in pieces:
        count += len(piece)
        if count >= SLOWEST_BYTES:
            since, count = time.monotonic(), 0
        elif time.monotonic() - since > PATIENCE_SECONDS:
            raise PlaygroundError(say("models.hub.too_slow", host=host))
        on_bytes = _on_bytes.get()
        if on_bytes is not None:
            on_bytes(len(piece))
        yield piece
