"""A model's folder on disk, with a record of its files' sha256, so that incomplete or damaged files are never loaded.

A folder holds model.safetensors, config.json, tokenizer.json… and model.json, the record. fast/ inside it has its own
record, fast.json. A folder is filled under another name and renamed when it is complete, so a kill or a full disk at
any moment leaves either the complete folder or none. This module does not know where files come from.
"""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from playground.core.files import sha256_of

MODEL_RECORD = "model.json"
FAST_RECORD = "fast.json"
WEIGHTS = "model.safetensors"
#: A language model's other files: each is enough for a tokenizer; all that are fetched.
TOKENIZERS = ("tokenizer.json", "tokenizer.model", "spiece.model", "vocab.json")
PLAIN_FILES = (
    "config.json", "generation_config.json", "chat_template.jinja", *TOKENIZERS, "tokenizer_config.json",
    "special_tokens_map.json", "added_tokens.json", "merges.txt",
)  # fmt: skip

#: Files whose sha256 this process has verified -> their state then: (bytes, mtime in ns, inode).
_verified: dict[Path, tuple[int, int, int]] = {}
_verified_lock = threading.Lock()


def has_chat_template(folder: Path) -> bool:
    """Whether a language model's tokenizer has a chat template, in its own file or in tokenizer_config.json."""
    if (folder / "chat_template.jinja").is_file():
        return True
    try:
        return bool(json.loads((folder / "tokenizer_config.json").read_text("utf-8")).get("chat_template"))
    except (OSError, ValueError, AttributeError):
        return False


def write_record(folder: Path, name: str, facts: Mapping[str, Any], *, deep: bool = False) -> None:
    """Writes the record `name` of `folder`: the facts, and the bytes and sha256 of each file.

    deep: include files in subfolders. The weights' sha256 is also the fact "sha256", which recipes contain.
    The record is replaced atomically: a concurrent reader gets the old one or the new one.
    """
    inside = folder.rglob("*") if deep else folder.iterdir()
    paths = sorted(path for path in inside if path.is_file() and not _is_record(path.name))
    files = {
        path.relative_to(folder).as_posix(): {"bytes": path.stat().st_size, "sha256": sha256_of(path)} for path in paths
    }
    own = {"sha256": files[WEIGHTS]["sha256"]} if WEIGHTS in files else {}
    update_record(folder, name, {**facts, **own, "files": files})


def update_record(folder: Path, name: str, facts: Mapping[str, Any]) -> None:
    """Adds facts to the record, or creates it, without reading the files again."""
    merged = {**read_record(folder, name), **facts}
    unfinished = folder / f".{name}.{os.getpid()}"
    with unfinished.open("w", encoding="utf-8") as file:
        json.dump(merged, file, indent=1, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(folder / name)


def read_record(folder: Path, name: str = MODEL_RECORD) -> dict[str, Any]:
    """The record, or {} if it is missing or unreadable."""
    try:
        record = json.loads((folder / name).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def is_complete(folder: Path, name: str = MODEL_RECORD) -> bool:
    """Whether every file of the record exists with its size. Does not read them; `damaged_file` does."""
    files = read_record(folder, name).get("files")
    if not isinstance(files, dict) or not files:
        return False
    return all(_bytes_of(folder / file) == facts["bytes"] for file, facts in files.items())


def damaged_file(
    folder: Path, name: str = MODEL_RECORD, *, afresh: bool = False, without: Collection[str] = ()
) -> str | None:
    """The first file whose sha256 is not the recorded one, or None if all are intact.

    A process reads a file once, and again if it changes.  afresh: read it in any case.  without: files to skip.
    """
    files: dict[str, dict[str, Any]] = read_record(folder, name).get("files") or {}
    if not files:
        return name
    for file, facts in files.items():
        if file in without:
            continue
        path = folder / file
        stamp = _stamp_of(path)
        with _verified_lock:
            known = not afresh and stamp is not None and _verified.get(path) == stamp
        if known:
            continue
        if stamp is None or stamp[0] != facts["bytes"] or sha256_of(path) != facts["sha256"]:
            return file
        with _verified_lock:
            _verified[path] = stamp
    return None


def replace_folder(unfinished: Path, folder: Path) -> None:
    """Renames a complete folder, replacing an existing one, once its content is flushed to disk."""
    for path in [*unfinished.rglob("*"), unfinished]:
        _flush(path)
    replaced = folder.with_name(f".{folder.name}.replaced-{os.getpid()}")
    folder.parent.mkdir(parents=True, exist_ok=True)
    if folder.exists():
        folder.rename(replaced)
    unfinished.rename(folder)
    _flush(folder.parent)
    shutil.rmtree(replaced, ignore_errors=True)


def new_unfinished_folder(folder: Path) -> Path:
    """A new empty folder beside `folder`. The caller holds the folder's lock, so leftovers of a kill are deleted."""
    for left in folder.parent.glob(f".{folder.name}.*"):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
    fresh = folder.with_name(f".{folder.name}.unfinished-{os.getpid()}")
    fresh.mkdir(parents=True)
    return fresh


def _is_record(name: str) -> bool:
    return name in (MODEL_RECORD, FAST_RECORD) or name.startswith(".")


def _stamp_of(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns, status.st_ino


def _bytes_of(path: Path) -> int | None:
    stamp = _stamp_of(path)
    return None if stamp is None else stamp[0]


def _flush(path: Path) -> None:
    """fsyncs a file or folder: without it, a power cut after the rename may leave empty files under the final name."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
