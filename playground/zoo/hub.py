"""Fetches language models from the Hugging Face Hub or a folder here, after checking whether they can run here.

No code of a repository is ever run. Pickled weights are read once, by transformers' torch.load(weights_only=True), and
stored as safetensors. HF_ENDPOINT, if set, is the Hub's address.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

from playground.core import hardware
from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.files import is_no_room, sha256_of
from playground.core.paths import models_dir
from playground.core.progress import Report
from playground.zoo import adapter, model_files
from playground.zoo.cards import TEXT, models
from playground.zoo.causal_lm import check_kind, check_quantization, quantizations, read_causal_lm, unreadable_error
from playground.zoo.convert import convert
from playground.zoo.hub_client import (
    LOCAL,
    Repository,
    count_parameters,
    explain_hub_errors,
    open_repository,
    remote_code_error,
    single_file_error,
)
from playground.zoo.weight_files import check_shards, check_weights

_BYTES_OF_DTYPE = {"float32": 4, "bfloat16": 2, "float16": 2}
_CONFIGS = ("config.json", "generation_config.json")


def fetch(repo_id: str, folder: Path, report: Report) -> None:
    """Fills an empty folder with a causal language model: model.safetensors, config.json, its tokenizer, model.json.

    Raises PlaygroundError if the Hub cannot be reached or has no such public model, if the model is not a causal
    language model, needs its own code or more memory than is free, or if the disk is full.
    """
    if not repo_id.startswith(LOCAL):
        report(say("models.progress.asking", id=repo_id), 0.0)
    with explain_hub_errors(repo_id):
        repository = open_repository(repo_id)
        if adapter.is_adapter(repository):
            _write_record(repository, folder, _fetch_adapter(repository, folder, report))
            return
        ggufs = _gguf_files(repository)
        if ggufs:
            _write_record(repository, folder, _convert_gguf(repository, ggufs, folder, report))
            return
        alone = single_file_error(repository)
        if alone is not None:
            if repository.snapshot is not None:  # a file here may be something else under a wrong name
                check_weights(repo_id, repository.snapshot, [name for name in repository.sizes if "/" not in name])
            raise alone
        sizes = repository.sizes
        weights = _weights_files(repo_id, sizes)
        config = _read_config(repository, folder)
        check_kind(repo_id, config)
        check_quantization(repo_id, config)
        _check_tokenizer(repo_id, sizes)
        _check_memory(repo_id, repository.parameters, sum(sizes[name] for name in weights))
        check_shards(repository, folder, weights)
        repository.download([name for name in model_files.PLAIN_FILES if name in sizes] + weights, folder, report)
    for path in folder.glob("*.json"):
        _parse(repo_id, path)
    _check_tokenizer_code(repo_id, folder)
    check_weights(repo_id, folder, weights, is_quantised=bool(quantizations(config)))
    shutil.rmtree(folder / ".cache", ignore_errors=True)
    report(say("models.progress.writing", id=repo_id), 0.95)
    _make_one_file(repo_id, folder, weights)
    _write_record(repository, folder, {})


def _write_record(repository: Repository, folder: Path, facts: Mapping[str, Any]) -> None:
    own = {
        "licence": repository.licence,
        "parameters": repository.parameters or count_parameters(folder / model_files.WEIGHTS),
        "revision": repository.revision,
        "sha256": sha256_of(folder / model_files.WEIGHTS),
    }
    model_files.update_record(folder, model_files.MODEL_RECORD, {**own, **facts})


def _fetch_adapter(repository: Repository, folder: Path, report: Report) -> dict[str, Any]:
    """Fills the folder with an adapter's base, changed by the adapter. Returns facts for the record.

    Raises BaseNeededError if the base is not here.
    """
    name, part = repository.name, folder / ".adapter"
    part.mkdir()
    base = adapter.read_base(repository, part)
    home = _folder_of_base(base)
    if home is None:
        raise adapter.BaseNeededError(name, base)
    _check_memory(name, 0, 4 * count_parameters(home / model_files.WEIGHTS))
    plain = [file for file in model_files.PLAIN_FILES if file in repository.sizes and file not in _CONFIGS]
    repository.download([adapter.CONFIG, adapter.WEIGHTS, *plain], part, report)
    for path in part.glob("*.json"):
        _parse(name, path)
    _check_tokenizer_code(name, part)
    check_weights(name, part, [adapter.WEIGHTS])
    report(say("models.progress.writing", id=name), 0.95)
    facts = adapter.merge(name, part, home, folder)
    shutil.rmtree(part)
    return facts


def _gguf_files(repository: Repository) -> list[str]:
    """The GGUF files at the top of a repository that has no other weights."""
    names = [name for name in repository.sizes if "/" not in name]
    others = any(name.endswith((".safetensors", ".bin")) for name in names)
    return [] if others else sorted(name for name in names if name.lower().endswith(".gguf"))


def _convert_gguf(repository: Repository, files: list[str], folder: Path, report: Report) -> dict[str, Any]:
    """Fills the folder with a model from a GGUF file. Returns facts for the record."""
    name, here = repository.name, models_dir() / LOCAL.rstrip("/")
    if repository.snapshot is None or not name.startswith(LOCAL):
        raise PlaygroundError(say("models.local.gguf_on_hub", id=name, folder=here))
    if len(files) > 1:
        raise PlaygroundError(say("models.local.several_gguf", id=name, count=len(files)))
    _check_memory(name, 0, 2 * repository.sizes[files[0]])
    check_weights(name, repository.snapshot, files)
    try:
        convert(repository.snapshot / files[0], folder, report)
    except PlaygroundError as error:
        if is_no_room(error):
            raise
        reason = str(error).removeprefix(f"{files[0]} ").removesuffix(".")
        raise PlaygroundError(say("models.local.gguf_unreadable", id=name, error=reason)) from error
    return {"converted_from": files[0]}


def _folder_of_base(base: str) -> Path | None:
    """The folder of a complete language model by its Hub id, perhaps under the zoo's own name; None if not here."""
    source = f"https://huggingface.co/{base}"
    own = (card.name for card in models().values() if card.kind == TEXT and card.source_url == source)
    folder = models_dir() / next(own, f"hub/{base.replace('/', '--')}")
    return folder if model_files.is_complete(folder) else None


