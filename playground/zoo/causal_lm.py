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
from playground.zoo.hub_client import remote_code_error

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
_LAYER = re.compile(r"\.(\d+)\.")


class UnusableModelError(PlaygroundError):
    """A model's files are here, and cannot be used: what was fetched is deleted."""


def context_length(config: Any) -> int | None:
    """The most tokens that a model reads, from its config under any of the usual names; None if it names none."""
    text = config.get_text_config()
    lengths = [getattr(text, name, None) for name in _CONTEXT_NAMES]
    return next((length for length in lengths if isinstance(length, int) and length > 0), None)


def check_kind(repo_id: str, config: Mapping[str, Any]) -> None:
    """Raises PlaygroundError for what does not predict the next token, or needs code from its own repository."""
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING_NAMES
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES as CAUSAL

    names = [str(name) for name in config.get("architectures") or []]
    kind = str(config.get("model_type", ""))
    classes = {one for known in CAUSAL.values() for one in (known if isinstance(known, tuple) else (known,))}
    if set(names) & classes or (not names and kind in CAUSAL):
        if kind in _FILLS_GAPS and not config.get("is_decoder"):
            raise PlaygroundError(say("models.check.sees_later", name=repo_id))
        return
    if config.get("auto_map") and kind not in CONFIG_MAPPING_NAMES:
        raise remote_code_error(repo_id)
    label = names[0] if names else kind or say("models.hub.unknown_kind")
    raise PlaygroundError(say("models.hub.not_causal", id=repo_id, kind=label[:60]))


def check_quantization(repo_id: str, config: Mapping[str, Any]) -> None:
    """Raises PlaygroundError for quantised weights that cannot be read on this machine."""
    quantization = config.get("quantization_config") or config.get("quantization")
    if not quantization:
        return
    method = str(quantization.get("quant_method") or "") if isinstance(quantization, Mapping) else ""
    if method not in _PACKAGES:
        if not method:
            raise PlaygroundError(say("models.check.quantised_unnamed", id=repo_id))
        raise PlaygroundError(say("models.check.quantised", id=repo_id, method=method[:40]))
    module, package = _PACKAGES[method]
    if find_spec(module.partition(".")[0]) is None:
        raise PlaygroundError(say("models.check.quantised_package", id=repo_id, method=method, package=package))


def read_causal_lm(
    folder: Path, name: str, dtype: torch.dtype | str, *, use_safetensors: bool = True
) -> PreTrainedModel:
    """The model in a folder, on the CPU, with every weight from its file.

    name: for sentences.  dtype: of torch, or "auto" for the file's own.
    Raises UnusableModelError if weights are missing, have another shape than the config says, or belong to layers that
    it does not have; ValueError, RuntimeError, OSError, KeyError or SafetensorError as transformers does.
    """
    from transformers import AutoModelForCausalLM
    from transformers.utils import logging

    logging.disable_progress_bar()
    verbosity = logging.get_verbosity()
    logging.set_verbosity_error()  # what it would warn of is an error here
    try:
        model, report = AutoModelForCausalLM.from_pretrained(
            folder,
            dtype=dtype,
            local_files_only=True,
            use_safetensors=use_safetensors,
            trust_remote_code=False,
            ignore_mismatched_sizes=True,
            output_loading_info=True,
        )
    finally:
        logging.set_verbosity(verbosity)
    _check_report(name, model, report)
    whole: PreTrainedModel = model
    return whole


def _check_report(name: str, model: PreTrainedModel, report: Mapping[str, Any]) -> None:
    missing, other = sorted(report["missing_keys"]), sorted(str(one[0]) for one in report["mismatched_keys"])
    surplus = sorted(_surplus_layers(model, report["unexpected_keys"]))
    for keys, fault in ((missing, "missing"), (other, "misshapen"), (surplus, "surplus")):
        if keys:
            weight = keys[0][:80]
            if len(keys) > 1:
                weight = say("models.check.and_more", weight=weight, count=len(keys) - 1)
            raise UnusableModelError(say(f"models.check.{fault}", name=name, weight=weight))


def _surplus_layers(model: PreTrainedModel, unexpected: Any) -> list[str]:
    """Those weights of the file that belong to a layer beyond the model's last."""
    layers = [int(match[1]) for key in model.state_dict() if (match := _LAYER.search(key))]
    last = max(layers, default=-1)
    return [key for key in unexpected if (match := _LAYER.search(key)) and int(match[1]) > last]
