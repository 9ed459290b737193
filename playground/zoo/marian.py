"""Converts Marian's 8-bit model files to safetensors and tokenizers, without changing the numbers.

A model file holds a count of items; for each the length of its name, its type, its number of dimensions and its bytes;
then all names, all shapes, padding, and all values. Types: 0x404 float32; 0x4101 8-bit integers, stored transposed and
followed by the factor they were multiplied by; 0x101 bytes.
Source: marian-dev of Bergamot, src/common/binary.cpp and types.h.
The vocabulary is SentencePiece's (Kudo and Richardson 2018), read by `sentencepiece.py`.
"""

from __future__ import annotations

import math
import re
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.progress import Report
from playground.zoo import model_files
from playground.zoo.cards import PackageFile
from playground.zoo.sentencepiece import read_pieces

_FLOATS, _INTEGERS, _BYTES = 0x404, 0x4101, 0x101
_SETTINGS = "special:model.yml"
#: The settings of the only supported net: other values mean another net.
_EXPECTED = {
    "type": "transformer", "dec-cell": "ssru", "transformer-decoder-autoreg": "rnn", "tied-embeddings-all": "true",
    "transformer-postprocess": "dan", "transformer-preprocess": '""', "transformer-ffn-activation": "relu",
    "transformer-ffn-depth": "2",
}  # fmt: skip
#: Marian's names of a layer's parts -> ours.
_PARTS = {
    "self": "attention", "context": "attention", "rnn": "recurrent", "ffn": "feed_forward",
    "Wq": "query.weight", "bq": "query.bias", "Wk": "key.weight", "bk": "key.bias", "Wv": "value.weight",
    "bv": "value.bias", "Wo": "output.weight", "bo": "output.bias", "W1": "first.weight", "b1": "first.bias",
    "W2": "second.weight", "b2": "second.bias", "W": "new.weight", "Wf": "gate.weight", "bf": "gate.bias",
    "Wo_ln_scale": "norm.weight", "Wo_ln_bias": "norm.bias", "ffn_ln_scale": "norm.weight", "ffn_ln_bias": "norm.bias",
}  # fmt: skip
_LAYER = re.compile(r"(encoder|decoder)_l(\d+)_(self|context|rnn|ffn)_(\w+)")
SCALE = ".scale"


@dataclass(frozen=True)
class MarianArray:
    """values: float32 of the shape, int8 of the transposed shape, or bytes.  scale: divide integers by it."""

    values: NDArray[Any]
    scale: float | None = None


def convert_marian(source: Path, origin: PackageFile, folder: Path, report: Report) -> None:
    """Writes `source` and the models beside it to model.safetensors in `folder`, and the tokenizer of each.

    Four letters in the file names distinguish them ("model.enpt.intgemm.alphas.bin"): their weights are prefixed with
    "enpt.", the tokenizer is enpt.json. Integers stay integers, each array with its scale.
    Raises PlaygroundError for a damaged file, or another kind of net.
    """
    from safetensors.numpy import save_file

    weights: dict[str, NDArray[Any]] = {}
    folder.mkdir(parents=True, exist_ok=True)
    names = sorted(origin.files_by_name())
    for number, name in enumerate(names):
        report(say("models.progress.converting_file", file=name), number / len(names))
        path, pair = source.with_name(name), name.split(".")[1]
        if name.endswith(".bin"):
            weights |= {f"{pair}.{key}": value for key, value in weights_of(path.read_bytes(), name).items()}
        else:
            read_pieces(path.read_bytes(), name).save(str(folder / f"{pair}.json"))
    save_file(weights, folder / model_files.WEIGHTS, metadata={"format": "pt"})


def weights_of(data: bytes, name: str) -> dict[str, NDArray[Any]]:
    """The arrays of a model file under the names of `playground.models.marian.Marian`, with a scale for integers.

    The weights do not determine the number of heads, so it is stored as "heads". name: of the file, for errors.
    """
    items = read_items(data, name)
    settings = _settings(items.pop(_SETTINGS).values.tobytes()) if _SETTINGS in items else {}
    other = [key for key, value in _EXPECTED.items() if settings.get(key) != value]
    if other:
        raise PlaygroundError(say("models.file.other_net", file=name, settings=", ".join(other)))
    result: dict[str, NDArray[Any]] = {"heads": np.array(int(settings["transformer-heads"]), np.int64)}
    for key, item in items.items():
        if key.endswith("_QuantMultA"):  # scales of activations for integer arithmetic, which is not used here
            continue
        own = _own_name(key, name)
        biases = own.endswith("bias") or "norm." in own
        result[own] = np.ascontiguousarray(item.values.reshape(-1) if biases else item.values)
        if item.scale is not None:
            result[own + SCALE] = np.array(item.scale, np.float32)
    return result


def _settings(text: bytes) -> dict[str, str]:
    """The net's settings: from the YAML text, the lines with a name and a single value."""
    lines = text.rstrip(b"\0").decode().splitlines()
    parts = (line.partition(": ") for line in lines if not line.startswith((" ", "-")))
    return {name: value.strip() for name, _, value in parts}


def _own_name(key: str, name: str) -> str:
    if key in ("Wemb", "decoder_ff_logit_out_b"):
        return "embedding.weight" if key == "Wemb" else "output_bias"
    match = _LAYER.fullmatch(key)
    if match is None or match[4] not in _PARTS:
        raise PlaygroundError(say("models.file.unknown_part", file=name, part=key[:60]))
    stack, number, place, part = match.groups()
    joint = "_" if "norm." in _PARTS[part] else "."
    return f"{stack}.{int(number) - 1}.{_PARTS[place]}{joint}{_PARTS[part]}"


def read_items(data: bytes, name: str) -> dict[str, MarianArray]:
    """All items of a model file by their names there. Raises PlaygroundError if it is not a Marian model."""
    try:
        return _items(data)
    except (struct.error, ValueError, UnicodeDecodeError) as error:
        raise PlaygroundError(say("models.file.not_marian", file=name)) from error


def _items(data: bytes) -> dict[str, MarianArray]:
    version, count = struct.unpack_from("<QQ", data)
    if version != 1 or count > 10_000:
        raise ValueError("not Marian's binary format, version 1")
    place = 16
    heads = [struct.unpack_from("<QQQQ", data, place + 32 * number) for number in range(count)]
    place += 32 * count
    names, shapes = [], []
    for length, *_ in heads:
        names.append(data[place : place + length].rstrip(b"\0").decode())
        place += length
    for _, _, dimensions, _ in heads:
        shapes.append(struct.unpack_from(f"<{dimensions}i", data, place))
        place += 4 * dimensions
    place += 8 + struct.unpack_from("<Q", data, place)[0]
    items = {}
    for name, shape, (_, kind, _, size) in zip(names, shapes, heads, strict=True):
        items[name] = _item(name, kind, shape, data[place : place + size])
        place += size
    return items


def _item(name: str, kind: int, shape: tuple[int, ...], content: bytes) -> MarianArray:
    many = math.prod(shape)
    if kind == _FLOATS:
        return MarianArray(np.frombuffer(content, "<f4", many).reshape(shape))
    if kind == _BYTES:
        return MarianArray(np.frombuffer(content, np.uint8, many))
    if kind != _INTEGERS:
        raise ValueError(f"type {kind:#x}")
    (scale,) = struct.unpack_from("<f", content, many)
    # Embeddings are looked up by row, so only they are not transposed.
    rows = shape if name == "Wemb" else shape[::-1]
    return MarianArray(np.frombuffer(content, np.int8, many).reshape(rows), scale)
