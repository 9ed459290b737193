"""Fetches diffusers text-to-image pipelines from the Hugging Face Hub, after checking whether they can run here.

Only configurations, tokenizers and safetensors are downloaded, never pickles or code. All components must be classes of
diffusers or transformers. A safety checker is kept if the repository has one.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playground.core import hardware
from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.files import full_disk_error, sha256_of
from playground.core.progress import Report
from playground.zoo import model_files
from playground.zoo.cards import TEXT_TO_IMAGE
from playground.zoo.causal_lm import check_quantization, quantizations
from playground.zoo.hub_client import (
    count_parameters,
    explain_hub_errors,
    open_repository,
    remote_code_error,
    single_file_error,
)
from playground.zoo.weight_files import check_shards, check_weights

INDEX = "model_index.json"
_PLAIN_ENDINGS = (".json", ".txt", ".model", ".jinja")
_PICKLES = (".bin", ".ckpt", ".pt", ".pth", ".pkl", ".msgpack")
#: Names of weights that diffusers and transformers read: model.safetensors, model.fp16.safetensors, and shards of it.
_WEIGHTS = re.compile(r"(diffusion_pytorch_model|model|pytorch_model)(\.fp16)?(-\d+-of-\d+)?(\.fp16)?\.safetensors")
_HALF = ".fp16."

#: Component -> (library, class), from model_index.json.
Components = dict[str, tuple[str, str]]


def fetch(repo_id: str, folder: Path, report: Report) -> None:
    """Fills an empty folder with a text-to-image pipeline, in the repository's own folders, and begins its record.

    Raises PlaygroundError if the Hub cannot be reached or has no such public model, or if the model is not a
    text-to-image pipeline, has only pickled weights, needs its own code, or needs more memory or disk than is free.
    """
    report(say("models.progress.asking", id=repo_id), 0.0)
    with explain_hub_errors(repo_id):
        repository = open_repository(repo_id)
        sizes = repository.sizes
        if INDEX not in sizes:
            alone = single_file_error(repository)
            if alone is not None:
                raise alone
            raise PlaygroundError(say("models.hub.not_a_pipeline", id=repo_id, file=INDEX))
        repository.download([INDEX], folder)
        index = _read_index(repo_id, folder / INDEX)
        components = components_of(repo_id, index)
        _check_parts(repo_id, components, sizes)
        variant, weights = _choose_weights(repo_id, components, sizes)
        check_shards(repository, folder, weights)
        _check_room(repo_id, folder, sizes, weights, variant)
        plain = _plain_files(components, sizes)
        repository.download(plain, folder)
        quantised = _check_configs(repo_id, folder, plain, components)
        repository.download(weights, folder, report)
    shutil.rmtree(folder / ".cache", ignore_errors=True)
    report(say("models.progress.checking", id=repo_id), 0.95)
    check_weights(repo_id, folder, weights, quantised)
    facts = {
        "kind": TEXT_TO_IMAGE,
        "licence": repository.licence,
        "parameters": sum(count_parameters(folder / name) for name in weights),
        "pipeline": str(index["_class_name"]),
        "revision": repository.revision,
        "sha256": _digest(folder, weights),
        "variant": variant,
        "weights_bytes": sum(sizes[name] for name in weights),
    }
    model_files.update_record(folder, model_files.MODEL_RECORD, facts)


def _read_index(repo_id: str, path: Path) -> dict[str, Any]:
    """model_index.json, with the present names of classes that transformers has renamed; the file gets them too."""
    import transformers

    index = read_json(repo_id, path)
    for part in index.values():
        # Stable Diffusion's first repositories have CLIPFeatureExtractor, which is CLIPImageProcessor today.
        if isinstance(part, list) and len(part) == 2 and part[0] == "transformers" and isinstance(part[1], str):
            present = part[1].replace("FeatureExtractor", "ImageProcessor")
            if not hasattr(transformers, part[1]) and hasattr(transformers, present):
                part[1] = present
    path.write_text(json.dumps(index, indent=2), "utf-8")
    return index


def components_of(repo_id: str, index: dict[str, Any]) -> Components:
    """A pipeline's components. Raises PlaygroundError if it is not text-to-image, or needs its own code."""
    kind = index.get("_class_name")
    if not isinstance(kind, str):
        raise remote_code_error(repo_id)
    if kind not in _text_to_image_classes():
        raise PlaygroundError(say("models.hub.not_text_to_image", id=repo_id, kind=kind[:60]))
    parts = {name: part for name, part in index.items() if isinstance(part, list)}
    components: Components = {}
    for name, part in parts.items():
        if part == [None, None]:
            continue
        # Other lists are settings of the pipeline's class, and stay in the index.
        if len(part) == 2 and all(isinstance(word, str) for word in part):
            if not _is_of_the_libraries(*part) or not name.isidentifier():
                raise remote_code_error(repo_id)
            components[name] = (part[0], part[1])
    return components


def _text_to_image_classes() -> set[str]:
    from diffusers.pipelines.auto_pipeline import AUTO_TEXT2IMAGE_PIPELINES_MAPPING

    names = {pipeline.__name__ for pipeline in AUTO_TEXT2IMAGE_PIPELINES_MAPPING.values()}
    # A ControlNet also needs a picture.
    return {name for name in names if "ControlNet" not in name}


def class_of(library: str, name: str) -> Any:
    """The class of a component of the libraries; None where a pipeline's module has none of that name."""
    from importlib import import_module

    module = library if library in ("diffusers", "transformers") else f"diffusers.pipelines.{library}"
    return getattr(import_module(module), name, None)


