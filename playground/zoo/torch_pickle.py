"""Converts a pickled torch state dictionary to safetensors, once. It is read only by torch.load(weights_only=True).

This module does not know the nets that the weights belong to.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.progress import Report
from playground.zoo import model_files
from playground.zoo.cards import PackageFile


def convert_pickle(source: Path, origin: PackageFile, folder: Path, report: Report) -> None:
    """Writes the weights of `source`, as `origin` describes them, to model.safetensors in `folder`.

    Numbers and names do not change. Raises PlaygroundError if the file holds more than weights, or other weights.
    """
    import torch
    from safetensors.torch import save_file

    report(say("models.progress.reading_weights"), 0.1)
    try:
        loaded = torch.load(source, map_location="cpu", weights_only=True)
    except UnpicklingError as error:
        raise PlaygroundError(say("models.file.pickle", file=source.name)) from error
    except (RuntimeError, EOFError, ValueError, KeyError) as error:
        raise PlaygroundError(say("models.file.not_torch", file=source.name)) from error
    weights = _weights(loaded, origin, source.name)
    report(say("models.progress.writing_weights"), 0.7)
    folder.mkdir(parents=True, exist_ok=True)
    save_file(weights, folder / model_files.WEIGHTS, metadata={"format": "pt"})


def _weights(loaded: object, origin: PackageFile, file: str) -> dict[str, Any]:
    """The tensors by name, each with its own memory, because safetensors does not accept shared memory."""
    import torch

    tensors = loaded.get(origin.inside) if origin.inside and isinstance(loaded, Mapping) else loaded
    if not isinstance(tensors, Mapping) or not all(isinstance(value, torch.Tensor) for value in tensors.values()):
        raise PlaygroundError(say("models.file.other_weights", file=file))
    return {
        str(name): tensor.clone().contiguous()
        for name, tensor in tensors.items()
        if not str(name).startswith(origin.without or ("\0",))
    }
