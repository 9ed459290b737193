"""Building the fast decoder's graph: of a model that the builder takes, and of one that it refuses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fakes import save_tokenizer, tiny_gpt2

from playground.engines.build import KEPT, build_fast
from playground.engines.fast import FastDecoder
from playground.errors import PlaygroundError


def quietly(what: str, fraction: float) -> None:
    assert what and 0 <= fraction <= 1


def test_a_llama_is_built_and_decodes_like_the_open_one(tmp_path: Path) -> None:
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        vocab_size=384, hidden_size=128, intermediate_size=256, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=1, head_dim=64, max_position_embeddings=128, bos_token_id=0, eos_token_id=2,
    )  # fmt: skip
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = LlamaForCausalLM(config).eval()
    model.save_pretrained(tmp_path / "model")
    save_tokenizer(tmp_path / "model", chat=True)
    build_fast(tmp_path / "model", tmp_path / "fast", quietly)
    assert {path.name for path in (tmp_path / "fast").iterdir()} == set(KEPT)
    assert {path.name for path in tmp_path.iterdir()} == {"model", "fast"}
    decoder = FastDecoder(tmp_path / "fast")
    ids = [5, 60, 200, 7]
    ours = decoder.prefill(decoder.new_cache(1, 8), 0, ids)
    with torch.inference_mode():
        exact = model(torch.tensor([ids])).logits[0].numpy()
    assert np.corrcoef(ours.ravel(), exact.ravel())[0, 1] > 0.99


def test_a_model_that_the_builder_does_not_know_leaves_nothing_behind(tmp_path: Path) -> None:
    tiny_gpt2(tmp_path / "model")
    with pytest.raises(PlaygroundError, match="could not be built"):
        build_fast(tmp_path / "model", tmp_path / "fast", quietly)
    assert {path.name for path in tmp_path.iterdir()} == {"model"}