def _is_of_the_libraries(library: str, name: str) -> bool:
    """Whether a component is a class of diffusers, of one of its pipelines' modules, or of transformers."""
    from importlib.util import find_spec

    import diffusers
    import transformers

    if not (library.isidentifier() and name.isidentifier()):
        return False
    if library in ("diffusers", "transformers"):
        return hasattr({"diffusers": diffusers, "transformers": transformers}[library], name)
    return find_spec(f"diffusers.pipelines.{library}") is not None


def _choose_weights(repo_id: str, components: Components, sizes: Mapping[str, int]) -> tuple[str, list[str]]:
    """(variant, the safetensors to fetch); variant: "fp16" or "".

    Takes fp16 if every component has it and this machine computes in 16 bits, or if nothing else is complete.
    Raises PlaygroundError if a component has only pickles.
    """
    full: dict[str, list[str]] = {}
    half: dict[str, list[str]] = {}
    for component in components:
        inside = [name for name in sizes if name.startswith(component + "/") and name.count("/") == 1]
        safe = [name for name in inside if _WEIGHTS.fullmatch(name.rpartition("/")[2])]
        full[component] = _whole_or_shards([name for name in safe if _HALF not in _dotted(name)])
        half[component] = _whole_or_shards([name for name in safe if _HALF in _dotted(name)])
        if not safe and any(name.endswith(_PICKLES) for name in inside):
            raise PlaygroundError(say("models.hub.pickles_only", id=repo_id, component=component))
    with_weights = [name for name in components if full[name] or half[name]]
    if not with_weights:
        raise PlaygroundError(say("models.hub.no_safetensors", id=repo_id))
    halves = all(half[name] for name in with_weights)
    fulls = all(full[name] for name in with_weights)
    if not halves and not fulls:
        raise PlaygroundError(say("models.hub.mixed_weights", id=repo_id))
    if halves and (not fulls or hardware.detect().dtype != "float32"):
        return "fp16", [name for component in with_weights for name in half[component]]
    return "", [name for component in with_weights for name in full[component]]


def _dotted(name: str) -> str:
    """The name with ".fp16." in it for either form: model.fp16-00001-of-2.safetensors or model-00001-of-2.fp16.…."""
    return name.replace(".fp16-", ".fp16.-")


def _whole_or_shards(names: list[str]) -> list[str]:
    """The single file of weights, or its shards, never both. Prefers diffusers' name, then transformers'."""
    whole = sorted(name for name in names if "-of-" not in name)
    return whole[:1] or sorted(names)


def _plain_files(components: Components, sizes: Mapping[str, int]) -> list[str]:
    """Configurations, tokenizers and shards' indexes, of the components alone."""
    parents = set(components)
    return [
        name
        for name in sizes
        if name.endswith(_PLAIN_ENDINGS) and name.count("/") == 1 and name.partition("/")[0] in parents
    ]


def _check_parts(repo_id: str, components: Components, sizes: Mapping[str, int]) -> None:
    """Raises PlaygroundError if a component has no files."""
    there = {name.partition("/")[0] for name in sizes if "/" in name}
    missing = next((component for component in components if component not in there), None)
    if missing is not None:
        raise PlaygroundError(say("models.hub.no_component", id=repo_id, component=missing[:60], file=INDEX))


def _check_configs(repo_id: str, folder: Path, plain: list[str], components: Components) -> bool:
    """Whether a component's weights are quantised, by a method that can be read here.

    Raises PlaygroundError for another method, a damaged file, or a class of the repository's own: a class that the
    libraries know needs none of the code that its configuration may name.
    """
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING_NAMES

    is_quantised = False
    for name in plain:
        if not name.endswith("config.json"):
            continue
        config = read_json(repo_id, folder / name)
        is_open = components[name.partition("/")[0]][1].startswith("Auto")
        if config.get("auto_map") and is_open and config.get("model_type") not in CONFIG_MAPPING_NAMES:
            raise remote_code_error(repo_id)
        check_quantization(repo_id, config)
        is_quantised = is_quantised or bool(quantizations(config))
    return is_quantised


def read_json(repo_id: str, path: Path) -> dict[str, Any]:
    """A file's object. Raises PlaygroundError if it holds none."""
    try:
        content = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise PlaygroundError(say("models.hub.damaged", file=path.name, id=repo_id))
    return content


def _check_room(repo_id: str, folder: Path, sizes: Mapping[str, int], weights: list[str], variant: str) -> None:
    """Raises PlaygroundError if memory or disk is too small. Estimates memory by the files' bytes.

    A file of 16-bit numbers that is not marked as fp16 takes twice that in float32: loading checks again.
    """
    machine = hardware.detect()
    file_bytes = sum(sizes[name] for name in weights)
    needed = file_bytes * 2 if variant and machine.dtype == "float32" else file_bytes
    free = machine.available_memory_bytes
    if needed > free:
        raise PlaygroundError(say("models.hub.too_big", id=repo_id, needed=needed, free=free))
    if shutil.disk_usage(folder).free < 1.05 * file_bytes:
        raise full_disk_error(folder.parent, int(1.05 * file_bytes))


def _digest(folder: Path, weights: list[str]) -> str:
    """One sha256 for all weights: of the lines "sha256  path", sorted by path, as sha256sum writes them."""
    lines = [f"{sha256_of(folder / name)}  {name}\n" for name in sorted(weights)]
    return hashlib.sha256("".join(lines).encode()).hexdigest()
