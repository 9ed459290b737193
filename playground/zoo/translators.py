"""Translation models in memory: verified, frozen, float32, shared by all visitors."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from playground.core import hardware
from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.zoo import fetch, model_files
from playground.zoo.cards import MARIAN, models
from playground.zoo.lru_cache import LruCache
from playground.zoo.marian import SCALE
from playground.zoo.sentencepiece import END

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from playground.models.marian import Marian
    from playground.zoo.cards import ModelCard

#: Direction, "source-target" -> its letters in the package's file names.
DIRECTIONS = {"en-pt": "enpt", "pt-en": "pten"}


@dataclass(frozen=True, eq=False)
class Translator:
    """A net in memory, read-only and shared. direction: one of DIRECTIONS."""

    card: ModelCard
    direction: str
    net: Marian
    tokenizer: Tokenizer
    weights_sha256: str
    device: str

    @property
    def end(self) -> int:
        """Id of the token that ends a sentence in either language."""
        number = self.tokenizer.token_to_id(END)
        assert number is not None
        return number


_cache: LruCache[tuple[Path, str, str], Translator] = LruCache()
_loading = threading.Lock()


def load_translator(direction: str) -> Translator:
    """The net of that direction, from memory or disk, or fetched first.

    Raises PlaygroundError for an unknown direction, or if the model cannot be fetched.
    """
    if direction not in DIRECTIONS:
        names = ", ".join(DIRECTIONS)
        raise PlaygroundError(say("models.names.no_translation", name=direction[:40], names=names))
    card = models()[MARIAN]
    folder = fetch.ensure(card)
    key = (folder, direction, hardware.detect().device)
    with _loading:
        translator = _cache.get(key)
        if translator is None:
            fetch.repair_if_damaged(card, folder)
            translator = read_translator(card, folder, direction, key[2])
            _cache.put(key, translator, (folder / model_files.WEIGHTS).stat().st_size * 2)
    return translator


def is_loaded(direction: str) -> bool:
    """Whether the net is in memory, so that using it takes no loading time."""
    return any(loaded_direction == direction for _, loaded_direction, _ in _cache.keys())


def forget() -> None:
    """Drop everything from memory."""
    _cache.clear()


def read_translator(card: ModelCard, folder: Path, direction: str, device: str) -> Translator:
    """The net in a converted folder: integers become float32, divided by their scale."""
    from safetensors import safe_open
    from tokenizers import Tokenizer

    from playground.models.marian import Marian, MarianConfig

    pair = DIRECTIONS[direction]
    with safe_open(folder / model_files.WEIGHTS, "pt") as file:
        tensors = {
            key.removeprefix(pair + "."): file.get_tensor(key) for key in file.keys() if key.startswith(pair + ".")
        }
    heads = int(tensors.pop("heads"))
    weights = {
        key: value.float() / tensors[key + SCALE] if key + SCALE in tensors else value
        for key, value in tensors.items()
        if not key.endswith(SCALE)
    }
    vocabulary, width = weights["embedding.weight"].shape
    layers = [
        len({key.split(".")[1] for key in weights if key.startswith(stack)}) for stack in ("encoder.", "decoder.")
    ]
    hidden = len(weights["encoder.0.feed_forward.first.bias"])
    net = Marian(MarianConfig(vocabulary, width, hidden, heads, *layers))
    net.load_state_dict(weights)
    net = net.to(device).eval().requires_grad_(False)
    tokenizer = Tokenizer.from_file(str(folder / f"{pair}.json"))
    return Translator(card, direction, net, tokenizer, str(model_files.read_record(folder)["sha256"]), device)
