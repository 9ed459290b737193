"""Full and read-only disks: every library's error becomes the one sentence, and nothing half written stays."""

from __future__ import annotations

import errno
import os
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from playground.core.errors import PlaygroundError
from playground.core.files import DiskError, explain_disk_errors, is_no_room, replace_file
from playground.training import checkpoints
from playground.ui.messages import to_playground_error

MEGABYTE = torch.zeros(1 << 18)
LARGE = bytes(1 << 20)


@contextmanager
def no_room() -> Iterator[None]:
    """No file of this process can become larger than 4,096 bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def save_torch(path: Path) -> None:
    with path.open("wb") as file:
        torch.save({"weights": MEGABYTE}, file)


def save_numpy(path: Path) -> None:
    np.savez(path, weights=MEGABYTE.numpy())


def save_safetensors(path: Path) -> None:
    save_file({"weights": MEGABYTE}, path)


def save_and_hide(path: Path) -> None:
    try:
        path.write_bytes(LARGE)
    except OSError as error:
        raise PlaygroundError("The model cannot be read.") from error


@pytest.mark.parametrize("save", [save_torch, save_numpy, save_safetensors, save_and_hide])
def test_a_full_disk_is_named_whichever_library_meets_it(tmp_path: Path, save: Callable[[Path], None]) -> None:
    with no_room(), pytest.raises(DiskError, match=f"disk of {tmp_path} is full: free some space"):
        with explain_disk_errors(tmp_path):
            save(tmp_path / "file.npz")


def test_a_checkpoint_on_a_full_disk_leaves_the_old_one_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "latest.pt"
    checkpoints.write(path, {"step": 3})
    with no_room(), pytest.raises(DiskError, match="is full"):
        checkpoints.write(path, {"step": 4, "weights": MEGABYTE})
    assert os.listdir(tmp_path) == ["latest.pt"] and checkpoints.read(path) == {"step": 3}


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    replace_file(path, b"old")
    with no_room(), pytest.raises(OSError, match="large"):
        replace_file(path, LARGE)
    assert os.listdir(tmp_path) == ["state.json"] and path.read_bytes() == b"old"


def test_only_what_a_full_disk_caused_is_told_as_one() -> None:
    try:
        try:
            raise PermissionError(errno.EACCES, "no")
        except PermissionError:
            raise RuntimeError("another fault") from None
    except RuntimeError as error:
        assert not is_no_room(error)
    circle = ValueError("first")
    circle.__cause__ = second = ValueError("second")
    second.__cause__ = circle
    assert not is_no_room(circle)


def test_what_no_handler_expected_of_a_full_disk_is_said_without_its_path() -> None:
    error = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/secret/place")
    said = str(to_playground_error(error))
    assert said.startswith("A disk of the server is full") and "secret" not in said
