"""Reading a causal language model whole or not at all, and what its config says before anything is downloaded.

transformers fills weights that a file lacks with random numbers, and ignores a quantisation that it does not know, both
with a warning: here each is an error. No code of a repository is ever run.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.zoo.hub_client import first_line, remote_code_error

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

#: Quantisation -> the package that transformers needs to read it: (name to import, name to install).
_PACKAGES = {
    "aqlm": ("aqlm", "aqlm"),
    "awq": ("gptqmodel", "gptqmodel"),
    "bitsandbytes": ("bitsandbytes", "bitsandbytes"),
    "compressed-tensors": ("compressed_tensors", "compressed-tensors"),
    "eetq": ("eetq", "eetq"),
    "gptq": ("gptqmodel", "gptqmodel"),
    "hqq": ("hqq", "hqq"),
    "quanto": ("optimum.quanto", "optimum-quanto"),
    "torchao": ("torchao", "torchao"),
}
_QUANTIZATION_NAMES = ("quantization_config", "quantization", "compression_config")
#: What configs call the longest text that a model reads, the most usual first.
_CONTEXT_NAMES = (
    "max_position_embeddings", "n_positions", "max_seq_len", "seq_length", "max_sequence_length", "n_ctx",
    "context_length", "model_max_length", "max_target_positions",
)  # fmt: skip
#: For models whose config names no limit: recurrent ones, and those with linear biases (ALiBi). Tokens.
ASSUMED_CONTEXT = 2048
#: Types that fill gaps and see the whole text, unless the config says is_decoder.
_FILLS_GAPS = {
    "bert", "big_bird", "camembert", "data2vec-text", "electra", "ernie", "megatron-bert", "rembert", "roberta",
    "roberta-prelayernorm", "roformer", "xlm-roberta", "xlm-roberta-xl", "xlnet", "xmod",
}  # fmt: skip
_WITH_PICTURES = "ForConditionalGeneration"
_LAYER = re.compile(r"\.(\d+)\.")


class UnusableModelError(PlaygroundError):
    """A model's files are here, and cannot be used: what was fetched is deleted."""


def unreadable_error(name: str, error: Exception) -> UnusableModelError:
    """The error for files that a loader cannot read, whatever it raised. name: of the model."""
    return UnusableModelError(say("models.check.unreadable", name=name, error=first_line(error)))


def context_length(config: Any) -> int | None:
    """The most tokens that a model reads, from its config under any of the usual names; None if it names none."""
    text = config.get_text_config()
    lengths = [getattr(text, name, None) for name in _CONTEXT_NAMES]
    return next((length for length in lengths if isinstance(length, int) and length > 0), None)


def check_kind(repo_id: str, config: Mapping[str, Any]) -> None:
    """Raises PlaygroundError for what does not predict the next token, or needs code from its own repository."""
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING_NAMES
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES as CAUSAL

    named = config.get("architectures") or []
    names = [str(name) for name in ([named] if isinstance(named, str) else named)]
    kind = str(config.get("model_type", ""))
    if not kind and names:
        raise PlaygroundError(say("models.hub.no_model_type", id=repo_id))
    if kind and kind not in CONFIG_MAPPING_NAMES:
        if config.get("auto_map"):
            raise remote_code_error(repo_id)
        raise PlaygroundError(say("models.hub.newer_kind", id=repo_id, kind=kind[:60]))
    classes = {one for known in CAUSAL.values() for one in (known if isinstance(known, tuple) else (known,))}
    if set(names) & classes or (not names and kind in CAUSAL):
        if kind in _FILLS_GAPS and not config.get("is_decoder"):
            raise PlaygroundError(say("models.check.sees_later", name=repo_id))
        return
    # A model of pictures and text, whose text part is read alone: transformers has a class for that, by its kind.
    if kind in CAUSAL and isinstance(config.get("text_config"), Mapping) and names[0].endswith(_WITH_PICTURES):
        return
    label = names[0] if names else kind or say("models.hub.unknown_kind")
    raise PlaygroundError(say("models.hub.not_causal", id=repo_id, kind=label[:60]))


