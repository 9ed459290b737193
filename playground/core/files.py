"""Files: their sha256, a lock among processes, and a sentence for a full or forbidden disk."""

from __future__ import annotations

import errno
import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playground.core.errors import PlaygroundError
from playground.core.progress import Report, without_progress

#: No room: the disk, the user's quota, or the largest file that this process or file system may write.
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NOT_OURS = (errno.EACCES, errno.EPERM, errno.EROFS)


def sha256_of(path: Path) -> str:
    """The file's sha256 in hexadecimal: about 1 GB/s where the processor has the instructions."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def explain_disk_errors(folder: Path) -> Iterator[None]:
    """Turn a full or forbidden disk, as Python or safetensors reports it, into a sentence for the visitor."""
    try:
        yield
    except PlaygroundError:
        raise
    except Exception as error:
        explained = disk_error_sentence(error_number(error), folder)
        if explained is None:
            raise
        raise explained from error


def disk_error_sentence(number: int | None, folder: Path) -> PlaygroundError | None:
    """The sentence for a system's error number, if it says that `folder` has no room or is not ours to write to."""
    if number in _NO_ROOM:
        return full_disk_error(folder)
    if number in _NOT_OURS:
        return PlaygroundError(f"The folder {folder} cannot be written to: choose another one with --models-dir.")
    return None


def full_disk_error(folder: Path, needed_bytes: int | None = None) -> PlaygroundError:
    """The error to raise when there is no room beside `folder`."""
    need = "" if needed_bytes is None else f" This needs {needed_bytes / 1e9:.1f} GB for a while."
    return PlaygroundError(
        f"There is not enough room on the disk of {folder}.{need} Free some, or choose another place with "
        "--models-dir, and start again; no half-made file was kept."
    )


def error_number(error: BaseException) -> int | None:
    """The system's error number, also from safetensors' errors, which say it in words: "(os error 28)"."""
    if isinstance(error, OSError):
        return error.errno
    match = re.search(r"\(os error (\d+)\)", str(error))
    return int(match.group(1)) if match else None


@contextmanager
def file_lock(path: Path, report: Report = without_progress) -> Iterator[None]:
    """Hold the lock of a folder or file, among threads and processes. The system frees it when a process dies."""
    from filelock import FileLock, Timeout

    with explain_disk_errors(path):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise PlaygroundError(f"{path.parent} cannot be made: choose another place with --models-dir.") from error
        lock = FileLock(path.with_name(f".{path.name}.lock"), thread_local=False)
        while True:
            try:
                lock.acquire(timeout=1.0)
                break
            except Timeout:
                report(f"Waiting for another start that prepares {path.name}", 0.0)
    try:
        yield
    finally:
        lock.release()
