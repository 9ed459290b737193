"""Text-to-image pipelines of diffusers from the Hugging Face Hub: looked at before they are fetched, refused where due.

Only configurations, tokenizers and safetensors are downloaded: no pickle, and no code of a repository ever gets here.
What a pipeline is made of must come from diffusers or transformers. A safety checker stays as the repository has it.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path
from typing import Any

from playground.core import hardware
from playground.core.errors import PlaygroundError
from playground.core.files import full_disk_error, sha256_of
from playground.core.progress import Report
from playground.zoo import model_files
from playground.zoo.cards import TEXT_TO_IMAGE
from playground.zoo.hub_client import (
    TIMEOUT_SECONDS,
    api,
    count_parameters,
    download,
    explain_hub_errors,
    remote_code_error,
)

INDEX = "model_index.json"
_PLAIN_ENDINGS = (".json", ".txt", ".model", ".jinja")
_PICKLES = (".bin", ".ckpt", ".pt", ".pth", ".pkl", ".msgpack")
#: Names of weights that diffusers and transformers read: model.safetensors, model.fp16.safetensors, and shards of it.
_WEIGHTS = re.compile(r"(diffusion_pytorch_model|model|pytorch_model)(\.fp16)?(-\d+-of-\d+)?(\.fp16)?\.safetensors")
_HALF = ".fp16."

#: Component -> (library, class), as model_index.json tells.
Components = dict[str, tuple[str, str]]


def fetch(repo_id: str, folder: Path, report: Report) -> None:
    """Fills an empty folder with a text-to-image pipeline, in the repository's own folders, and begins its record.

    report: called with what is being done and how far it is (0 to 1).
    Raises PlaygroundError if the Hub cannot be reached, if there is no such public model, if it draws no pictures from
    text, has pickled weights only, needs code of its own, or more memory or disk than is free.
    """
    report(f"asking the Hub for {repo_id}", 0.0)
    with explain_hub_errors(repo_id):
        info = api().model_info(repo_id, files_metadata=True, timeout=TIMEOUT_SECONDS)
        sizes = {file.rfilename: int(file.size or 0) for file in info.siblings or []}
        if INDEX not in sizes:
            raise PlaygroundError(f"{repo_id} has no {INDEX}, so it is no pipeline of diffusers: choose another.")
        revision = str(info.sha)
        download(repo_id, folder, {INDEX: sizes[INDEX]}, revision, _silent)
        index = _read_json(repo_id, folder / INDEX)
        components = components_of(repo_id, index)
        variant, weights = _choose_weights(repo_id, components, sizes)
        _check_room(repo_id, folder, sizes, weights, variant)
        plain = _plain_files(components, sizes)
        download(repo_id, folder, {name: sizes[name] for name in plain}, revision, _silent)
        _check_own_code(repo_id, folder, plain)
        download(repo_id, folder, {name: sizes[name] for name in weights}, revision, report)
    shutil.rmtree(folder / ".cache", ignore_errors=True)
    report(f"{repo_id}: checking the weights", 0.95)
    card = info.card_data.to_dict() if info.card_data else {}
    facts = {
        "kind": TEXT_TO_IMAGE,
        "licence": str(card.get("license") or ""),
        "parameters": sum(_count(repo_id, folder / name) for name in weights),
        "pipeline": str(index["_class_name"]),
        "revision": revision,
        "sha256": _digest(folder, weights),
        "variant": variant,
        "weights_bytes": sum(sizes[name] for name in weights),
    }
    model_files.update_record(folder, model_files.MODEL_RECORD, facts)


def components_of(repo_id: str, index: dict[str, Any]) -> Components:
    """What a pipeline is made of. Raises PlaygroundError if it draws no pictures from text or needs code of its own."""
    kind = index.get("_class_name")
    if not isinstance(kind, str):
        raise remote_code_error(repo_id)
    if kind not in _text_to_image_classes():
        raise PlaygroundError(
            f"{repo_id} ({kind[:60]}) is not a text-to-image pipeline that diffusers knows: choose one that draws a "
            "picture from a sentence alone."
        )
    parts = {name: part for name, part in index.items() if isinstance(part, list)}
    components: Components = {}
    for name, part in parts.items():
        if part == [None, None]:
            continue
        # Values that are lists for another reason stay with the index; diffusers knows them by its class's signature.
        if len(part) == 2 and all(isinstance(word, str) for word in part):
            if not _is_of_the_libraries(*part) or not name.isidentifier():
                raise remote_code_error(repo_id)
            components[name] = (part[0], part[1])
    return components


def _text_to_image_classes() -> set[str]:
    from diffusers.pipelines.auto_pipeline import AUTO_TEXT2IMAGE_PIPELINES_MAPPING

    names = {pipeline.__name__ for pipeline in AUTO_TEXT2IMAGE_PIPELINES_MAPPING.values()}
    # A ControlNet needs a picture beside the sentence.
    return {name for name in names if "ControlNet" not in name}


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


def _choose_weights(repo_id: str, components: Components, sizes: dict[str, int]) -> tuple[str, list[str]]:
    """The safetensors to fetch, and the variant that they are ("fp16" or "").

    Of the two, fp16 is taken where every component has it and this machine computes in 16 bits, or where it is all
    there is. Raises PlaygroundError where a component has pickles only.
    """
    full: dict[str, list[str]] = {}
    half: dict[str, list[str]] = {}
    for component in components:
        inside = [name for name in sizes if name.startswith(component + "/") and name.count("/") == 1]
        found = [name for name in inside if _WEIGHTS.fullmatch(name.rpartition("/")[2])]
        full[component] = _whole_or_shards([name for name in found if _HALF not in _dotted(name)])
        half[component] = _whole_or_shards([name for name in found if _HALF in _dotted(name)])
        if not found and any(name.endswith(_PICKLES) for name in inside):
            raise PlaygroundError(
                f"The weights of {repo_id} ({component}) are pickles, which can hold code: only safetensors are "
                "fetched. Choose another model."
            )
    with_weights = [name for name in components if full[name] or half[name]]
    if not with_weights:
        raise PlaygroundError(f"{repo_id} holds no weights as safetensors: choose another.")
    halves = all(half[name] for name in with_weights)
    fulls = all(full[name] for name in with_weights)
    if not halves and not fulls:
        raise PlaygroundError(f"{repo_id} has its weights in mixed forms (fp16 and not): choose another.")
    if halves and (not fulls or hardware.detect().dtype != "float32"):
        return "fp16", [name for component in with_weights for name in half[component]]
    return "", [name for component in with_weights for name in full[component]]


def _dotted(name: str) -> str:
    """A shard of a variant is named model.fp16-00001-of-2.safetensors or model-00001-of-2.fp16.safetensors."""
    return name.replace(".fp16-", ".fp16.-")


def _whole_or_shards(names: list[str]) -> list[str]:
    """The one file of weights, or else its shards, never both; transformers' name before the older ones."""
    whole = sorted(name for name in names if "-of-" not in name)
    return whole[:1] or sorted(names)


