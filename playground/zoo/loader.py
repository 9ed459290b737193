"""The one door through which models are loaded: checked, shared by all visitors, the least recently used dropped.

Loading the fast decoder imports neither torch's nor transformers' model classes, so that the page answers soon.
"""

from __future__ import annotations

import difflib
import json
import math
import struct
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from playground.core import hardware
from playground.core.errors import PlaygroundError
from playground.zoo import fetch, model_files
from playground.zoo.bundled import bundled, own_card
from playground.zoo.cards import TEXT, HubRepository, ModelCard, models
from playground.zoo.fetch import Report, quietly
from playground.zoo.lru_cache import Shelf

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from playground.engines.interface import Decoder

#: In order of preference on a CPU.
DECODERS = ("fast", "open")

_BYTES_OF_DTYPE = {"float32": 4, "bfloat16": 2, "float16": 2}


@dataclass(frozen=True)
class LoadedText:
    """A language model in memory, read-only and shared.

    weights_sha256: of model.safetensors, from which either decoder is made.  dtype: "bfloat16"…; "int8" for fast.
    end_tokens: the ids that end a text.
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
    """What makes two loaded models the same."""

    folder: Path
    decoder: str
    device: str
    dtype: str


_shelf: Shelf[_Place, LoadedText] = Shelf()
#: One model is read at a time: two at once would need the memory of both and the disk's whole speed twice.
_loading = threading.Lock()


def load_text(name: str, decoder: str = "auto", report: Report = quietly) -> LoadedText:
    """The language model of that name, from memory if it is there, else from disk, else fetched first.

    name: one of models(), or a Hub id "owner/name".
    decoder: "open", "fast", or "auto": fast where it was built and no accelerator is in use, else open.
    Raises PlaygroundError for an unknown name, a model that cannot be had, too little memory, or a damaged file that
    cannot be replaced. A file whose sha256 differs from the recorded one is never loaded.
    """
    if decoder not in ("auto", *DECODERS):
        raise PlaygroundError(f'There is no decoder "{decoder[:40]}": choose auto, fast or open.')
    card = card_of(name)
    if card.kind != TEXT:
        raise PlaygroundError(f"{card.title} makes no text: choose one of {', '.join(known())}.")
    folder = fetch.folder_of(card)
    if not model_files.read_record(folder):
        fetch.ensure(card, report)
    found = hardware.find()
    chosen = _choose(folder, decoder, found.device)
    kept = _shelf.get(_place(folder, chosen, found))
    if kept is not None:
        return kept
    chosen = _undamaged(card, decoder, chosen, found.device, report)
    with _loading:
        place = _place(folder, chosen, found)
        return _shelf.get(place) or _load(card, place, found)


def decoders_of(name: str) -> tuple[str, ...]:
    """The decoders that this model has here, preferred first. A model that is not here yet counts as open only."""
    fast = fetch.folder_of(card_of(name)) / "fast"
    return DECODERS if model_files.is_whole(fast, model_files.FAST_RECORD) else ("open",)


def loaded_names() -> tuple[str, ...]:
    """Folder names of the models in memory, least recently used first: one for each decoder."""
    return tuple(place.folder.name for place in _shelf.keys())


def forget(folder: Path | None = None) -> None:
    """Drop all models from memory, or those of a folder."""
    _shelf.clear(lambda place: folder in (None, place.folder))


def known() -> dict[str, ModelCard]:
    """Every language model that needs no fetching decision: the zoo's, those that come along, those from the Hub."""
    return known_of(TEXT)


def known_of(kind: str) -> dict[str, ModelCard]:
    """Every model of a kind that needs no fetching decision, by name."""
    fetched = sorted((fetch.models_dir() / "hub").glob("[!.]*--*/" + model_files.MODEL_RECORD))
    names = [model_files.read_record(path.parent).get("name", "") for path in fetched]
    cards = models() | bundled() | {name: _hub_card(name) for name in names if "/" in name}
    return {name: card for name, card in cards.items() if card.kind == kind}


