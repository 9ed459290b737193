"""Adapters from the Hub (PEFT): a few learned weights that change a base model, merged into a model of their own.

Merged in float32 and kept so, W + BA is not rounded; a run of both forms on a few tokens shows that nothing is lost.
Source: LoRA, Hu et al. 2021, arXiv:2106.09685, and PEFT's merge_and_unload.
"""

from __future__ import annotations

import json
import shutil
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.files import full_disk_error
from playground.zoo import model_files
from playground.zoo.causal_lm import UnusableModelError, read_causal_lm
from playground.zoo.hub_client import Repository, first_line, parse_repository

if TYPE_CHECKING:
    from transformers import PreTrainedModel

CONFIG, WEIGHTS = "adapter_config.json", "adapter_model.safetensors"
#: Kinds that can be merged into a linear layer. Others, such as prompt tuning, add tokens or layers.
_MERGEABLE = {"LORA", "LOHA", "LOKR", "IA3", "OFT", "BOFT", "VERA", "ADALORA"}
#: Tokens of the comparison, and how far its logits may differ, in standard deviations of the logits.
_PROBE, _TOLERANCE = 9, 1e-3


class BaseNeededError(PlaygroundError):
    """An adapter's base is not here. base: its Hub id, perhaps with "@revision"."""

    def __init__(self, name: str, base: str) -> None:
        """name: of the adapter."""
        super().__init__(say("models.hub.adapter_first", id=name, base=base))
        self.base = base


def is_adapter(repository: Repository) -> bool:
    """Whether a repository holds an adapter and no model of its own."""
    return CONFIG in repository.sizes and model_files.WEIGHTS not in repository.sizes


def read_base(repository: Repository, folder: Path) -> str:
    """The Hub id of an adapter's base, from its config, which is downloaded into `folder`.

    Raises PlaygroundError for an adapter that cannot be merged, or names no base.
    """
    name = repository.name
    repository.download([CONFIG], folder)
    try:
        config = json.loads((folder / CONFIG).read_text("utf-8"))
    except (ValueError, RecursionError):
        config = None
    if not isinstance(config, dict):
        raise PlaygroundError(say("models.hub.damaged", file=CONFIG, id=name))
    base, revision = config.get("base_model_name_or_path"), config.get("revision")
    if not isinstance(base, str) or not base.strip():
        raise PlaygroundError(say("models.hub.adapter_without_base", id=name))
    kind = str(config.get("peft_type") or "")
    if kind not in _MERGEABLE:
        raise PlaygroundError(say("models.hub.adapter_kind", id=name, kind=kind[:40] or say("models.hub.unknown_kind")))
    if WEIGHTS not in repository.sizes:
        raise PlaygroundError(say("models.hub.adapter_weights", id=name, file=WEIGHTS))
    base = parse_repository(base)
    if base == name.partition("@")[0] or base.count("/") != 1 or base.startswith(("/", ".", "~")):
        raise PlaygroundError(say("models.hub.adapter_base", id=name, base=base[:120]))
    return base if revision in (None, "", "main") or "@" in base else f"{base}@{revision}"


def merge(name: str, adapter: Path, base: Path, out: Path) -> dict[str, Any]:
    """Writes base and adapter as one model into `out`, in float32. Returns facts for its record.

    adapter: a folder with the adapter's files, and its tokenizer's if it has one.  base: a complete model's folder.
    Raises UnusableModelError if the adapter does not fit its base, or is not the same after merging.
    """
    record = model_files.read_record(base)
    needed = 4 * int(record.get("parameters") or 0)
    if shutil.disk_usage(out).free < needed:
        raise full_disk_error(out.parent, needed)
    merged = _merged(name, adapter, base)
    merged.save_pretrained(out, max_shard_size="1000GB")
    tokenizer = adapter if any((adapter / file).is_file() for file in model_files.TOKENIZERS) else base
    for file in model_files.PLAIN_FILES:
        source = tokenizer / file
        if source.is_file() and not (out / file).exists():
            shutil.copyfile(source, out / file)
    return {"adapter_of": record.get("name") or base.name, "base_sha256": record.get("sha256", "")}


def _merged(name: str, adapter: Path, base: Path) -> PreTrainedModel:
    import torch
    from peft import PeftModel

    model = read_causal_lm(base, name, torch.float32).eval()
    try:
        _resize_embeddings(model, adapter / WEIGHTS)
        with torch.random.fork_rng(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tuned = PeftModel.from_pretrained(model, str(adapter), local_files_only=True).eval()
        _check_keys(name, tuned, adapter / WEIGHTS)
        before = _logits(tuned)
        merged: PreTrainedModel = tuned.merge_and_unload(safe_merge=True)
        after = _logits(merged)
    except PlaygroundError:
        raise
    except Exception as error:  # PEFT raises many kinds for an adapter of another net
        raise UnusableModelError(say("models.hub.adapter_misfit", id=name, error=first_line(error))) from error
    if not (after - before).abs().max() <= _TOLERANCE * before.std():
        raise UnusableModelError(say("models.hub.adapter_differs", id=name))
    return merged


def _check_keys(name: str, tuned: Any, weights: Path) -> None:
    """Refuses an adapter that lacks weights, which PEFT fills with random numbers, or has some that find no place."""
    from peft import get_peft_model_state_dict
    from safetensors import safe_open

    needed = {*get_peft_model_state_dict(tuned, save_embedding_layers=False)}
    with safe_open(weights, "pt") as file:
        there = {*file.keys()}
    # Whole layers of the base may be saved beside the adapter: embeddings of new tokens.
    layers = {key.replace(".base_layer", "") for key in tuned.state_dict()}
    surplus = {key for key in there - needed if key.replace(".base_layer", "") not in layers}
    for keys, fault in ((needed - there, "lacks"), (surplus, "surplus")):
        if keys:
            raise UnusableModelError(
                say(f"models.hub.adapter_{fault}", id=name, count=len(keys), weight=min(keys)[:120])
            )


def _resize_embeddings(model: PreTrainedModel, weights: Path) -> None:
    """Gives the base as many tokens as the adapter's own embedding has, if it holds one."""
    from safetensors import safe_open

    with safe_open(weights, "pt") as file:
        rows = {file.get_slice(key).get_shape()[0] for key in file.keys() if key.endswith("embed_tokens.weight")}  # noqa: SIM118
    if len(rows) == 1 and rows != {model.get_input_embeddings().weight.shape[0]}:
        model.resize_token_embeddings(rows.pop(), mean_resizing=False)


def _logits(model: Any) -> Any:
    import torch

    count = int(model.config.get_text_config().vocab_size)
    tokens = torch.linspace(1, count - 1, _PROBE).long()[None]
    with torch.inference_mode():
        return model(input_ids=tokens, use_cache=False).logits.float()