def check_quantization(repo_id: str, config: Mapping[str, Any]) -> None:
    """Raises PlaygroundError for quantised weights that cannot be read on this machine."""
    for quantization in quantizations(config):
        method = str(quantization.get("quant_method") or "") if isinstance(quantization, Mapping) else ""
        if not method:
            raise PlaygroundError(say("models.check.quantised_unnamed", id=repo_id))
        if method not in _PACKAGES:
            raise PlaygroundError(say("models.check.quantised", id=repo_id, method=method[:40]))
        module, package = _PACKAGES[method]
        if not _is_installed(module):
            raise PlaygroundError(say("models.check.quantised_package", id=repo_id, method=method, package=package))


def quantizations(config: Mapping[str, Any]) -> list[Any]:
    """What a config says of its quantisation, under any of the usual names, and for a part of the model alone."""
    parts = [config, *(part for part in config.values() if isinstance(part, Mapping))]
    return [part[name] for part in parts for name in _QUANTIZATION_NAMES if part.get(name)]


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # the package around it
        return False


def read_causal_lm(
    folder: Path, name: str, dtype: torch.dtype | str, *, use_safetensors: bool = True
) -> PreTrainedModel:
    """The model in a folder, on the CPU, with every weight from its file.

    name: for sentences.  dtype: of torch, or "auto" for the file's own.
    Raises UnusableModelError if weights are missing, have another shape than the config says, or belong to layers that
    it does not have; whatever transformers does for files that do not fit together.
    """
    from transformers import AutoModelForCausalLM

    model, report = read_with_report(
        AutoModelForCausalLM, folder, dtype=dtype, use_safetensors=use_safetensors, trust_remote_code=False
    )
    check_report(name, model, report)
    whole: PreTrainedModel = model
    return whole


def read_with_report(kind: Any, folder: Path, **options: Any) -> tuple[Any, Mapping[str, Any]]:
    """(a net in a folder, what its loader reports for `check_report`), without its warnings.

    kind: a class of transformers or diffusers.  options: of its from_pretrained.
    """
    from transformers.utils import logging

    logging.disable_progress_bar()
    verbosity = logging.get_verbosity()
    logging.set_verbosity_error()  # what it would warn of is an error here
    try:
        net, report = kind.from_pretrained(
            folder, local_files_only=True, ignore_mismatched_sizes=True, output_loading_info=True, **options
        )
    finally:
        logging.set_verbosity(verbosity)
    return net, report


def check_report(name: str, model: Any, report: Mapping[str, Any]) -> None:
    """Raises UnusableModelError for weights that a loader reports as missing, misshapen, or beyond the last layer."""
    missing, other = sorted(report["missing_keys"]), sorted(str(one[0]) for one in report["mismatched_keys"])
    surplus = sorted(_surplus_layers(model, report["unexpected_keys"]))
    for keys, fault in ((missing, "missing"), (other, "misshapen"), (surplus, "surplus")):
        if keys:
            weight = keys[0][:80]
            if len(keys) > 1:
                weight = say("models.check.and_more", weight=weight, count=len(keys) - 1)
            raise UnusableModelError(say(f"models.check.{fault}", name=name, weight=weight))


def _surplus_layers(model: Any, unexpected: Any) -> list[str]:
    """Those weights of the file that belong to a layer beyond the last of the model's own list of that name."""
    last: dict[str, int] = {}
    for key in model.state_dict():
        for one in _LAYER.finditer(key):
            place = key[: one.start()]
            last[place] = max(last.get(place, -1), int(one[1]))

    def is_surplus(place: str, layer: int) -> bool:
        """A file may call model.layers just layers. A list of another name, of a picture's encoder, does not count."""
        own = [number for name, number in last.items() if _ends_with(name, place) or _ends_with(place, name)]
        return layer > max(own) if own else not last

    return [
        key for key in unexpected if (match := _LAYER.search(key)) and is_surplus(key[: match.start()], int(match[1]))
    ]


def _ends_with(whole: str, end: str) -> bool:
    return whole == end or whole.endswith(f".{end}")
