from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from playground.core.errors import PlaygroundError
from playground.zoo import convert


def test_the_weights_are_those_of_the_source_in_bfloat16(tiny_gguf: Path, converted: Path) -> None:
    import torch
    from gguf import GGUFReader
    from safetensors.torch import load_file

    written = load_file(converted / "model.safetensors")
    assert {tensor.dtype for tensor in written.values()} == {torch.bfloat16}
    (expected,) = (tensor.data for tensor in GGUFReader(tiny_gguf).tensors if tensor.name == "token_embd.weight")
    torch.testing.assert_close(
        written["model.embed_tokens.weight"], torch.from_numpy(np.array(expected)).bfloat16(), rtol=0, atol=0
    )


def test_the_same_source_gives_the_same_bytes(tiny_gguf: Path, converted: Path, tmp_path: Path) -> None:
    convert.gguf_to_folder(tiny_gguf, tmp_path, lambda _doing, _fraction: None)
    assert (tmp_path / "model.safetensors").read_bytes() == (converted / "model.safetensors").read_bytes()
    assert (tmp_path / "tokenizer.json").read_bytes() == (converted / "tokenizer.json").read_bytes()


def test_the_chat_template_and_special_tokens_survive(converted: Path) -> None:
    from transformers import PreTrainedTokenizerFast

    tokenizer = PreTrainedTokenizerFast.from_pretrained(converted)
    messages = [{"role": "user", "content": "Hi"}]
    assert tokenizer.apply_chat_template(messages, tokenize=False) == "<|im_start|>Hi<|im_end|>"
    assert tokenizer("<|im_start|>")["input_ids"] == [1]
    assert (tokenizer.bos_token, tokenizer.eos_token) == ("<|im_start|>", "<|im_end|>")


def test_digits_are_split_off_so_that_two_newlines_before_one_stay_together(converted: Path) -> None:
    from transformers import PreTrainedTokenizerFast

    tokenizer = PreTrainedTokenizerFast.from_pretrained(converted)
    assert tokenizer.tokenize("the the\n\n1") == ["the", "Ġthe", "ĊĊ", "1"]
    assert tokenizer.tokenize("\n12") == ["Ċ", "1", "2"]  # "Ċ1" is in the vocabulary, but never across that border
    assert tokenizer.decode(tokenizer("a  1\n\n2")["input_ids"]) == "a  1\n\n2"


@pytest.mark.slow
def test_a_broken_file_is_explained(tmp_path: Path) -> None:
    (tmp_path / "broken.gguf").write_bytes(b"GGUF" + b"\0" * 100)
    with pytest.raises(PlaygroundError, match="broken.gguf could not be converted"):
        convert.convert(tmp_path / "broken.gguf", tmp_path / "out", lambda _doing, _fraction: None)


def test_the_config_says_what_the_source_says(converted: Path) -> None:
    config = json.loads((converted / "config.json").read_text())
    assert (config["model_type"], config["num_hidden_layers"], config["vocab_size"]) == ("llama", 2, 300)
    assert (config["num_key_value_heads"], config["max_position_embeddings"]) == (1, 64)


@pytest.mark.weights
def test_the_default_model_s_weights_are_those_on_its_card(default_model: Path) -> None:
    from playground.zoo import model_files
    from playground.zoo.cards import DEFAULT_MODEL, models

    assert model_files.damaged_file(default_model) is None
    assert model_files.read_record(default_model)["sha256"] == models()[DEFAULT_MODEL].weights_sha256


@pytest.mark.weights
def test_the_default_model_s_tokenizer_cuts_lists_as_in_its_training(default_model: Path) -> None:
    from transformers import PreTrainedTokenizerFast

    tokenizer = PreTrainedTokenizerFast.from_pretrained(default_model)
    assert tokenizer.tokenize("List:\n\n1. one\n\n20") == ["List", ":", "ĊĊ", "1", ".", "Ġone", "ĊĊ", "2", "0"]
    assert len(tokenizer) == 49152
