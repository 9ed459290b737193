"""Files: sha256, replacement, a lock shared by processes, and errors that explain a full or read-only disk."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.progress import Report, without_progress

#: No room: the disk, the user's quota, or the largest file that this process or file system may write.
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NOT_OURS = (errno.EACCES, errno.EPERM, errno.EROFS)


def sha256_of(path: Path) -> str:
    """sha256 of a file, hexadecimal. About 1 GB/s on a processor with SHA instructions."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class DiskError(PlaygroundError):
    """A disk that is full or read-only, in a sentence."""


@contextmanager
def explain_disk_errors(folder: Path) -> Iterator[None]:
    """Turns errors about a full or read-only disk into a DiskError, whichever library raised them, or hid them."""
    try:
        yield
    except DiskError:
        raise
    except Exception as error:
        explained = disk_error(error, folder)
        if explained is None:
            raise
        raise explained from error


def disk_error(error: BaseException, folder: Path) -> DiskError | None:
    """The DiskError for an error that means `folder` is full or not writable; None for any other."""
    if is_no_room(error):
        return full_disk_error(folder)
    if is_forbidden(error):
        return DiskError(say("shared.disk.forbidden", folder=folder))
    return None


def is_no_room(error: BaseException) -> bool:
    """Whether an error, or one that it came from, means that a disk is full.

    torch.save raises a RuntimeError on positions in its file instead, while it handles the OSError.
    """
    return _comes_from(error, _NO_ROOM)


def is_forbidden(error: BaseException) -> bool:
    """Whether an error, or one that it came from, means that a folder is read-only or another user's."""
    return _comes_from(error, _NOT_OURS)


def _comes_from(error: BaseException, numbers: Sequence[int]) -> bool:
    origin: BaseException | None = error
    seen: list[BaseException] = []
    while origin is not None and origin not in seen:
        if error_number(origin) in numbers:
            return True
        seen.append(origin)
        origin = origin.__cause__ or origin.__context__
    return False


def full_disk_error(folder: Path, needed_bytes: int | None = None) -> DiskError:
    """The error for a disk with too little free space. needed_bytes: temporary space, if known."""
    if needed_bytes is None:
        return DiskError(say("shared.disk.full", folder=folder))
    return DiskError(say("shared.disk.full_needs", folder=folder, bytes=needed_bytes))


def replace_file(path: Path, content: bytes) -> None:
    """Replaces a file at once, or leaves it and nothing beside it. Raises OSError."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(3)}")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def error_number(error: BaseException) -> int | None:
    """The errno, also from safetensors' errors, which hold it as text: "(os error 28)"."""
    if isinstance(error, OSError):
        return error.errno
    match = re.search(r"\(os error (\d+)\)", str(error))
    return int(match.group(1)) if match else None


@contextmanager
def file_lock(path: Path, report: Report = without_progress) -> Iterator[None]:
    """Holds the lock of a folder or file against threads and processes. The system frees it when a process dies."""
    from filelock import FileLock, Timeout

    with explain_disk_errors(path):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise PlaygroundError(say("shared.disk.no_folder", folder=path.parent)) from error
        lock = FileLock(path.with_name(f".{path.name}.lock"), thread_local=False)
        while True:
            try:
                lock.acquire(timeout=1.0)
                break
            except Timeout:
                report(say("shared.disk.waiting", name=path.name), 0.0)
    try:
        yield
    finally:
        lock.release()
