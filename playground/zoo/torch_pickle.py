"""From a pickled state dictionary of torch to safetensors, once. Only torch.load(weights_only=True) ever reads it.

It knows nothing of the nets that the weights belong to.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

from playground.core.errors import PlaygroundError
from playground.core.progress import Report
from playground.zoo import model_files
from playground.zoo.cards import PackageFile


def convert_pickle(source: Path, origin: PackageFile, folder: Path, report: Report) -> None:
    """Write the weights in `source`, as `origin` describes them, to model.safetensors in `folder`.

    report: called with what is being done and the fraction done, 0 to 1. Numbers and names are kept as they are.
    Raises PlaygroundError if the file holds more than weights, or not those weights.
    """
    import torch
    from safetensors.torch import save_file

    report("reading the weights", 0.1)
    try:
        loaded = torch.load(source, map_location="cpu", weights_only=True)
    except UnpicklingError as error:
        raise PlaygroundError(f"{source.name} is a pickle that holds more than weights: refused.") from error
    except (RuntimeError, EOFError, ValueError, KeyError) as error:
        raise PlaygroundError(f"{source.name} cannot be read as weights of torch.") from error
    weights = _weights(loaded, origin, source.name)
    report("writing the weights", 0.7)
    folder.mkdir(parents=True, exist_ok=True)
    save_file(weights, folder / model_files.WEIGHTS, metadata={"format": "pt"})


def _weights(loaded: object, origin: PackageFile, file: str) -> dict[str, Any]:
    """The tensors that are wanted, by name, each with memory of its own (safetensors refuses shared memory)."""
    import torch

    held = loaded.get(origin.inside) if origin.inside and isinstance(loaded, Mapping) else loaded
    if not isinstance(held, Mapping) or not all(isinstance(value, torch.Tensor) for value in held.values()):
        raise PlaygroundError(f"{file} does not hold the weights that its card tells of.")
    return {
        str(name): tensor.clone().contiguous()
        for name, tensor in held.items()
        if not str(name).startswith(origin.without or ("\0",))
    }
