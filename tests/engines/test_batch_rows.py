"""Rows read side by side: the same numbers as one by one, and padding changes nothing before it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tiny_models import tiny_gpt2


def test_the_open_decoder_gives_what_it_gives_one_by_one(tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM

    from playground.engines.torch_decoder import TorchDecoder

    decoder = TorchDecoder(AutoModelForCausalLM.from_pretrained(tiny_gpt2(tmp_path / "tiny")).eval())
    rows = np.array([[5, 6, 7, 8], [9, 4, 0, 0]], np.int64)
    logits = decoder.read_rows(rows)
    alone = decoder.prefill(decoder.new_cache(1, 8), 0, [9, 4])
    assert np.allclose(logits[1, :2], alone, atol=1e-4)
    assert np.allclose(logits[0], decoder.prefill(decoder.new_cache(1, 8), 0, [5, 6, 7, 8]), atol=1e-4)


@pytest.mark.weights
@pytest.mark.slow
def test_the_fast_decoder_is_nearer_the_exact_weights_that_way(default_model: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM

    from playground.engines.text_model import load_text

    loaded = load_text("smollm2-135m-instruct", "fast")
    ids = loaded.tokenizer("The old lighthouse keeper climbed the stairs every evening.")["input_ids"]
    exact = AutoModelForCausalLM.from_pretrained(default_model, dtype=torch.float32).eval()
    with torch.inference_mode():
        wanted = torch.log_softmax(exact(torch.tensor([ids])).logits[0], -1).numpy()
    padded = np.array([[*ids, 0, 0], [*ids, 7, 7]], np.int64)
    together = loaded.decoder.read_rows(padded)[:, : len(ids)]
    rounded = loaded.decoder.prefill(loaded.decoder.new_cache(1, 64), 0, ids)

    def away(logits: np.ndarray) -> float:
        found = torch.log_softmax(torch.from_numpy(logits), -1).numpy()
        return float((np.exp(wanted) * (wanted - found)).sum(-1).mean())

    assert np.allclose(together[0], together[1], atol=1e-3)
    assert 0 <= away(together[0]) < away(rounded) < 0.05
