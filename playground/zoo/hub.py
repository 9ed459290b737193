"""Fetches language models from the Hugging Face Hub, after checking whether they can run here.

No code of a repository is ever run. Pickled weights are read once, by transformers' torch.load(weights_only=True), and
stored as safetensors. HF_ENDPOINT, if set, is the Hub's address.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

from playground.core import hardware
from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.files import sha256_of
from playground.core.progress import Report
from playground.zoo import model_files
from playground.zoo.hub_client import (
    TIMEOUT_SECONDS,
    api,
    count_parameters,
    download,
    endpoint,
    explain_hub_errors,
    gated_error,
    remote_code_error,
)

_BYTES_OF_DTYPE = {"float32": 4, "bfloat16": 2, "float16": 2}
_TOKENIZER_FILES = ("tokenizer.json", "tokenizer.model", "spiece.model", "vocab.json")
_PLAIN_FILES = (
    "config.json",
    "generation_config.json",
    "chat_template.jinja",
    "tokenizer.json",
    "tokenizer_config.json",
    "tokenizer.model",
    "spiece.model",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.json",
    "merges.txt",
)


def fetch(repo_id: str, folder: Path, report: Report) -> None:
    """Fills an empty folder with a causal language model: model.safetensors, config.json, its tokenizer, model.json.

    Raises PlaygroundError if the Hub cannot be reached or has no such public model, if the model is not a causal
    language model, needs its own code or more memory than is free, or if the disk is full.
    """
    report(say("models.progress.asking", id=repo_id), 0.0)
    with explain_hub_errors(repo_id):
        info = api().model_info(repo_id, files_metadata=True, timeout=TIMEOUT_SECONDS)
        sizes = {file.rfilename: int(file.size or 0) for file in info.siblings or []}
        if getattr(info, "gated", False):
            raise gated_error(repo_id)
        weights = _weights_files(repo_id, sizes)
        config = _read_config(repo_id, folder, sizes, str(info.sha))
        _check_kind(repo_id, config, sizes)
        parameters = int(info.safetensors.total) if info.safetensors else 0
        _check_memory(repo_id, parameters, sum(sizes[name] for name in weights))
        names = [name for name in _PLAIN_FILES if name in sizes] + weights
        download(repo_id, folder, {name: sizes[name] for name in names}, str(info.sha), report)
        _check_tokenizer_code(repo_id, folder)
    shutil.rmtree(folder / ".cache", ignore_errors=True)
    report(say("models.progress.writing", id=repo_id), 0.95)
    _make_one_file(repo_id, folder, weights)
    card = info.card_data.to_dict() if info.card_data else {}
    facts = {
        "licence": str(card.get("license") or ""),
        "parameters": parameters or count_parameters(folder / model_files.WEIGHTS),
        "revision": str(info.sha),
        "sha256": sha256_of(folder / model_files.WEIGHTS),
    }
    model_files.update_record(folder, model_files.MODEL_RECORD, facts)


def _weights_files(repo_id: str, sizes: dict[str, int]) -> list[str]:
    """The files of weights at the top of the repository: safetensors, or torch pickles if there are none."""
    top = [name for name in sizes if "/" not in name]
    single = [name for name in top if name == model_files.WEIGHTS]
    shards = [name for name in top if name.startswith("model-") and name.endswith(".safetensors")]
    pickles = [name for name in top if name.startswith("pytorch_model") and name.endswith(".bin")]
    indexes = {"model.safetensors.index.json": shards, "pytorch_model.bin.index.json": pickles}
    for names in (single, shards, pickles):
        if names:
            return names + [index for index, files in indexes.items() if files == names and index in sizes]
    raise PlaygroundError(say("models.hub.no_weights", id=repo_id))


def _read_config(repo_id: str, folder: Path, sizes: dict[str, int], revision: str) -> dict[str, Any]:
    from huggingface_hub import hf_hub_download

    if "config.json" not in sizes:
        raise PlaygroundError(say("models.hub.no_config", id=repo_id))
    path = hf_hub_download(repo_id, "config.json", revision=revision, local_dir=folder, endpoint=endpoint())
    try:
        config = json.loads(Path(path).read_text("utf-8"))
    except (ValueError, RecursionError):
        config = None
    if not isinstance(config, dict):
        raise PlaygroundError(say("models.hub.damaged", file="config.json", id=repo_id))
    return config


def _check_kind(repo_id: str, config: dict[str, Any], sizes: dict[str, int]) -> None:
    """Raises PlaygroundError if a model needs its own code, or is not a causal language model with a tokenizer."""
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

    if config.get("auto_map"):
        raise remote_code_error(repo_id)
    names = [str(name) for name in config.get("architectures") or []]
    if not set(names) & set(MODEL_FOR_CAUSAL_LM_MAPPING_NAMES.values()):
        kind = names[0] if names else str(config.get("model_type", say("models.hub.unknown_kind")))
        raise PlaygroundError(say("models.hub.not_causal", id=repo_id, kind=kind[:60]))
    if not any(name in sizes for name in _TOKENIZER_FILES):
        raise PlaygroundError(say("models.hub.no_tokenizer", id=repo_id))


def _check_tokenizer_code(repo_id: str, folder: Path) -> None:
    path = folder / "tokenizer_config.json"
    if path.is_file() and json.loads(path.read_text("utf-8")).get("auto_map"):
        raise remote_code_error(repo_id)


def _check_memory(repo_id: str, parameters: int, file_bytes: int) -> None:
    machine = hardware.detect()
    needed = parameters * _BYTES_OF_DTYPE[machine.dtype] if parameters else file_bytes
    free = machine.available_memory_bytes
    if needed > free:
        raise PlaygroundError(say("models.hub.too_big", id=repo_id, needed=needed / 1e9, free=free / 1e9))


def _make_one_file(repo_id: str, folder: Path, weights: list[str]) -> None:
    """Stores the weights as a single model.safetensors, whatever form they came in."""
    if weights == [model_files.WEIGHTS]:
        return
    from transformers import AutoModelForCausalLM
    from transformers.utils import logging

    logging.disable_progress_bar()
    whole = folder / ".whole"
    try:
        model = AutoModelForCausalLM.from_pretrained(
            folder,
            dtype="auto",
            local_files_only=True,
            use_safetensors=weights[0].endswith(".safetensors"),
            trust_remote_code=False,
        )
        model.save_pretrained(whole, max_shard_size="1000GB")
    except UnpicklingError as error:
        raise PlaygroundError(say("models.hub.pickle", id=repo_id)) from error
    except (ValueError, RuntimeError, KeyError) as error:
        reason = str(error).splitlines()[0][:200]
        raise PlaygroundError(say("models.hub.unreadable", id=repo_id, error=reason)) from error
    os.replace(whole / model_files.WEIGHTS, folder / model_files.WEIGHTS)
    shutil.rmtree(whole)
    for name in weights:
        if name != model_files.WEIGHTS:
            (folder / name).unlink()
