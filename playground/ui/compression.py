"""Compressed pages and files. Those of Gradio are compressed once, and kept beside the models.

Gradio's 859 scripts and styles, 18 MB, take brotli half a minute at its best quality; at a lower one, the page is a
sixth larger. So a file goes out as it can be had at once, and is compressed well in the background, at the first start.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import os
import shutil
import threading
from collections import OrderedDict
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import brotli

from playground.core.files import replace_file
from playground.core.paths import models_dir

#: Compressed answers that are kept in memory, beside the files'. A page is the same for everybody who opens it.
_MOST_ANSWERS = 300
#: Of answers, and of files that the background has not reached yet. brotli's best is 11.
_QUICK, _BEST = 5, 11
#: Of a file's name in the folder: hexadecimal digits of its content's sha256.
_DIGITS = 32

_answers: OrderedDict[tuple[bytes, str], bytes] = OrderedDict()
_files: dict[bytes, bytes] = {}


def compressed(body: bytes, encoding: str) -> bytes:
    """The compressed body.

    encoding: "br" (RFC 7932) or "gzip" (RFC 1952).
    """
    digest = hashlib.sha256(body).digest()
    if encoding == "br" and digest in _files:
        return _files[digest]
    key = (digest, encoding)
    if key not in _answers:
        _answers[key] = brotli.compress(body, quality=_QUICK) if encoding == "br" else gzip.compress(body, _QUICK)
        while len(_answers) > _MOST_ANSWERS:
            _answers.popitem(last=False)
    return _answers[key]


def compress_ahead(files: Iterable[bytes]) -> None:
    """Compresses files as well as possible, or reads what an earlier start has compressed. Runs in a thread of its own.

    A folder that cannot be written to costs the next start the same time.
    """
    _yield_to_others()
    folder = _folder()
    for content in files:
        digest = hashlib.sha256(content).digest()
        path = folder / f"{digest.hex()[:_DIGITS]}.br"
        kept = _read(path, digest)
        if kept is None:
            kept = brotli.compress(content, quality=_BEST)
            with contextlib.suppress(OSError):
                _write(path, kept)
        _files[digest] = kept


def _yield_to_others() -> None:
    """Lowers this thread's priority, where a thread has one of its own."""
    if hasattr(os, "setpriority"):
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 19)


@cache
def _folder() -> Path:
    """The folder of this Gradio's files. Those of other versions are deleted."""
    import gradio

    folder = models_dir() / "pages" / f"gradio-{gradio.__version__}"
    for other in folder.parent.glob("gradio-*"):
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)
    return folder


def _read(path: Path, digest: bytes) -> bytes | None:
    """The file's content if it decompresses to what has this sha256, None if not."""
    try:
        kept = path.read_bytes()
        return kept if hashlib.sha256(brotli.decompress(kept)).digest() == digest else None
    except (OSError, brotli.error):
        return None


def _write(path: Path, content: bytes) -> None:
    """Writes the file whole or not at all: other processes may write the same at this moment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, content)
