"""A pipeline's nets, read once after it was fetched: every weight from a file, and every number finite.

diffusers and transformers fill what a file lacks with random numbers and only warn: another picture at each start.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.zoo.causal_lm import UnusableModelError, check_report, read_with_report, unreadable_error
from playground.zoo.diffusers_hub import INDEX, class_of, components_of, read_json


def examine_pipeline(name: str, folder: Path, variant: str, dtype: str) -> None:
    """Reads each net of a complete pipeline, one after another.

    name: of the pipeline.  variant: "fp16" or "".  dtype: in which it will be used, as torch writes it.
    Raises UnusableModelError if weights are missing, misshapen, beyond the last layer, or not finite.
    """
    for part, (library, kind) in components_of(name, read_json(name, folder / INDEX)).items():
        try:
            read = _read(class_of(library, kind), folder / part, variant, dtype)
        except (PlaygroundError, MemoryError):
            raise
        except Exception as error:  # whatever a loader raises for files that do not fit together
            raise unreadable_error(name, error) from error
        if read is not None:
            net, report = read
            check_report(f"{name} ({part})", net, report)
            if not all(bool(weights.isfinite().all()) for weights in net.parameters()):
                raise UnusableModelError(say("models.check.not_finite", name=f"{name} ({part})"))


def _read(kind: Any, folder: Path, variant: str, dtype: str) -> tuple[Any, Mapping[str, Any]] | None:
    """(a net, what its loader reports); None for a tokenizer, a scheduler, and other parts without weights."""
    import torch
    from diffusers import ModelMixin
    from transformers import PreTrainedModel

    if not (isinstance(kind, type) and issubclass(kind, (ModelMixin, PreTrainedModel))):
        return None
    return read_with_report(kind, folder, dtype=getattr(torch, dtype), variant=variant or None, use_safetensors=True)
