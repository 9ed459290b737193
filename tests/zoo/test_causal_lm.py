"""A causal language model is read whole or not at all; what its config says is checked before a download."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from tiny_models import tiny_llama
from transformers import BloomConfig, GPT2Config, LlamaConfig, MptConfig

from playground.core.errors import PlaygroundError
from playground.zoo.causal_lm import (
    UnusableModelError,
    check_kind,
    check_quantization,
    context_length,
    read_causal_lm,
)
from playground.zoo.model_files import WEIGHTS


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_llama(tmp_path_factory.mktemp("tiny"))


def with_weights(whole: Path, folder: Path, change: Any) -> Path:
    for path in whole.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    weights = load_file(whole / WEIGHTS)
    change(weights)
    save_file(weights, folder / WEIGHTS, metadata={"format": "pt"})
    return folder


def test_a_whole_model_is_read(whole: Path) -> None:
    model = read_causal_lm(whole, "tiny", torch.float32)
    stored = load_file(whole / WEIGHTS)
    assert all(torch.equal(model.state_dict()[name], weights) for name, weights in stored.items())


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda weights: weights.pop("lm_head.weight"), r"lacks weights.*\(lm_head.weight\)"),
        (lambda weights: [weights.pop(key) for key in [*weights] if "layers.1" in key], "lacks weights.* and 8 more"),
        (lambda weights: weights.update({"lm_head.weight": torch.zeros(384, 24)}), "another shape"),
        (lambda weights: weights.update({"model.layers.2.mlp.up_proj.weight": torch.zeros(9, 4)}), "more layers than"),
    ],
    ids=["head", "layer", "shape", "surplus"],
)  # fmt: skip
def test_missing_misshapen_and_surplus_weights_are_refused(
    whole: Path, tmp_path: Path, change: Any, sentence: str
) -> None:
    with pytest.raises(UnusableModelError, match=sentence):
        read_causal_lm(with_weights(whole, tmp_path, change), "tiny", torch.float32)


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ({"quantization_config": {"quant_method": "modelopt"}}, "“modelopt”, which cannot be read here"),
        ({"quantization_config": {"quant_method": "exl3"}}, "“exl3”, which cannot be read here"),
        ({"quantization": {"bits": 4}, "quantization_config": {"bits": 4}}, "MLX"),
        ({"quantization_config": {"quant_method": "awq"}}, "needs gptqmodel"),
        ({"quantization_config": {"quant_method": "bitsandbytes"}}, "needs bitsandbytes"),
        ({"quantization_config": {"quant_method": "quanto"}}, "needs optimum-quanto"),
        ({"compression_config": {"quant_method": "sparse"}}, "“sparse”"),
        ({"text_config": {"quantization_config": {"quant_method": "new"}}}, "“new”"),
    ],
)
def test_quantised_weights_that_cannot_be_read_are_refused(config: dict[str, Any], sentence: str) -> None:
    with pytest.raises(PlaygroundError, match=sentence):
        check_quantization("a/b", config)


def test_weights_that_are_not_quantised_pass() -> None:
    check_quantization("a/b", {})
    check_quantization("a/b", {"quantization_config": None})


def test_only_unknown_kinds_need_code_of_their_own() -> None:
    code = {"AutoModelForCausalLM": "modeling_phi3.Phi3ForCausalLM"}
    check_kind("a/b", {"architectures": ["Phi3ForCausalLM"], "model_type": "phi3", "auto_map": code})
    check_kind("a/b", {"model_type": "llama"})
    with pytest.raises(PlaygroundError, match="code from its repository"):
        check_kind("a/b", {"architectures": ["NewForCausalLM"], "model_type": "new", "auto_map": code})
    with pytest.raises(PlaygroundError, match=r"\(BertForMaskedLM\) is not a causal"):
        check_kind("a/b", {"architectures": ["BertForMaskedLM"], "model_type": "bert"})
    with pytest.raises(PlaygroundError, match="of unknown kind"):
        check_kind("a/b", {})
    with pytest.raises(PlaygroundError, match=r"\(new\) that the transformers library here does not know"):
        check_kind("a/b", {"architectures": ["NewForCausalLM"], "model_type": "new"})
    with pytest.raises(PlaygroundError, match="names no model_type"):
        check_kind("a/b", {"architectures": ["LlamaForCausalLM"]})


def test_a_model_of_pictures_and_text_is_read_as_one_of_text() -> None:
    both = {"architectures": ["Qwen3_5ForConditionalGeneration"], "model_type": "qwen3_5", "text_config": {}}
    check_kind("a/b", both)
    for other in (both | {"architectures": ["Qwen3_5ForSequenceClassification"]}, both | {"text_config": None}):
        with pytest.raises(PlaygroundError, match="not a causal"):
            check_kind("a/b", other)
    with pytest.raises(PlaygroundError, match="not a causal"):
        check_kind("a/b", {"architectures": ["WhisperForConditionalGeneration"], "model_type": "whisper"})


def test_layers_of_a_picture_s_encoder_are_not_surplus(whole: Path, tmp_path: Path) -> None:
    key = "vision.encoder.layers.7.fc1.weight"
    read_causal_lm(
        with_weights(whole, tmp_path, lambda weights: weights.update({key: torch.zeros(1)})), "t", torch.float32
    )


def test_the_context_length_is_found_under_any_of_its_names() -> None:
    assert context_length(LlamaConfig(max_position_embeddings=99)) == 99
    assert context_length(GPT2Config(n_positions=98)) == 98
    assert context_length(MptConfig(max_seq_len=97)) == 97
    assert context_length(BloomConfig()) is None
