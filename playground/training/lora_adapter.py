"""LoRA adapters: on a model, and as files in PEFT's format, adapter_model.safetensors and adapter_config.json in a ZIP.

An uploaded file is checked before any of it is used: safetensors and JSON only, sizes before contents.
"""

from __future__ import annotations

import io
import json
import math
import re
import struct
import warnings
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import torch
from torch import Tensor

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError

#: The linear layers of a Llama block that get adapters.
TARGETS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
WEIGHTS, CONFIG, FACTS = "adapter_model.safetensors", "adapter_config.json", "playground.json"
README = "README.md"
LARGEST_BYTES, LARGEST_TEXT_BYTES, LARGEST_RANK = 100_000_000, 1_000_000, 256
_NAME = re.compile(
    r"base_model\.model\.(?:[A-Za-z_]+\.)*layers\.(\d{1,3})\.(?:[A-Za-z_]+\.)*([a-z_]+)\.lora_[AB]\.weight"
)
#: The date of all files in the archive: the same adapter is the same file, to the last bit.
_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class LoraAdapter:
    """weights: by PEFT's names.  base: name of its model in the zoo.  rank, alpha: of LoRA.  facts: its training."""

    weights: Mapping[str, Tensor]
    base: str
    rank: int
    alpha: float
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def blocks(self) -> list[int]:
        """Indices of the blocks that have adapters."""
        return sorted({int(_split_name(name)[0]) for name in self.weights})

    @property
    def targets(self) -> list[str]:
        """Names of the linear layers that have adapters."""
        return sorted({_split_name(name)[1] for name in self.weights})


