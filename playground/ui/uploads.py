"""What is kept of the files that pages send: a bounded amount, and nothing of an upload that failed.

Gradio keeps an upload until its page's event deletes it or for a day, and what an interrupted one has written for good.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import gradio as gr
from gradio import route_utils
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect

from playground.core.catalogue import say

#: Bytes of all uploads that are kept, and bytes of their disk that stay free.
MOST_KEPT, KEPT_FREE = 2 << 30, 128 << 20
#: A page reads what it has sent at once: older files make room for new ones. Seconds.
_READ_WITHIN = 600


def bound_uploads(page: gr.Blocks) -> None:
    """Makes Gradio's route for uploads refuse what is too much, and delete what is left of one that fails."""

    class BoundParser(_Parser):
        """Knows the page's uploads."""

        kept = page.upload_file_set

    route_utils.GradioMultiPartParser = BoundParser  # type: ignore[misc]


class _Parser(route_utils.GradioMultiPartParser):
    kept: Iterable[Any] = ()

    async def parse(self) -> Any:
        """Writes the request's files. Raises MultiPartException with a sentence if there is no room for more."""
        folder = Path(self.upload_dir or ".")
        if not has_room([Path(str(file)) for file in self.kept], folder):
            raise MultiPartException(say("shared.guard.uploads_full"))
        delete_empty_files(folder)
        try:
            form = await super().parse()
            names = [getattr(file, "filename", None) for file in form.getlist("files")]
            if not names or any(name is None or Path(name).name == ".." for name in names):
                raise MultiPartException(say("shared.guard.no_file"))
            return form
        except BaseException as error:  # also of a page that was left, and of a full disk
            for file in self._files_to_close_on_error:
                file.close()
                Path(file.name).unlink(missing_ok=True)
            if isinstance(error, ClientDisconnect):
                raise MultiPartException(say("shared.guard.no_file")) from None  # nobody is there to read it
            raise


def delete_empty_files(folder: Path) -> None:
    """Deletes the file without content that Gradio makes beside each upload that an event reads."""
    for path in folder.glob("tmp*"):
        try:
            status = path.stat()
            if path.is_file() and not status.st_size and time.time() - status.st_mtime > _READ_WITHIN:
                path.unlink()
        except OSError:
            continue  # another upload has deleted it


def has_room(kept: Iterable[Path], folder: Path) -> bool:
    """Whether another upload may be kept; deletes the oldest that their pages must have read. kept: may be gone."""
    found = []
    for path in kept:
        try:
            status = path.stat()
        except OSError:
            continue
        found.append((status.st_mtime, status.st_size, path))
    total = sum(size for _, size, _ in found)
    for changed, size, path in sorted(found):
        if total < MOST_KEPT or time.time() - changed < _READ_WITHIN:
            break
        path.unlink(missing_ok=True)
        total -= size
    return total < MOST_KEPT and shutil.disk_usage(folder).free > KEPT_FREE
