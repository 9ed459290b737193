"""A model's files of weights, checked before anything reads them: all there, whole, and numbers that need no key.

Loaders name what they miss in words for programmers, read integers of an unknown quantisation as if they were weights,
and call a web page a pickle that holds code.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.zoo.hub_client import first_line

if TYPE_CHECKING:
    from playground.zoo.hub_client import Repository

_SHARD = re.compile(r"-(\d{5})-of-(?P<count>\d{5})(?=\.)")
_INDEX = re.compile(r"\.index\.(\w+\.)?json$")
#: More parts than any model has: a name may say anything.
_MOST_SHARDS = 10_000
#: First bytes of files that are no weights -> the sentence of the catalogue that names them.
_OTHER_FILES = {b"version https://git-lfs": "pointer", b"<": "web_page", b"GGUF": "gguf"}
_GGUF = b"GGUF"
#: First bytes of torch's two kinds of files: zip archives, and bare pickles.
_ZIP, _PICKLE = b"PK\x03\x04", b"\x80"
#: safetensors' names of the formats whose numbers are weights as they are.
_PLAIN = {"F64", "F32", "F16", "BF16"}


def check_shards(repository: Repository, folder: Path, weights: Iterable[str]) -> None:
    """Refuses weights of which a part is missing in the repository, before they are downloaded.

    weights: all files. Their indexes, which name the parts, are downloaded into the folder. Raises PlaygroundError.
    """
    needed: set[str] = set()
    for path in weights:
        shard = _SHARD.search(path)
        if _INDEX.search(path):
            repository.download([path], folder)
            needed |= {f"{path.rpartition('/')[0]}/{part}".lstrip("/") for part in _parts(repository, folder / path)}
        elif shard is not None and int(shard["count"]) <= _MOST_SHARDS:
            whole = f"{path[: shard.start()]}{path[shard.end() :]}"
            needed |= {_SHARD.sub(f"-{n:05}-of-{shard['count']}", path) for n in range(1, int(shard["count"]) + 1)}
            if not any(_INDEX.search(other) for other in repository.sizes if _same_weights(other, whole)):
                needed.add(f"{whole}.index.json")
    missing = sorted(needed - repository.sizes.keys())
    if missing:
        raise PlaygroundError(say("models.check.part_missing", id=repository.name, file=missing[0][:120]))


def _same_weights(index: str, whole: str) -> bool:
    """Whether an index is of these weights: diffusers writes model.safetensors.index.fp16.json, others as it comes."""
    return index.partition(".")[0] == whole.partition(".")[0]


def _parts(repository: Repository, path: Path) -> set[str]:
    """The files that an index names. Raises PlaygroundError for a damaged one."""
    try:
        names = set(json.loads(path.read_text("utf-8"))["weight_map"].values())
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        names = {0}
    if not all(isinstance(name, str) for name in names):
        raise PlaygroundError(say("models.hub.damaged", file=path.name, id=repository.name))
    return names


def check_weights(name: str, folder: Path, weights: Iterable[str], is_quantised: bool = False) -> None:
    """Refuses files that hold no weights, or quantised ones of a model that does not say how to read them.

    name: of the model.  weights: files below the folder.  is_quantised: whether the model says how.
    Raises PlaygroundError.
    """
    for path in weights:
        reason = _fault(folder / path) if path.lower().endswith((".safetensors", ".bin", ".gguf")) else ""
        if reason:
            raise PlaygroundError(say("models.check.not_weights", file=path, id=name, error=reason))
        if path.endswith(".safetensors") and not is_quantised and _needs_key(read_header(folder / path)):
            raise PlaygroundError(say("models.check.quantised_unnamed", id=name))


def _fault(path: Path) -> str:
    """Why a file holds no weights, in a few words; "" if it may hold some."""
    from safetensors import SafetensorError, safe_open

    with path.open("rb") as file:
        start = file.read(64).lstrip()
    if path.name.lower().endswith(".gguf") and start.startswith(_GGUF):
        return ""
    other = next((kind for mark, kind in _OTHER_FILES.items() if start.startswith(mark)), "")
    if other:
        return say(f"models.check.files.{other}")
    if path.name.lower().endswith(".gguf"):
        return say("models.check.files.no_gguf")
    if not path.name.endswith(".safetensors"):
        is_whole = zipfile.is_zipfile(path) if start.startswith(_ZIP) else start.startswith(_PICKLE)
        return "" if is_whole else say("models.check.files.no_torch")
    try:
        with safe_open(path, "pt"):
            return ""
    except SafetensorError as error:
        return first_line(error)


def read_header(path: Path) -> dict[str, Any]:
    """{tensor: {"dtype", "shape", …}} of a safetensors file that was checked."""
    with path.open("rb") as file:
        header: dict[str, Any] = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    return {name: tensor for name, tensor in header.items() if name != "__metadata__"}


def _needs_key(header: dict[str, Any]) -> bool:
    """Whether weights are integers, or 8-bit floats beside their scales: numbers of a quantisation."""
    kinds = {tensor["dtype"] for name, tensor in header.items() if name.endswith("weight")} - _PLAIN
    has_scales = any("scale" in name.rpartition(".")[2] for name in header)
    return has_scales if all(kind.startswith("F8") for kind in kinds) and kinds else bool(kinds)
