"""read_rows: a batch gives the logits of each text alone, whatever its padding."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tiny_models import tiny_gpt2


def test_a_batch_of_the_open_decoder_equals_each_text_alone(tmp_path: Path) -> None:
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
def test_a_batch_of_the_fast_decoder_is_more_exact_than_prefill(default_model: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM

    from playground.engines.text_model import load_text

    loaded = load_text("smollm2-135m-instruct", "fast")
    ids = loaded.tokenizer("The old lighthouse keeper climbed the stairs every evening.")["input_ids"]
    exact = AutoModelForCausalLM.from_pretrained(default_model, dtype=torch.float32).eval()
    with torch.inference_mode():
        exact_logprobs = torch.log_softmax(exact(torch.tensor([ids])).logits[0], -1).numpy()
    padded = np.array([[*ids, 0, 0], [*ids, 7, 7]], np.int64)
    together = loaded.decoder.read_rows(padded)[:, : len(ids)]
    rounded = loaded.decoder.prefill(loaded.decoder.new_cache(1, 64), 0, ids)

    def divergence(logits: np.ndarray) -> float:
        ours = torch.log_softmax(torch.from_numpy(logits), -1).numpy()
        return float((np.exp(exact_logprobs) * (exact_logprobs - ours)).sum(-1).mean())

    assert np.allclose(together[0], together[1], atol=1e-3)
    assert 0 <= divergence(together[0]) < divergence(rounded) < 0.05
