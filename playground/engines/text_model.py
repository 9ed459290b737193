"""Language models in memory: verified, shared by all visitors, the least recently used dropped first.

It joins the zoo, which knows where a model's files are, to the decoders, which run them. Loading the fast decoder
imports neither torch nor the model classes of transformers, which would delay the page's first answer.
"""

from __future__ import annotations

import json
import math
import struct
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from playground.core import hardware
from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.progress import Report, without_progress
from playground.engines.examination import examine
from playground.engines.interface import Decoder
from playground.engines.onnx_decoder import OnnxDecoder
from playground.zoo import fetch, model_files, user_models
from playground.zoo.adapter import BaseNeededError
from playground.zoo.cards import TEXT, HubRepository, ModelCard
from playground.zoo.catalogue import DECODERS, base_of_adapter, card_of, text_models
from playground.zoo.causal_lm import UnusableModelError, read_causal_lm, unreadable_error
from playground.zoo.hub_client import first_line
from playground.zoo.lru_cache import LruCache

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_BYTES_OF_DTYPE = {"float32": 4, "bfloat16": 2, "float16": 2}


@dataclass(frozen=True)
class TextModel:
    """A language model in memory, read-only and shared.

    weights_sha256: of model.safetensors, the source of both decoders.  dtype: "bfloat16"…; "int8" for fast.
    end_tokens: ids that end a text.
    """

    card: ModelCard
    tokenizer: PreTrainedTokenizerBase
    decoder: Decoder
    weights_sha256: str
    dtype: str
    device: str
    end_tokens: frozenset[int]


@dataclass(frozen=True)
class _Place:
    """Identity of a loaded model, the key of the cache."""

    folder: Path
    decoder: str
    device: str
    dtype: str


_cache: LruCache[_Place, TextModel] = LruCache()
#: Models load one at a time: two at once would need memory for both and share the speed of the disk.
_loading = threading.Lock()


def load_text(name: str, decoder: str = "auto", report: Report = without_progress) -> TextModel:
    """A language model from memory, else from the disk, which one of models() is downloaded to first if necessary.

    name: a key of models(), or a Hub id "owner/name" of a model that is here: others wait while this one loads, so it
    fetches nothing of a size that a caller chooses.
    decoder: "open", "fast", or "auto": fast where it was built and no accelerator is in use, else open.
    Raises PlaygroundError for an unknown name, a failed download, too little memory, or a damaged file that cannot be
    replaced. A file whose sha256 differs from the recorded one is never loaded.
    """
    if decoder not in ("auto", *DECODERS):
        raise PlaygroundError(say("text.loading.unknown_decoder", decoder=decoder[:40]))
    card = card_of(name, TEXT)
    if card.kind != TEXT:
        raise PlaygroundError(say("text.loading.not_text", title=card.title, names=", ".join(text_models())))
    folder = fetch.folder_of(card)
    if not model_files.read_record(folder):
        if user_models.is_user_model(card.name):
            raise user_models.missing_model_error(card.name)
        if isinstance(card.origin, HubRepository):
            raise PlaygroundError(say("models.hub.not_here", id=card.name))
        fetch_text(card, report)
    machine = hardware.detect()
    choice = _choose(folder, decoder, machine.device)
    cached = _cache.get(_place(folder, choice, machine))
    if cached is not None:
        return cached
    choice = _verify(card, decoder, choice, machine.device, report)
    with _loading:
        place = _place(folder, choice, machine)
        return _cache.get(place) or _load(card, place, machine)


def fetch_text(card: ModelCard, report: Report = without_progress, of: frozenset[str] = frozenset()) -> None:
    """Fetches a language model, if it is not here; one of the Hub is loaded once, and deleted if it cannot be used.

    An adapter's base is fetched first.  of: the adapters that the model is the base of.

    Raises PlaygroundError with the sentence that says why.
    """
    folder = fetch.folder_of(card)
    try:
        fetch.ensure(card, report)
    except BaseNeededError as error:
        _fetch_base(card, error, report, of | {card.name})
        fetch.ensure(card, report)
    if not isinstance(card.origin, HubRepository) or model_files.read_record(folder).get("examination"):
        return
    report(say("models.check.trying", title=card.title), 1.0)
    try:
        loaded = load_text(card.name, "open")
        examination = examine(loaded.tokenizer, loaded.decoder, card.title, loaded.end_tokens)
    except UnusableModelError:
        fetch.delete_from_hub(card)
        raise
    model_files.update_record(folder, model_files.MODEL_RECORD, {"examination": examination})


def _fetch_base(card: ModelCard, needed: BaseNeededError, report: Report, of: frozenset[str]) -> None:
    base = base_of_adapter(needed.base) or needed.base
    if base in of:
        raise PlaygroundError(say("models.hub.adapter_circle", id=card.name, base=base)) from needed
    try:
        fetch_text(card_of(base), report, of)
    except PlaygroundError as error:
        sentence = say("models.hub.adapter_base_failed", id=card.name, base=needed.base, error=error)
        raise PlaygroundError(sentence) from error


def forget(folder: Path | None = None) -> None:
    """Drops all models from memory, or those of one folder."""
    _cache.clear(lambda place: folder in (None, place.folder))


def _place(folder: Path, decoder: str, machine: hardware.Hardware) -> _Place:
    """The fast decoder has int8 weights on the CPU, whatever device and dtype torch uses."""
    if decoder == "fast":
        return _Place(folder, decoder, "cpu", "int8")
    return _Place(folder, decoder, machine.device, machine.dtype)