def _plain_files(components: Components, sizes: dict[str, int]) -> list[str]:
    """Configurations, tokenizers and shards' indexes, of the components alone."""
    parents = set(components)
    return [
        name
        for name in sizes
        if name.endswith(_PLAIN_ENDINGS) and name.count("/") == 1 and name.partition("/")[0] in parents
    ]


def _check_own_code(repo_id: str, folder: Path, plain: list[str]) -> None:
    """Refuses configurations that name code to be run."""
    for name in plain:
        if name.endswith("config.json") and _read_json(repo_id, folder / name).get("auto_map"):
            raise remote_code_error(repo_id)


def _read_json(repo_id: str, path: Path) -> dict[str, Any]:
    try:
        read = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError):
        read = None
    if not isinstance(read, dict):
        raise PlaygroundError(f"{path.name} of {repo_id} is damaged: choose another model.")
    return read


def _check_room(repo_id: str, folder: Path, sizes: dict[str, int], weights: list[str], variant: str) -> None:
    """Refuses what is too big for the memory or the disk. A file's bytes count as the memory that it takes.

    Where 16 bits a number were stored in a file without saying so and 32 are computed with, it takes twice that:
    loading looks again.
    """
    found = hardware.detect()
    file_bytes = sum(sizes[name] for name in weights)
    needed = file_bytes * 2 if variant and found.dtype == "float32" else file_bytes
    if needed > found.available_memory_bytes:
        free = f"{found.available_memory_bytes / 1e9:.1f} GB are free on this machine"
        raise PlaygroundError(
            f"{repo_id} needs {needed / 1e9:.1f} GB of memory for its weights, and {free}: choose a smaller model."
        )
    if shutil.disk_usage(folder).free < 1.05 * file_bytes:
        raise full_disk_error(folder.parent, int(1.05 * file_bytes))


def _count(repo_id: str, path: Path) -> int:
    try:
        return count_parameters(path)
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
        raise PlaygroundError(f"{path.name} of {repo_id} is damaged: choose another model.") from error


def _digest(folder: Path, weights: list[str]) -> str:
    """One sha256 for all weights: of the lines "sha256  path", sorted by path, as sha256sum writes them."""
    lines = [f"{sha256_of(folder / name)}  {name}\n" for name in sorted(weights)]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _silent(_doing: str, _fraction: float) -> None:
    """The small files are not worth a progress bar."""
