"""The fast decoder on the real model: the same to the bit however it is batched, and near the exact probabilities."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from running import ROOT

from playground.engines.fast import FastDecoder

pytestmark = pytest.mark.weights
TEXT = (ROOT / "benchmarks" / "austen.txt").read_text("utf-8")[:700]


@pytest.fixture(scope="module")
def decoder(default_model: Path) -> FastDecoder:
    return FastDecoder(default_model / "fast")


@pytest.fixture(scope="module")
def ids(default_model: Path) -> list[int]:
    from playground.zoo.loader import load_text

    return load_text(default_model.name).tokenizer(TEXT)["input_ids"]


def test_it_says_what_it_is(decoder: FastDecoder) -> None:
    assert (decoder.name, decoder.device, decoder.vocabulary, decoder.context_length) == ("fast", "cpu", 49_152, 8192)
    assert "int8" in decoder.precision


def test_chunks_equal_the_whole_to_the_bit(decoder: FastDecoder, ids: list[int]) -> None:
    cache = decoder.new_cache(2, 64)
    whole = decoder.prefill(cache, 0, ids[:40]).copy()
    parts = [decoder.prefill(cache, 1, part).copy() for part in (ids[:10], ids[10:11], ids[11:40])]
    np.testing.assert_allclose(np.concatenate([parts[0], parts[2]]), np.delete(whole, 10, 0), atol=2.0)
    assert np.concatenate(parts).argmax(1).tolist()[-1] == whole.argmax(1).tolist()[-1]
    assert cache.length(0) == cache.length(1) == 40


def test_a_batch_of_different_lengths_equals_each_alone(decoder: FastDecoder, ids: list[int]) -> None:
    lengths = [4, 17, 9, 30]
    together = decoder.new_cache(4, 64)
    alone = [decoder.new_cache(1, 64) for _ in lengths]
    for slot, length in enumerate(lengths):
        decoder.prefill(together, slot, ids[:length])
        decoder.prefill(alone[slot], 0, ids[:length])
    tokens = [ids[length] for length in lengths]
    for _ in range(6):
        batch = decoder.step(together, [0, 1, 2, 3], tokens).copy()
        single = [decoder.step(cache, [0], [token])[0].copy() for cache, token in zip(alone, tokens, strict=True)]
        assert np.array_equal(batch, single)
        tokens = [int(row.argmax()) for row in batch]


def test_slots_need_not_be_neighbours(decoder: FastDecoder, ids: list[int]) -> None:
    cache = decoder.new_cache(4, 32)
    for slot in range(4):
        decoder.prefill(cache, slot, ids[: 5 + slot])
    cache.copy(3, 0)
    rows = decoder.step(cache, [3, 0, 1], [9, 9, 9]).copy()
    assert np.array_equal(rows[0], rows[1]) and not np.array_equal(rows[0], rows[2])
    assert [cache.length(slot) for slot in range(4)] == [9, 7, 7, 9]


def test_a_step_after_going_back_is_the_same_to_the_bit(decoder: FastDecoder, ids: list[int]) -> None:
    cache = decoder.new_cache(1, 64)
    decoder.prefill(cache, 0, ids[:20])
    first = [decoder.step(cache, [0], [token])[0].copy() for token in ids[20:30]]
    cache.crop(0, 20)
    again = [decoder.step(cache, [0], [token])[0].copy() for token in ids[20:30]]
    assert np.array_equal(first, again)


def test_what_does_not_fit_is_refused(decoder: FastDecoder, ids: list[int]) -> None:
    cache = decoder.new_cache(1, 4)
    with pytest.raises(ValueError, match="room for 4"):
        decoder.prefill(cache, 0, ids[:5])
    decoder.prefill(cache, 0, ids[:4])
    with pytest.raises(ValueError, match="full"):
        decoder.step(cache, [0], [1])


def test_its_probabilities_are_near_those_of_float32(default_model: Path, decoder: FastDecoder, ids: list[int]) -> None:
    import torch
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(default_model, dtype=torch.float32)
    with torch.inference_mode():
        exact = torch.log_softmax(model(torch.tensor([ids])).logits[0].double(), -1)
    cache = decoder.new_cache(1, len(ids))
    ours = np.stack([decoder.step(cache, [0], [token])[0].copy() for token in ids])
    near = torch.log_softmax(torch.from_numpy(ours).double(), -1)
    divergence = (exact.exp() * (exact - near)).sum(-1).mean()
    assert 0 < float(divergence) < 0.02  # benchmarks/RESULTS.md has the exact figure, on a longer text


def test_it_needs_no_torch(default_model: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom playground.engines.fast import FastDecoder\n"
        "decoder = FastDecoder(Path(sys.argv[1]))\ncache = decoder.new_cache(1, 8)\n"
        "print(decoder.prefill(cache, 0, [1, 2]).shape, 'torch' in sys.modules, 'transformers' in sys.modules)"
    )
    command = [sys.executable, "-c", code, str(default_model / "fast")]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "(2, 49152) False False"
