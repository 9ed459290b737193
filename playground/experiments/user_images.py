"""A visitor's images for a training: read one by one, cropped and scaled to small squares.

They are stored only in the folder of the run that is started with them, and deleted with it.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from playground.core import image_upload
from playground.core.catalogue import say
from playground.core.errors import PlaygroundError

FILE = "own-pictures.npz"
FEWEST, MOST = 8, 5000
SIDES = (16, 28)
LARGEST_IN_ALL = 2_000_000_000
_NAMED = 5


@dataclass(frozen=True)
class UserImages:
    """pictures: (N, side, side, 3) uint8.  skipped: "name: why", in order.  read: files so far.  files: in all."""

    pictures: NDArray[np.uint8]
    skipped: tuple[str, ...]
    read: int
    files: int

    def sentence(self) -> str:
        """How many files are used, and which were skipped and why."""
        names = "; ".join(one.rstrip(".") for one in self.skipped[:_NAMED])
        more = len(self.skipped) - _NAMED
        key = (
            "train.data.taken" if not self.skipped else "train.data.skipped" if more <= 0 else "train.data.skipped_more"
        )
        return say(key, taken=len(self.pictures), files=self.files, names=names, count=more)


def gather_images(paths: Sequence[str | Path], side: int, consent: bool) -> Iterator[UserImages]:
    """Read images. Yields after every 50 files, and at the end.

    side: 16 or 28 pixels; each image is cropped to its central square and scaled to that.
    Raises PlaygroundError without consent, for too few or too many files, and if fewer than 8 could be read.
    """
    if consent is not True:
        raise PlaygroundError(say("train.data.no_consent"))
    if side not in SIDES:
        raise PlaygroundError(say("train.data.side"))
    if not FEWEST <= len(paths) <= MOST:
        raise PlaygroundError(say("train.data.file_count", fewest=FEWEST, most=MOST, count=len(paths)))
    images: list[NDArray[np.uint8]] = []
    skipped: list[str] = []
    total = 0
    for place, path in enumerate(map(Path, paths), 1):
        try:
            total += path.stat().st_size if path.exists() else 0
            if total > LARGEST_IN_ALL:
                raise PlaygroundError(say("train.data.too_large", bytes=LARGEST_IN_ALL))
            images.append(image_upload.fit(image_upload.read_picture(path), side, 3))
        except PlaygroundError as error:
            skipped.append(f"{_printable(path.name)}: {error}")
        if place % 50 == 0 and place < len(paths):
            yield _user_images(images, skipped, place, len(paths), side)
    result = _user_images(images, skipped, len(paths), len(paths), side)
    if len(images) < FEWEST:
        raise PlaygroundError(say("train.data.too_few", fewest=FEWEST, summary=result.sentence()))
    yield result


def _user_images(images: list[NDArray[np.uint8]], skipped: list[str], read: int, files: int, side: int) -> UserImages:
    pictures = np.stack(images) if images else np.zeros((0, side, side, 3), np.uint8)
    return UserImages(pictures, tuple(skipped), read, files)


def _printable(name: str) -> str:
    """A file's name without unprintable characters, at most 60."""
    return "".join(sign if sign.isprintable() else "?" for sign in name)[:60]


def run_files(images: UserImages) -> dict[str, bytes]:
    """The files for run_control.start_run."""
    content = io.BytesIO()
    np.savez_compressed(content, pictures=images.pictures)
    return {FILE: content.getvalue()}
