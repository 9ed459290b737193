"""Models from the Hugging Face Hub: looked at before they are fetched, and refused in one sentence where they must be.

No code of a repository is ever run. Pickled weights are read once, by transformers' torch.load(weights_only=True), and
written as safetensors. The Hub's address is HF_ENDPOINT, where that is set.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

from playground.core import hardware
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

    report: called with what is being done and how far it is (0 to 1).
    Raises PlaygroundError if the Hub cannot be reached, if there is no such public model, if it is no causal language
    model, needs code of its own or more memory than is free, or if the disk is full.
    """
    report(f"asking the Hub for {repo_id}", 0.0)
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
        wanted = [name for name in _PLAIN_FILES if name in sizes] + weights
        download(repo_id, folder, {name: sizes[name] for name in wanted}, str(info.sha), report)
        _check_tokenizer_code(repo_id, folder)
    shutil.rmtree(folder / ".cache", ignore_errors=True)
    report(f"{repo_id}: writing the weights", 0.95)
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
    """The weights' files at the top of the repository: safetensors if there are any, else pickles of torch."""
    top = [name for name in sizes if "/" not in name]
    single = [name for name in top if name == model_files.WEIGHTS]
    shards = [name for name in top if name.startswith("model-") and name.endswith(".safetensors")]
    pickles = [name for name in top if name.startswith("pytorch_model") and name.endswith(".bin")]
    indexes = {"model.safetensors.index.json": shards, "pytorch_model.bin.index.json": pickles}
    for found in (single, shards, pickles):
        if found:
            return found + [name for name, files in indexes.items() if files == found and name in sizes]
    raise PlaygroundError(f"{repo_id} has no weights that torch can read (safetensors or pytorch_model.bin).")


def _read_config(repo_id: str, folder: Path, sizes: dict[str, int], revision: str) -> dict[str, Any]:
    from huggingface_hub import hf_hub_download

    if "config.json" not in sizes:
        raise PlaygroundError(f"{repo_id} has no config.json, so it is not a model that transformers can load.")
    path = hf_hub_download(repo_id, "config.json", revision=revision, local_dir=folder, endpoint=endpoint())
    try:
        config = json.loads(Path(path).read_text("utf-8"))
    except (ValueError, RecursionError):
        config = None
    if not isinstance(config, dict):
        raise PlaygroundError(f"The config.json of {repo_id} is damaged: choose another model.")
    return config


def _check_kind(repo_id: str, config: dict[str, Any], sizes: dict[str, int]) -> None:
    """Refuses models that need code of their own, or that do not predict the next token."""
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

    if config.get("auto_map"):
        raise remote_code_error(repo_id)
    names = [str(name) for name in config.get("architectures") or []]
    if not set(names) & set(MODEL_FOR_CAUSAL_LM_MAPPING_NAMES.values()):
        kind = names[0] if names else str(config.get("model_type", "of unknown kind"))
        raise PlaygroundError(
            f"{repo_id} ({kind[:60]}) is not a causal language model: choose one that writes text token by token."
        )
    if not any(name in sizes for name in _TOKENIZER_FILES):
        raise PlaygroundError(f"{repo_id} comes without a tokenizer, so text cannot be given to it: choose another.")


def _check_tokenizer_code(repo_id: str, folder: Path) -> None:
    path = folder / "tokenizer_config.json"
    if path.is_file() and json.loads(path.read_text("utf-8")).get("auto_map"):
        raise remote_code_error(repo_id)


def _check_memory(repo_id: str, parameters: int, file_bytes: int) -> None:
    found = hardware.detect()
    needed = parameters * _BYTES_OF_DTYPE[found.dtype] if parameters else file_bytes
    if needed > found.available_memory_bytes:
        free = f"{found.available_memory_bytes / 1e9:.1f} GB are free on this machine"
        raise PlaygroundError(
            f"{repo_id} needs {needed / 1e9:.1f} GB of memory for its weights, and {free}: choose a smaller model."
        )


def _make_one_file(repo_id: str, folder: Path, weights: list[str]) -> None:
    """Leaves the weights as one model.safetensors, whatever they came as."""
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
        raise PlaygroundError(
            f"The weights of {repo_id} are a pickle that holds more than weights: refused."
        ) from error
    except (ValueError, RuntimeError, KeyError) as error:
        raise PlaygroundError(f"The weights of {repo_id} cannot be read: {str(error).splitlines()[0][:200]}") from error
    os.replace(whole / model_files.WEIGHTS, folder / model_files.WEIGHTS)
    shutil.rmtree(whole)
    for name in weights:
        if name != model_files.WEIGHTS:
            (folder / name).unlink()
