"""Text-to-image pipelines in memory, loaded from disk or fetched from the Hub. One is kept at a time.

A pipeline is shared: to draw, copy the pipeline object and give the copy its own scheduler.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from playground.core import hardware
from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.progress import Report, without_progress
from playground.zoo import catalogue, fetch, model_files
from playground.zoo.cards import TEXT_TO_IMAGE, ModelCard
from playground.zoo.causal_lm import UnusableModelError, unreadable_error
from playground.zoo.hub_client import wrong_id_error
from playground.zoo.lru_cache import LruCache
from playground.zoo.pipeline_examination import examine_pipeline

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
    """The card of a pipeline by its Hub id. Raises PlaygroundError for a wrong id, or a model of another kind."""
    card = catalogue.card_of(repo_id) if "/" in repo_id else None
    if card is None:
        raise wrong_id_error(repo_id)
    if model_files.read_record(fetch.folder_of(card)) and card.kind != TEXT_TO_IMAGE:
        raise PlaygroundError(say("models.names.not_text_to_image", id=repo_id))
    return replace(card, kind=TEXT_TO_IMAGE)


def load_text_to_image(repo_id: str, report: Report = without_progress) -> TextToImageModel:
    """The pipeline of that Hub id, in the number format and on the device that hardware.py chooses.

    When it is loaded for the first time it is examined, and deleted if it cannot be used.
    Raises PlaygroundError if the pipeline cannot be fetched, does not fit into memory, has damaged files, or cannot be
    used.
    """
    card = text_to_image_card(repo_id)
    folder = fetch.ensure(card, report)
    machine = hardware.detect()
    place = (folder, machine.device, machine.dtype)
    model = _cache.get(place)
    if model is not None:
        return model
    with _loading:
        model = _cache.get(place)
        if model is None:
            _cache.clear()
            _repair(card, folder, report)
            _check_memory(card, folder, machine)
            if model_files.read_record(folder).get("examination"):
                model = _read(card, folder, machine)
            else:
                model = _read_first(card, folder, machine, report)
            _cache.put(place, model, 1)
    return model


def forget() -> None:
    """Drop the pipeline from memory."""
    _cache.clear()


def _repair(card: ModelCard, folder: Path, report: Report) -> None:
    """Fetch the pipeline again if a file's sha256 differs from the recorded one."""
    damaged = model_files.damaged_file(folder)
    if damaged is None:
        return
    damage = say("models.file.damage", file=damaged, model=card.title)
    report(say("models.progress.replacing_file", damage=damage), 0.0)
    try:
        fetch.repair(card, report)
    except PlaygroundError as error:
        raise PlaygroundError(say("models.file.replacing_failed", damage=damage, error=error)) from error
    if model_files.damaged_file(folder) is not None:
        raise PlaygroundError(say("models.file.replacement_damaged_too", damage=damage))


def _check_memory(card: ModelCard, folder: Path, machine: hardware.Hardware) -> None:
    needed = int(model_files.read_record(folder).get("parameters", 0)) * _BYTES_OF_DTYPE[machine.dtype]
    free = hardware.detect().available_memory_bytes
    if needed > free:
        raise PlaygroundError(say("models.hub.does_not_fit", model=card.title, needed=needed, free=free))


def _read_first(card: ModelCard, folder: Path, machine: hardware.Hardware, report: Report) -> TextToImageModel:
    """Examines a pipeline and reads it; one that cannot be used is deleted."""
    report(say("models.progress.checking", id=card.title), 1.0)
    variant = str(model_files.read_record(folder).get("variant") or "")
    try:
        examine_pipeline(card.title, folder, variant, machine.dtype)
        model = _read(card, folder, machine)
    except UnusableModelError:
        fetch.delete_from_hub(card)
        raise
    model_files.update_record(folder, model_files.MODEL_RECORD, {"examination": {"nets": "whole"}})
    return model


def _read(card: ModelCard, folder: Path, machine: hardware.Hardware) -> TextToImageModel:
    import torch
    from diffusers import AutoPipelineForText2Image
    from diffusers.utils import logging

    logging.disable_progress_bar()
    record = model_files.read_record(folder)
    try:
        from_pretrained: Any = AutoPipelineForText2Image.from_pretrained
        pipeline = from_pretrained(
            folder,
            dtype=getattr(torch, machine.dtype),
            variant=record.get("variant") or None,
            use_safetensors=True,
            local_files_only=True,
            trust_remote_code=False,
        )
        pipeline.to(machine.device)
    except MemoryError:
        raise
    except Exception as error:  # whatever a loader raises for files that do not fit together
        if isinstance(error, RuntimeError) and "memory" in str(error):  # of an accelerator
            raise PlaygroundError(say("text.loading.device_memory", device=machine.device)) from error
        raise unreadable_error(card.title, error) from error
    pipeline.set_progress_bar_config(disable=True)
    for part in pipeline.components.values():
        if isinstance(part, torch.nn.Module):
            part.eval().requires_grad_(False)
    return TextToImageModel(card, pipeline, str(record["sha256"]), machine.dtype, machine.device)