def card_of(name: str) -> ModelCard:
    """The card of a model by its name or Hub id. Raises PlaygroundError, saying what exists, for any other name."""
    here = models() | bundled()
    if name in here:
        return here[name]
    if "/" in name:
        return _hub_card(name)
    names = list(models() | known())
    near = difflib.get_close_matches(name.lower()[:200], names, n=1, cutoff=0.4)
    meant = f' Did you mean "{near[0]}"?' if near else ""
    raise PlaygroundError(
        f'There is no model "{name[:80]}".{meant} There are: {", ".join(names)}. '
        'A model from the Hugging Face Hub is written "owner/name".'
    )


def _hub_card(repo_id: str) -> ModelCard:
    """A card for a Hub model: from its record if it was fetched, else what its id says."""
    record = model_files.read_record(fetch.hub_folder(repo_id))
    if record.get("tuned_from"):
        return _tuned_card(repo_id, record)
    if record.get("trained_here"):
        return own_card(record, HubRepository(repo_id))
    url = f"https://huggingface.co/{repo_id}"
    return ModelCard(
        name=repo_id,
        title=repo_id,
        kind=str(record.get("kind") or TEXT),
        licence=record.get("licence") or "see its page",
        licence_url=url,
        size_bytes=record.get("weights_bytes") or record.get("files", {}).get(model_files.WEIGHTS, {}).get("bytes", 0),
        parameters=record.get("parameters", 0),
        source=f"The Hugging Face Hub, {repo_id}.",
        source_url=url,
        trained_on="See its page.",
        notes="",
        origin=HubRepository(repo_id),
    )


def _tuned_card(name: str, record: dict[str, Any]) -> ModelCard:
    """A card for a model that was fine-tuned here: its base's, with its own name and weights."""
    base = card_of(str(record["tuned_from"]))
    return replace(
        base,
        name=name,
        title=name,
        size_bytes=record.get("files", {}).get(model_files.WEIGHTS, {}).get("bytes", 0),
        source=f"Fine-tuned on this machine from {base.title}.",
        trained_on=f"{base.trained_on} Then on a text of a visitor's.",
        origin=HubRepository(name),
    )


def _place(folder: Path, decoder: str, found: hardware.Hardware) -> _Place:
    """The fast decoder runs on the CPU with weights of its own, whatever device and dtype are chosen for torch."""
    if decoder == "fast":
        return _Place(folder, decoder, "cpu", "int8")
    return _Place(folder, decoder, found.device, found.dtype)


def _choose(folder: Path, decoder: str, device: str) -> str:
    """Which of the two decoders is meant."""
    built = (folder / "fast" / model_files.FAST_RECORD).is_file()
    if decoder == "auto":
        return "fast" if built and device == "cpu" else "open"
    if decoder == "fast" and not built:
        tried: dict[str, Any] = model_files.read_record(folder).get("fast_not_built") or {}
        why = f" ({tried['why']})" if "why" in tried else ""
        raise PlaygroundError(
            f"{folder.name} has no fast decoder on this machine{why}: choose the open one, or run "
            "python -m playground.zoo."
        )
    return decoder


def _undamaged(card: ModelCard, decoder: str, chosen: str, device: str, report: Report) -> str:
    """See that every file to be loaded is the recorded one, replacing what is not. Returns the decoder to load."""
    folder = fetch.folder_of(card)
    damage = fetch.damage(folder, chosen)
    if damage is None:
        return chosen
    broken = f"{damage} of {card.title} is damaged (its sha256 differs from the recorded one)"
    report(f"{broken}: replacing it", 0.0)
    try:
        fetch.refetch(card, report)
    except PlaygroundError as error:
        raise PlaygroundError(f"{broken}, and was not loaded. Replacing it failed: {error}") from error
    chosen = _choose(folder, decoder, device)
    if fetch.damage(folder, chosen):
        raise PlaygroundError(f"{broken}, and its replacement too: nothing was loaded. The disk may be failing.")
    return chosen