def _choose(folder: Path, decoder: str, device: str) -> str:
    """The decoder to use, "fast" or "open". Raises PlaygroundError if the fast one is requested but was not built."""
    built = (folder / "fast" / model_files.FAST_RECORD).is_file()
    if decoder == "auto":
        return "fast" if built and device == "cpu" else "open"
    if decoder == "fast" and not built:
        attempt: dict[str, Any] = model_files.read_record(folder).get("fast_not_built") or {}
        if "why" in attempt:
            raise PlaygroundError(say("text.loading.no_fast_because", name=folder.name, reason=attempt["why"]))
        raise PlaygroundError(say("text.loading.no_fast", name=folder.name))
    return decoder


def _verify(card: ModelCard, decoder: str, choice: str, device: str, report: Report) -> str:
    """Checks the sha256 of each file to be loaded and replaces damaged ones. Returns the decoder to load."""
    folder = fetch.folder_of(card)
    file = fetch.damaged_decoder_file(folder, choice)
    if file is None:
        return choice
    damage = say("text.loading.damaged", file=file, title=card.title)
    report(say("text.loading.replacing", damage=damage), 0.0)
    try:
        fetch.repair(card, report)
    except PlaygroundError as error:
        raise PlaygroundError(say("text.loading.not_replaced", damage=damage, error=error)) from error
    choice = _choose(folder, decoder, device)
    if fetch.damaged_decoder_file(folder, choice):
        raise PlaygroundError(say("text.loading.damaged_again", damage=damage))
    return choice


def _load(card: ModelCard, place: _Place, machine: hardware.Hardware) -> TextModel:
    """Reads a model into memory and adds it to the cache."""
    weights_bytes = _weights_bytes(place)
    _cache.make_room(weights_bytes, machine.memory_bytes // 2)
    free_bytes = hardware.detect().available_memory_bytes
    if weights_bytes > free_bytes:
        memory = {"needed": weights_bytes, "free": free_bytes}
        raise PlaygroundError(say("text.loading.memory", title=card.title, **memory))
    tokenizer = _read_tokenizer(place.folder)
    loaded = TextModel(
        card=card,
        tokenizer=tokenizer,
        decoder=_read_fast(place.folder) if place.decoder == "fast" else _read_open(place),
        weights_sha256=model_files.read_record(place.folder)["sha256"],
        dtype=place.dtype,
        device=place.device,
        end_tokens=_end_tokens(place.folder, tokenizer),
    )
    _cache.put(place, loaded, weights_bytes)
    return loaded


def _weights_bytes(place: _Place) -> int:
    """Memory that the weights will take, from the headers of their files."""
    if place.decoder == "fast":
        files = model_files.read_record(place.folder / "fast", model_files.FAST_RECORD)["files"]
        return sum(int(facts["bytes"]) for facts in files.values())
    with (place.folder / model_files.WEIGHTS).open("rb") as file:
        (header_bytes,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(header_bytes))
    numbers = sum(math.prod(tensor["shape"]) for name, tensor in header.items() if name != "__metadata__")
    return int(numbers) * _BYTES_OF_DTYPE[place.dtype]


def _read_tokenizer(folder: Path) -> PreTrainedTokenizerBase:
    """The tokenizer. AutoTokenizer imports torch (1.7 s), so it is left out where tokenizer.json is enough.

    Raises UnusableModelError if its files cannot be read.
    """
    path = folder / "tokenizer_config.json"
    try:
        return _read_tokenizer_of(folder, json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {})
    except Exception as error:  # tokenizers raises Exception itself
        name = folder.name.replace("--", "/")
        raise UnusableModelError(say("models.check.tokenizer", name=name, error=first_line(error))) from error


def _read_tokenizer_of(folder: Path, config: dict[str, Any]) -> PreTrainedTokenizerBase:
    if config.get("tokenizer_class") in ("TokenizersBackend", "PreTrainedTokenizerFast"):
        from transformers import PreTrainedTokenizerFast

        tokenizer: PreTrainedTokenizerBase = PreTrainedTokenizerFast.from_pretrained(folder, local_files_only=True)
        return tokenizer
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    return tokenizer


def _end_tokens(folder: Path, tokenizer: PreTrainedTokenizerBase) -> frozenset[int]:
    """The end tokens of the tokenizer, config.json and generation_config.json (some chat models have several).

    Raises UnusableModelError if a file has something else in their place.
    """
    ends: list[int | None] = [tokenizer.eos_token_id]
    for name in ("config.json", "generation_config.json"):
        path = folder / name
        ids = json.loads(path.read_text(encoding="utf-8")).get("eos_token_id") if path.is_file() else None
        ids = ids if isinstance(ids, list) else [ids]
        if any(token is not None and not isinstance(token, int) for token in ids):
            raise UnusableModelError(say("models.hub.damaged", file=name, id=folder.name.replace("--", "/")))
        ends += ids
    return frozenset(int(token) for token in ends if token is not None)


def _read_fast(folder: Path) -> Decoder:
    # A cast: each decoder takes only its own kind of cache.
    return cast("Decoder", OnnxDecoder(folder / "fast"))


def _read_open(place: _Place) -> Decoder:
    """The model's weights in torch: evaluation mode, no gradients."""
    import torch

    from playground.engines.unslotted_decoder import choose_decoder

    name = place.folder.name.replace("--", "/")
    try:
        model = read_causal_lm(place.folder, name, getattr(torch, place.dtype)).to(place.device)
    except PlaygroundError:
        raise
    except Exception as error:  # whatever a loader raises for files that do not fit together
        # torch reports an accelerator's full memory by a RuntimeError.
        if isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and "memory" in str(error)):
            raise PlaygroundError(say("text.loading.device_memory", device=place.device)) from error
        raise unreadable_error(name, error) from error
    return cast("Decoder", choose_decoder(model.eval().requires_grad_(False), name))