def add_adapters(model: Any, rank: int, alpha: float, blocks: Sequence[int], targets: Sequence[str] = TARGETS) -> Any:
    """The model with new LoRA adapters on some blocks, in evaluation mode: no dropout during training either.

    rank, alpha: W + alpha / rank * B A (Hu et al. 2021, arXiv:2106.09685).  blocks: their indices.  targets: names of
    their linear layers. Raises PlaygroundError if the model has no such layers.
    """
    from peft import LoraConfig, get_peft_model

    config = LoraConfig(
        r=rank, lora_alpha=cast(int, alpha), target_modules=list(targets), layers_to_transform=list(blocks),
        lora_dropout=0.0, bias="none", task_type="CAUSAL_LM",
    )  # fmt: skip
    try:
        with torch.random.fork_rng(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return get_peft_model(model, config).eval()
    except ValueError as error:
        raise PlaygroundError(say("train.adapter.other_layers")) from error


def peft_names(learned: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Parameters of a PEFT model by the names in its files, without the adapter's name "default"."""
    return {name.replace(".default.weight", ".weight"): part for name, part in learned.items()}


def to_zip(adapter: LoraAdapter) -> bytes:
    """The adapter as a ZIP, the same bytes every time. It names its base as the Hub does, so that PEFT finds it."""
    from safetensors.torch import save

    from playground.zoo.catalogue import hub_id_of

    base, _, revision = hub_id_of(adapter.base).partition("@")
    config = {
        "peft_type": "LORA", "task_type": "CAUSAL_LM", "base_model_name_or_path": base,
        **({"revision": revision} if revision else {}),
        "r": adapter.rank, "lora_alpha": adapter.alpha, "lora_dropout": 0.0, "bias": "none",
        "target_modules": adapter.targets, "layers_to_transform": adapter.blocks, "inference_mode": True,
    }  # fmt: skip
    files = {
        WEIGHTS: save({name: part.contiguous() for name, part in sorted(adapter.weights.items())}, {"format": "pt"}),
        CONFIG: json.dumps(config, indent=1).encode(),
        FACTS: json.dumps(dict(adapter.facts), indent=1, ensure_ascii=False).encode(),
        README: _readme(adapter, base, revision).encode(),
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _DATE), content)
    return written.getvalue()


def _readme(adapter: LoraAdapter, base: str, revision: str) -> str:
    """How to use the adapter, as a model card of the Hub."""
    words = {"base": base, "rank": adapter.rank, "alpha": adapter.alpha, "step": adapter.facts.get("step", "?")}
    name = str(adapter.facts.get("name") or say("train.fine_tuning.before_after.unnamed"))
    load = f", revision={revision!r}" if revision else ""
    return (
        f"---\nbase_model: {base}\nlibrary_name: peft\n---\n# {name}\n\n{say('train.adapter.readme', **words)}\n\n"
        "```python\nfrom peft import PeftModel\nfrom transformers import AutoModelForCausalLM, AutoTokenizer\n\n"
        f"base = AutoModelForCausalLM.from_pretrained({base!r}{load})\n"
        f"tokenizer = AutoTokenizer.from_pretrained({base!r}{load})\n"
        'model = PeftModel.from_pretrained(base, ".")  # this folder\n```\n'
    )


def from_zip(content: bytes) -> LoraAdapter:
    """The adapter in a ZIP. Raises PlaygroundError for any other file."""
    files = _read_files(content)
    config = _read_json(files[CONFIG], CONFIG)
    rank, alpha = config.get("r"), config.get("lora_alpha")
    if config.get("peft_type") != "LORA":
        raise PlaygroundError(say("train.adapter.not_lora"))
    special = [name for name in ("use_dora", "use_rslora", "fan_in_fan_out", "modules_to_save") if config.get(name)]
    special += [name for name in ("rank_pattern", "alpha_pattern") if config.get(name)]
    if special or config.get("bias", "none") != "none":
        raise PlaygroundError(say("train.adapter.special", features=", ".join(special) or say("train.adapter.biases")))
    if isinstance(rank, bool) or not isinstance(rank, int) or not 1 <= rank <= LARGEST_RANK:
        raise PlaygroundError(say("train.adapter.rank", file=CONFIG, most=LARGEST_RANK))
    if isinstance(alpha, bool) or not isinstance(alpha, int | float) or not 0 < alpha <= 10_000:
        raise PlaygroundError(say("train.adapter.alpha", file=CONFIG))
    base, revision = config.get("base_model_name_or_path"), config.get("revision")
    if isinstance(base, str) and isinstance(revision, str) and revision not in ("", "main") and "@" not in base:
        base = f"{base}@{revision}"
    facts = _read_json(files[FACTS], FACTS) if FACTS in files else {}
    return LoraAdapter(
        _read_weights(files[WEIGHTS], rank), base if isinstance(base, str) else "", rank, float(alpha), facts
    )


def apply_adapter(adapter: LoraAdapter, model: Any) -> Any:
    """A model of lora.open_base() with the adapter. Raises PlaygroundError if it does not fit the model."""
    count = int(model.config.num_hidden_layers)
    unknown = sorted(set(adapter.targets) - set(TARGETS))
    if unknown:
        raise PlaygroundError(say("train.adapter.missing_layers", names=", ".join(unknown)))
    if max(adapter.blocks) >= count:
        raise PlaygroundError(say("train.adapter.missing_blocks", count=max(adapter.blocks) + 1))
    adapted = add_adapters(model, adapter.rank, adapter.alpha, adapter.blocks, adapter.targets)
    places = peft_names({name: part for name, part in adapted.named_parameters() if "lora_" in name})
    for name in places.keys() ^ adapter.weights.keys():
        raise PlaygroundError(say("train.adapter.one_sided", name=name[:120]))
    with torch.no_grad():
        for name, part in places.items():
            own = adapter.weights[name]
            if own.shape != part.shape:
                shapes = {"shape": tuple(own.shape), "own_shape": tuple(part.shape)}
                raise PlaygroundError(say("train.adapter.other_shape", name=name[:120], **shapes))
            part.copy_(own)
    return adapted.eval().requires_grad_(False)


def _read_files(content: bytes) -> dict[str, bytes]:
    if len(content) > LARGEST_BYTES:
        raise PlaygroundError(say("train.adapter.too_large", bytes=LARGEST_BYTES))
    wrong = PlaygroundError(say("train.adapter.not_an_adapter", weights=WEIGHTS, config=CONFIG))
    files: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for info in archive.infolist():
                name = info.filename.rpartition("/")[2]
                if name not in (WEIGHTS, CONFIG, FACTS) or name in files:
                    continue
                if info.file_size > (LARGEST_BYTES if name == WEIGHTS else LARGEST_TEXT_BYTES):
                    raise PlaygroundError(say("train.adapter.part_too_large", file=name, bytes=info.file_size))
                with archive.open(info) as file:
                    files[name] = file.read(info.file_size)
    except PlaygroundError:
        raise
    except Exception as error:  # zipfile raises many kinds for a malicious file
        raise wrong from error
    if WEIGHTS not in files or CONFIG not in files:
        raise wrong
    return files


def _read_json(content: bytes, name: str) -> dict[str, Any]:
    try:
        values = json.loads(content)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise PlaygroundError(say("train.adapter.damaged", file=name))
    return values


def _read_weights(content: bytes, rank: int) -> dict[str, Tensor]:
    """The tensors, each a LoRA matrix of finite numbers. Raises PlaygroundError."""
    from safetensors.torch import load

    try:
        (header,) = struct.unpack("<Q", content[:8])
        if header > LARGEST_TEXT_BYTES * 10:
            raise ValueError(header)
        weights: dict[str, Tensor] = load(content)
    except Exception as error:  # safetensors raises its own kinds
        raise PlaygroundError(say("train.adapter.damaged", file=WEIGHTS)) from error
    if not weights:
        raise PlaygroundError(say("train.adapter.empty", file=WEIGHTS))
    for name, part in weights.items():
        _split_name(name)
        if part.dim() != 2 or part.shape[0 if "lora_A" in name else 1] != rank or not part.is_floating_point():
            raise PlaygroundError(say("train.adapter.wrong_rank", name=name[:120], rank=rank))
        if not math.isfinite(float(part.float().abs().sum())):
            raise PlaygroundError(say("train.adapter.not_finite", name=name[:120]))
    return weights


def _split_name(name: str) -> Sequence[str]:
    match = _NAME.fullmatch(name)
    if match is None:
        raise PlaygroundError(say("train.adapter.not_lora_matrix", name=name[:120]))
    return match.groups()
