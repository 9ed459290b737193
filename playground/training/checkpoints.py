"""Checkpoints, replaced atomically: a kill at any moment leaves the old one or the new one."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.files import explain_disk_errors

#: The key of a trainer's state in the checkpoints of runs, since the first of them.
TRAINER = "course"


class Resumable(Protocol):
    """What resumes from its state: a trainer, or the state of a loop."""

    def load_state_dict(self, state: dict[str, Any], /) -> None:
        """Resume, bit for bit."""


def write(path: Path, state: Mapping[str, Any], lasting: bool = True) -> None:
    """Write a checkpoint. Raises PlaygroundError if the disk is full.

    state: nested dictionaries of tensors, numbers and strings.  lasting: fsync, to survive a power cut too.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    with explain_disk_errors(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with unfinished.open("wb") as file:
                torch.save(dict(state), file)
                file.flush()
                if lasting:
                    os.fsync(file.fileno())
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)


def read(path: Path) -> dict[str, Any] | None:
    """The state, or None if there is no file. Raises PlaygroundError if it cannot be read."""
    if not path.exists():
        return None
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises many kinds for damaged bytes
        raise PlaygroundError(say("train.terminal.damaged", path=path)) from error
    return state


def resume(
    path: Path, trainer: Resumable, check: Callable[[dict[str, Any]], None] | None = None, key: str = TRAINER
) -> dict[str, Any] | None:
    """Resume a trainer from its checkpoint. Returns all that it holds, or None if there is no file.

    check: raises PlaygroundError for a checkpoint of another training, before anything is loaded.
    key: of the trainer's state. Raises PlaygroundError if the file cannot be read.
    """
    stored = read(path)
    if stored is not None:
        if check is not None:
            check(stored)
        trainer.load_state_dict(stored[key])
    return stored


def write_weights(path: Path, weights: Mapping[str, Tensor]) -> None:
    """Write weights as safetensors, floating-point numbers in float16 to halve the size."""
    from safetensors.torch import save_file

    halved = {
        name: (tensor.half() if tensor.is_floating_point() else tensor).contiguous() for name, tensor in weights.items()
    }
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    with explain_disk_errors(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            save_file(halved, unfinished)
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