def _weights_files(repo_id: str, sizes: Mapping[str, int]) -> list[str]:
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


def _read_config(repository: Repository, folder: Path) -> dict[str, Any]:
    if "config.json" not in repository.sizes:
        raise PlaygroundError(say("models.hub.no_config", id=repository.name))
    repository.download(["config.json"], folder)
    return _parse(repository.name, folder / "config.json")


def _parse(repo_id: str, path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise PlaygroundError(say("models.hub.damaged", file=path.name, id=repo_id))
    return content


def _check_tokenizer(repo_id: str, sizes: Mapping[str, int]) -> None:
    if not any(name in sizes for name in model_files.TOKENIZERS):
        raise PlaygroundError(say("models.hub.no_tokenizer", id=repo_id))


def _check_tokenizer_code(repo_id: str, folder: Path) -> None:
    """Refuses a tokenizer whose class is neither transformers' own nor said in full by tokenizer.json."""
    from transformers.models.auto.tokenization_auto import tokenizer_class_from_name

    path = folder / "tokenizer_config.json"
    config = _parse(repo_id, path) if path.is_file() else {}
    known = tokenizer_class_from_name(str(config.get("tokenizer_class", ""))) is not None
    if config.get("auto_map") and not known and not (folder / "tokenizer.json").is_file():
        raise remote_code_error(repo_id)


def _check_memory(repo_id: str, parameters: int, file_bytes: int) -> None:
    machine = hardware.detect()
    needed = parameters * _BYTES_OF_DTYPE[machine.dtype] if parameters else file_bytes
    free = machine.available_memory_bytes
    if needed > free:
        raise PlaygroundError(say("models.hub.too_big", id=repo_id, needed=needed, free=free))


def _make_one_file(repo_id: str, folder: Path, weights: list[str]) -> None:
    """Stores the weights as a single model.safetensors, whatever form they came in."""
    if weights == [model_files.WEIGHTS]:
        return
    whole = folder / ".whole"
    try:
        use_safetensors = weights[0].endswith(".safetensors")
        model = read_causal_lm(folder, repo_id, "auto", use_safetensors=use_safetensors)
        model.save_pretrained(whole, max_shard_size="1000GB")
    except UnpicklingError as error:
        raise PlaygroundError(say("models.hub.pickle", id=repo_id)) from error
    except (PlaygroundError, MemoryError):
        raise
    except Exception as error:  # whatever a loader raises for files that do not fit together
        if is_no_room(error):
            raise
        raise unreadable_error(repo_id, error) from error
    os.replace(whole / model_files.WEIGHTS, folder / model_files.WEIGHTS)
    shutil.rmtree(whole)
    for name in weights:
        if name != model_files.WEIGHTS:
            (folder / name).unlink()
