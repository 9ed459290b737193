"""Text-to-image pipelines in memory: loaded from disk or fetched from the Hub. One is kept at a time.

A pipeline is shared: whoever draws with it makes a copy of the pipeline's shell first, with a scheduler of its own.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from playground.core import hardware
from playground.core.errors import PlaygroundError
from playground.core.progress import Report, without_progress
from playground.zoo import catalogue, fetch, model_files
from playground.zoo.cards import TEXT_TO_IMAGE, ModelCard
from playground.zoo.lru_cache import LruCache

_BYTES_OF_DTYPE = {"float32": 4, "bfloat16": 2, "float16": 2}


@dataclass(frozen=True)
class TextToImageModel:
    """A pipeline of diffusers in memory, its nets frozen.

    weights_sha256: of all its files of weights (see diffusers_hub).  dtype: "bfloat16"…
    """

    card: ModelCard
    pipeline: Any
    weights_sha256: str
    dtype: str
    device: str


_cache: LruCache[tuple[Path, str, str], TextToImageModel] = LruCache()
_loading = threading.Lock()


def text_to_image_card(repo_id: str) -> ModelCard:
    """The card of a pipeline by its Hub id. Raises PlaygroundError for what is no id, or is here as another kind."""
    card = catalogue.card_of(repo_id) if "/" in repo_id else None
    if card is None:
        raise PlaygroundError(f'"{repo_id[:80]}" is not the id of a Hub model: it is written "owner/name".')
    if model_files.read_record(fetch.folder_of(card)) and card.kind != TEXT_TO_IMAGE:
        raise PlaygroundError(f"{repo_id} is here as a language model: it draws no pictures.")
    return replace(card, kind=TEXT_TO_IMAGE)


def load_text_to_image(repo_id: str, report: Report = without_progress) -> TextToImageModel:
    """The pipeline of that Hub id, in the number format and on the device that hardware.py chooses.

    Raises PlaygroundError for a pipeline that cannot be had or does not fit, or whose files are damaged.
    """
    card = text_to_image_card(repo_id)
    folder = fetch.ensure(card, report)
    found = hardware.detect()
    place = (folder, found.device, found.dtype)
    kept = _cache.get(place)
    if kept is not None:
        return kept
    with _loading:
        kept = _cache.get(place)
        if kept is None:
            _cache.clear()
            _see_undamaged(card, folder, report)
            _see_fit(card, folder, found)
            kept = _read(card, folder, found)
            _cache.put(place, kept, 1)
    return kept


def forget() -> None:
    """Drop the pipeline from memory."""
    _cache.clear()


def _see_undamaged(card: ModelCard, folder: Path, report: Report) -> None:
    """Fetch the pipeline again if a file's sha256 differs from the recorded one."""
    damaged = model_files.damaged_file(folder)
    if damaged is None:
        return
    broken = f"{damaged} of {card.title} is damaged (its sha256 differs from the recorded one)"
    report(f"{broken}: replacing it", 0.0)
    try:
        fetch.repair(card, report)
    except PlaygroundError as error:
        raise PlaygroundError(f"{broken}, and was not loaded. Replacing it failed: {error}") from error
    if model_files.damaged_file(folder) is not None:
        raise PlaygroundError(f"{broken}, and its replacement too: nothing was loaded. The disk may be failing.")


def _see_fit(card: ModelCard, folder: Path, found: hardware.Hardware) -> None:
    needed = int(model_files.read_record(folder).get("parameters", 0)) * _BYTES_OF_DTYPE[found.dtype]
    free = hardware.detect().available_memory_bytes
    if needed > free:
        raise PlaygroundError(
            f"{card.title} needs {needed / 1e9:.1f} GB of memory and {free / 1e9:.1f} GB are free: close other "
            "programs, or choose a smaller model."
        )


def _read(card: ModelCard, folder: Path, found: hardware.Hardware) -> TextToImageModel:
    import torch
    from diffusers import AutoPipelineForText2Image
    from diffusers.utils import logging

    logging.disable_progress_bar()
    record = model_files.read_record(folder)
    try:
        read: Any = AutoPipelineForText2Image.from_pretrained
        pipeline = read(
            folder,
            dtype=getattr(torch, found.dtype),
            variant=record.get("variant") or None,
            use_safetensors=True,
            local_files_only=True,
            trust_remote_code=False,
        )
        pipeline.to(found.device)
    except (OSError, ValueError, RuntimeError, KeyError, TypeError, AttributeError, ImportError) as error:
        why = str(error).strip().partition("\n")[0][:200]
        raise PlaygroundError(f"{card.title} cannot be loaded by diffusers: {why}") from error
    pipeline.set_progress_bar_config(disable=True)
    for part in pipeline.components.values():
        if isinstance(part, torch.nn.Module):
            part.eval().requires_grad_(False)
    return TextToImageModel(card, pipeline, str(record["sha256"]), found.dtype, found.device)