def _load(card: ModelCard, place: _Place, found: hardware.Hardware) -> LoadedText:
    """Read a model into memory and put it on the shelf."""
    weights_bytes = _weights_bytes(place)
    _shelf.make_room(weights_bytes, found.memory_bytes // 2)
    free_bytes = hardware.find().available_memory_bytes
    if weights_bytes > free_bytes:
        raise PlaygroundError(
            f"{card.title} needs {weights_bytes / 1e9:.1f} GB of memory and {free_bytes / 1e9:.1f} GB are free: "
            "close other programs, or choose a smaller model."
        )
    tokenizer = _read_tokenizer(place.folder)
    loaded = LoadedText(
        card=card,
        tokenizer=tokenizer,
        decoder=_read_fast(place.folder) if place.decoder == "fast" else _read_open(place),
        weights_sha256=model_files.read_record(place.folder)["sha256"],
        dtype=place.dtype,
        device=place.device,
        end_tokens=_end_tokens(place.folder, tokenizer),
    )
    _shelf.put(place, loaded, weights_bytes)
    return loaded


def _weights_bytes(place: _Place) -> int:
    """How much memory the weights will take, from the files' headers."""
    if place.decoder == "fast":
        files = model_files.read_record(place.folder / "fast", model_files.FAST_RECORD)["files"]
        return sum(int(facts["bytes"]) for facts in files.values())
    with (place.folder / model_files.WEIGHTS).open("rb") as file:
        (header_bytes,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(header_bytes))
    numbers = sum(math.prod(tensor["shape"]) for name, tensor in header.items() if name != "__metadata__")
    return int(numbers) * _BYTES_OF_DTYPE[place.dtype]


def _read_tokenizer(folder: Path) -> PreTrainedTokenizerBase:
    """The tokenizer; without AutoTokenizer where tokenizer.json says all, for AutoTokenizer imports torch (1.7 s)."""
    config = json.loads((folder / "tokenizer_config.json").read_text(encoding="utf-8"))
    if config.get("tokenizer_class") in ("TokenizersBackend", "PreTrainedTokenizerFast"):
        from transformers import PreTrainedTokenizerFast

        tokenizer: PreTrainedTokenizerBase = PreTrainedTokenizerFast.from_pretrained(folder, local_files_only=True)
        return tokenizer
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    return tokenizer


def _end_tokens(folder: Path, tokenizer: PreTrainedTokenizerBase) -> frozenset[int]:
    """The tokenizer's own end mark and those of generation_config.json (some chat models have several)."""
    path = folder / "generation_config.json"
    told = json.loads(path.read_text(encoding="utf-8")).get("eos_token_id") if path.is_file() else None
    ids = told if isinstance(told, list) else [told]
    return frozenset(int(token) for token in [*ids, tokenizer.eos_token_id] if token is not None)


def _read_fast(folder: Path) -> Decoder:
    from playground.engines.onnx_decoder import FastDecoder

    # A cast, for each decoder takes the caches that it made and no others.
    return cast("Decoder", FastDecoder(folder / "fast"))


def _read_open(place: _Place) -> Decoder:
    """The model's own weights in torch: evaluation mode, no gradients."""
    import torch
    from transformers import AutoModelForCausalLM
    from transformers.utils import logging

    from playground.engines.torch_decoder import OpenDecoder

    logging.disable_progress_bar()
    try:
        model = AutoModelForCausalLM.from_pretrained(
            place.folder,
            dtype=getattr(torch, place.dtype),
            local_files_only=True,
            use_safetensors=True,
            trust_remote_code=False,
        ).to(place.device)
    except (MemoryError, RuntimeError) as error:  # torch tells of an accelerator's full memory by a RuntimeError
        if isinstance(error, RuntimeError) and "memory" not in str(error):
            raise
        raise PlaygroundError(
            f"The memory of {place.device} is full: close other programs, or choose a smaller model or --device cpu."
        ) from error
    return cast("Decoder", OpenDecoder(model.eval().requires_grad_(False)))
