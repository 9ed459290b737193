"""From Marian's 8-bit files to safetensors and tokenizers: read once, checked, numbers kept as they are.

A model file is a list of items: how many, then of each its name's length, type, dimensions and bytes, then all names,
all shapes, a gap, all values. Types: 0x404 float32; 0x4101 8-bit integers, stored transposed, with the number that they
were multiplied by behind the last one; 0x101 bytes. Source: marian-dev of Bergamot, src/common/binary.cpp and types.h.
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

from playground.core.errors import PlaygroundError
from playground.core.progress import Report
from playground.zoo import model_files
from playground.zoo.cards import PackageFile
from playground.zoo.sentencepiece import read_pieces

_FLOATS, _INTEGERS, _BYTES = 0x404, 0x4101, 0x101
_SETTINGS = "special:model.yml"
#: What the net here can be: other values in the file's own settings mean another net.
_EXPECTED = {
    "type": "transformer", "dec-cell": "ssru", "transformer-decoder-autoreg": "rnn", "tied-embeddings-all": "true",
    "transformer-postprocess": "dan", "transformer-preprocess": '""', "transformer-ffn-activation": "relu",
    "transformer-ffn-depth": "2",
}  # fmt: skip
#: Marian's names of a layer's parts, as ours.
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
    """values: float32 of the shape, int8 of the shape turned round, or bytes.  scale: what integers are divided by."""

    values: NDArray[Any]
    scale: float | None = None


def convert_marian(source: Path, origin: PackageFile, folder: Path, report: Report) -> None:
    """Write the models beside `source`, and itself, to model.safetensors in `folder`, and a tokenizer of each.

    Four letters in their names distinguish them ("model.enpt.intgemm.alphas.bin"): weights begin with
    "enpt.", the tokenizer is enpt.json. Integers stay integers, each with its scale beside it.
    Raises PlaygroundError for a file that is damaged, or of another kind of net.
    """
    from safetensors.numpy import save_file

    weights: dict[str, NDArray[Any]] = {}
    folder.mkdir(parents=True, exist_ok=True)
    names = sorted(origin.files_by_name())
    for number, name in enumerate(names):
        report(f"converting {name}", number / len(names))
        path, pair = source.with_name(name), name.split(".")[1]
        if name.endswith(".bin"):
            weights |= {f"{pair}.{key}": value for key, value in weights_of(path.read_bytes(), name).items()}
        else:
            read_pieces(path.read_bytes(), name).save(str(folder / f"{pair}.json"))
    save_file(weights, folder / model_files.WEIGHTS, metadata={"format": "pt"})


def weights_of(data: bytes, name: str) -> dict[str, NDArray[Any]]:
    """The arrays of a model file under the names of `playground.models.marian.Marian`, with a scale beside integers.

    Weights do not show the number of heads: it is stored among them as "heads". name: for errors.
    """
    items = read_items(data, name)
    settings = _settings(items.pop(_SETTINGS).values.tobytes()) if _SETTINGS in items else {}
    other = [key for key, value in _EXPECTED.items() if settings.get(key) != value]
    if other:
        raise PlaygroundError(f"{name} is another kind of net than is known here: see its {', '.join(other)}.")
    result: dict[str, NDArray[Any]] = {"heads": np.array(int(settings["transformer-heads"]), np.int64)}
    for key, item in items.items():
        if key.endswith("_QuantMultA"):  # for integer arithmetic on activations, which is not done here
            continue
        own = _own_name(key, name)
        biases = own.endswith("bias") or "norm." in own
        result[own] = np.ascontiguousarray(item.values.reshape(-1) if biases else item.values)
        if item.scale is not None:
            result[own + SCALE] = np.array(item.scale, np.float32)
    return result


def _settings(text: bytes) -> dict[str, str]:
    """The net's own settings: lines of YAML, of which those with a name and a single value are taken, as they stand."""
    lines = text.rstrip(b"\0").decode().splitlines()
    parts = (line.partition(": ") for line in lines if not line.startswith((" ", "-")))
    return {name: value.strip() for name, _, value in parts}


def _own_name(key: str, name: str) -> str:
    if key in ("Wemb", "decoder_ff_logit_out_b"):
        return "embedding.weight" if key == "Wemb" else "output_bias"
    found = _LAYER.fullmatch(key)
    if found is None or found[4] not in _PARTS:
        raise PlaygroundError(f'{name} has a part "{key[:60]}" that is not known here.')
    stack, number, place, part = found.groups()
    joint = "_" if "norm." in _PARTS[part] else "."
    return f"{stack}.{int(number) - 1}.{_PARTS[place]}{joint}{_PARTS[part]}"


def read_items(data: bytes, name: str) -> dict[str, MarianArray]:
    """Everything in a model file by its name there. Raises PlaygroundError if it cannot be read as one."""
    try:
        return _items(data)
    except (struct.error, ValueError, UnicodeDecodeError) as error:
        raise PlaygroundError(f"{name} cannot be read as a model of Marian: fetch it anew.") from error


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
    found = {}
    for name, shape, (_, kind, _, size) in zip(names, shapes, heads, strict=True):
        found[name] = _item(name, kind, shape, data[place : place + size])
        place += size
    return found


def _item(name: str, kind: int, shape: tuple[int, ...], held: bytes) -> MarianArray:
    many = math.prod(shape)
    if kind == _FLOATS:
        return MarianArray(np.frombuffer(held, "<f4", many).reshape(shape))
    if kind == _BYTES:
        return MarianArray(np.frombuffer(held, np.uint8, many))
    if kind != _INTEGERS:
        raise ValueError(f"type {kind:#x}")
    (scale,) = struct.unpack_from("<f", held, many)
    # Embeddings are looked up by row, so they alone are not turned round.
    rows = shape if name == "Wemb" else shape[::-1]
    return MarianArray(np.frombuffer(held, np.int8, many).reshape(rows), scale)
