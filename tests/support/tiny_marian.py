"""A small translator of random weights as Marian and SentencePiece would have written it, in two directions."""

from __future__ import annotations

import hashlib
import math
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from playground.zoo.cards import MARIAN, PackageFile, models
from playground.zoo.translators import Translator, read_translator

WIDTH, HIDDEN, HEADS, ENCODER, DECODER = 16, 24, 4, 2, 2
WORDS = (
    "▁The ▁nurse ▁said ▁he ▁she ▁was ▁tired ▁A ▁O ▁enfermeir a o ▁disse ▁que ▁estava ▁cansad s n r t e i . ▁ ▁É".split()
)
SETTINGS = {
    "type": "transformer", "dec-cell": "ssru", "transformer-decoder-autoreg": "rnn", "tied-embeddings-all": "true",
    "transformer-postprocess": "dan", "transformer-preprocess": '""', "transformer-ffn-activation": "relu",
    "transformer-ffn-depth": "2", "transformer-heads": str(HEADS),
}  # fmt: skip


def _field(number: int, kind: int, content: bytes) -> bytes:
    return bytes([number << 3 | kind]) + content


def _framed(content: bytes) -> bytes:
    assert len(content) < 128
    return bytes([len(content)]) + content


def vocabulary() -> bytes:
    """A .spm file: the end, the unknown, then WORDS, longer pieces more probable."""
    parts = []
    for number, text in enumerate(["</s>", "<unk>", *WORDS]):
        kind = {0: 3, 1: 2}.get(number, 1)
        piece = _field(1, 2, _framed(text.encode())) + _field(2, 5, struct.pack("<f", len(text) - 12.0))
        parts.append(_field(1, 2, _framed(piece + _field(3, 0, bytes([kind])))))
    training = _field(3, 0, bytes([1]))
    return b"".join([*parts, _field(2, 2, _framed(training))])


def _names() -> dict[str, tuple[int, int]]:
    square, row = (WIDTH, WIDTH), (1, WIDTH)
    attention = {f"W{one}": square for one in "qkvo"} | {f"b{one}": row for one in "qkvo"}
    attention |= {"Wo_ln_scale": row, "Wo_ln_bias": row}
    ffn = {"W1": (WIDTH, HIDDEN), "b1": (1, HIDDEN), "W2": (HIDDEN, WIDTH), "b2": row}
    ffn |= {"ffn_ln_scale": row, "ffn_ln_bias": row}
    rnn = {"W": square, "Wf": square, "bf": row, "ffn_ln_scale": row, "ffn_ln_bias": row}
    shapes = {"Wemb": (len(WORDS) + 2, WIDTH), "decoder_ff_logit_out_b": (1, len(WORDS) + 2)}
    stacks = [("encoder", ENCODER, {"self": attention, "ffn": ffn})]
    stacks += [("decoder", DECODER, {"rnn": rnn, "context": attention, "ffn": ffn})]
    for stack, layers, places in stacks:
        for layer in range(1, layers + 1):
            for place, parts in places.items():
                shapes |= {f"{stack}_l{layer}_{place}_{part}": shape for part, shape in parts.items()}
    return shapes


def arrays(seed: int = 0) -> dict[str, NDArray[np.float32]]:
    """The weights by Marian's names, in Marian's shapes (inputs, outputs); matrices are whole eighths."""
    generator = np.random.default_rng(seed)
    result = {}
    for name, shape in _names().items():
        if min(shape) > 1:
            result[name] = (generator.integers(-8, 9, shape) / 8).astype(np.float32)
        else:
            result[name] = (generator.standard_normal(shape) * 0.3 + name.endswith("scale")).astype(np.float32)
    return result


def binary(weights: dict[str, NDArray[np.float32]], settings: dict[str, str] = SETTINGS) -> bytes:
    """A model file: matrices as 8-bit integers, transposed but for the embeddings, times 8, the 8 behind them."""
    lines = "".join(f"{name}: {value}\n" for name, value in settings.items()) + "dim-vocabs:\n  - 9\n"
    items = [(name, value.shape, *_values(name, value)) for name, value in weights.items()]
    items.append(("none_QuantMultA", (1, 1), 0x404, struct.pack("<f", 3.0)))
    items.append(("special:model.yml", (len(lines) + 1,), 0x101, lines.encode() + b"\0"))
    names = [name.encode() + b"\0" for name, *_ in items]
    out = struct.pack("<QQ", 1, len(items))
    for name, (_, shape, kind, held) in zip(names, items, strict=True):
        out += struct.pack("<QQQQ", len(name), kind, len(shape), len(held))
    out += b"".join(names)
    out += b"".join(struct.pack(f"<{len(shape)}i", *shape) for _, shape, *_ in items)
    gap = -(len(out) + 8) % 256
    return out + struct.pack("<Q", gap) + bytes(gap) + b"".join(held for *_, held in items)


def _values(name: str, value: NDArray[np.float32]) -> tuple[int, bytes]:
    if min(value.shape) == 1:
        return 0x404, value.tobytes()
    whole = np.rint(value * 8).astype(np.int8)
    whole = whole if name == "Wemb" else whole.T
    return 0x4101, whole.tobytes() + struct.pack("<f", 8.0) + bytes(math.ceil(whole.size / 256) + 8)


def files(folder: Path) -> dict[str, bytes]:
    """What the package would hold, by name, also written to the folder."""
    held = {
        "model.enpt.bin": binary(arrays(1)), "vocab.enpt.spm": vocabulary(),
        "model.pten.bin": binary(arrays(2)), "vocab.pten.spm": vocabulary(),
    }  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in held.items():
        (folder / name).write_bytes(content)
    return held


def package_file(contents: dict[str, bytes]) -> PackageFile:
    """What a card would say of these files, the model's own first."""
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    first, *rest = sums
    return PackageFile(
        "tiny", "1.0", 1000, first, len(contents[first]), sums[first], beside=tuple((n, sums[n]) for n in rest)
    )


def translator(folder: Path, direction: str = "en-pt") -> Translator:
    """The converted translator of a folder, on the CPU."""
    return read_translator(models()[MARIAN], folder, direction, "cpu")
