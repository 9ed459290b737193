"""Fetches the four files of Fashion-MNIST into the models' folder, from its authors' addresses, and verifies them."""

from __future__ import annotations

import gzip
import hashlib
import io
import time
import urllib.request
import zlib
from collections.abc import Iterator, Sequence
from http.client import HTTPException
from pathlib import Path
from typing import Any

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.files import explain_disk_errors, file_lock
from playground.core.paths import models_dir

#: Where the authors keep the files, each as NAME.gz: their repository, and their store.
ADDRESSES = (
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion",
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",
)
#: Of the four packed files together.
TOTAL_BYTES = 30_878_645
_CHUNK_BYTES, _TIMEOUT_SECONDS = 1 << 18, 20
#: An address must send so many bytes in so many seconds. The largest file has 47 MB when it is unpacked.
SLOWEST_BYTES, PATIENCE_SECONDS, MOST_UNPACKED = 256 << 10, 60.0, 64 << 20


def folder() -> Path:
    """Where fetched files are; it may not exist yet."""
    return models_dir() / "fashion-mnist"


def is_fetched(names: Sequence[str]) -> bool:
    """Whether all files, by their names without .gz, were fetched here."""
    return all((folder() / f"{name}.gz").is_file() for name in names)


def fetch(files: dict[str, str], addresses: Sequence[str] = ADDRESSES) -> Iterator[float]:
    """Yields the fraction fetched, 0 to 1. Files that are here already are not fetched again. Close it to stop.

    files: name without .gz -> sha256 of its content.  addresses: tried in order for each file.
    Raises PlaygroundError if no address answers with a file of that sha256, or if the disk is full.
    """
    folder().mkdir(parents=True, exist_ok=True)
    done = 0
    with file_lock(folder()), explain_disk_errors(folder()):
        for name, sha256 in files.items():
            target = folder() / f"{name}.gz"
            if not target.is_file():
                for size in _fetch_file(name, sha256, target, addresses):
                    yield min(1.0, (done + size) / TOTAL_BYTES)
            done += target.stat().st_size
            yield min(1.0, done / TOTAL_BYTES)


def _fetch_file(name: str, sha256: str, target: Path, addresses: Sequence[str]) -> Iterator[int]:
    """Yields the bytes fetched so far; then the file has its name."""
    for address in addresses:
        content = bytearray()
        try:
            with urllib.request.urlopen(f"{address}/{name}.gz", timeout=_TIMEOUT_SECONDS) as answer:
                for part in _parts(answer):
                    content += part
                    yield len(content)
            with gzip.open(io.BytesIO(content)) as packed:
                if hashlib.sha256(packed.read(MOST_UNPACKED)).hexdigest() != sha256:
                    continue
        except (OSError, HTTPException, EOFError, zlib.error):
            continue
        unfinished = target.with_suffix(".part")
        unfinished.write_bytes(content)
        unfinished.replace(target)
        return
    raise PlaygroundError(say("data.fashion.not_reached", file=f"{name}.gz", advice=say("data.fashion.advice")))


def _parts(answer: Any) -> Iterator[bytes]:
    """A body as it comes. Raises OSError if it is longer than all files together, or hardly anything comes."""
    received, since, count = 0, time.monotonic(), 0
    while part := answer.read1(_CHUNK_BYTES):
        received, count = received + len(part), count + len(part)
        if received > TOTAL_BYTES:
            raise OSError("longer than the files are")
        if count >= SLOWEST_BYTES:
            since, count = time.monotonic(), 0
        elif time.monotonic() - since > PATIENCE_SECONDS:
            raise TimeoutError("hardly anything comes")
        yield part
