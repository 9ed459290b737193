"""The open decoder against the forward pass and the generate of transformers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_models import tiny_gpt2, tiny_llama
from transformers import AutoModelForCausalLM

from playground.engines.torch_decoder import TorchDecoder

IDS = [60, 61, 200, 5, 90, 91, 17, 300, 44, 45, 46, 47]


@pytest.fixture(scope="module", params=[tiny_llama, tiny_gpt2], ids=["llama", "gpt2"])
def decoder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> TorchDecoder:
    folder = request.param(tmp_path_factory.mktemp("tiny"))
    return TorchDecoder(AutoModelForCausalLM.from_pretrained(folder).eval())


@pytest.fixture(scope="module")
def exact(decoder: TorchDecoder) -> np.ndarray:
    with torch.inference_mode():
        return decoder.model(torch.tensor([IDS])).logits[0].numpy()


def close(ours: np.ndarray, theirs: np.ndarray) -> None:
    np.testing.assert_allclose(ours, theirs, atol=1e-4, rtol=1e-5)


def test_name_device_and_sizes(decoder: TorchDecoder) -> None:
    assert (decoder.name, decoder.precision, decoder.device) == ("open", "float32", "cpu")
    assert (decoder.vocabulary, decoder.context_length) == (384, 128)


def test_prefill_gives_the_logits_of_every_position(decoder: TorchDecoder, exact: np.ndarray) -> None:
    cache = decoder.new_cache(1, 20)
    close(decoder.prefill(cache, 0, IDS), exact)
    assert cache.length(0) == len(IDS)


def test_chunks_and_steps_equal_the_whole(decoder: TorchDecoder, exact: np.ndarray) -> None:
    cache = decoder.new_cache(2, 20)
    close(np.concatenate([decoder.prefill(cache, 1, IDS[:5]), decoder.prefill(cache, 1, IDS[5:])]), exact)
    close(np.stack([decoder.step(cache, [0], [token])[0].copy() for token in IDS]), exact)


def test_slots_of_different_lengths_are_stepped_together(decoder: TorchDecoder, exact: np.ndarray) -> None:
    cache = decoder.new_cache(4, 20)
    lengths = [3, 7, 7, 5]
    for slot, length in enumerate(lengths):
        decoder.prefill(cache, slot, IDS[:length])
    close(decoder.step(cache, [0, 1, 2, 3], [IDS[n] for n in lengths]), exact[lengths])
    assert [cache.length(slot) for slot in range(4)] == [4, 8, 8, 6]
    close(decoder.step(cache, [3, 0], [IDS[6], IDS[4]]), exact[[6, 4]])


def test_slots_of_different_lengths_generate_the_same_as_each_alone(decoder: TorchDecoder) -> None:
    lengths = [3, 7, 7, 5]
    together = decoder.new_cache(4, 40)
    alone = [decoder.new_cache(1, 40) for _ in lengths]
    for slot, length in enumerate(lengths):
        decoder.prefill(together, slot, IDS[:length])
        decoder.prefill(alone[slot], 0, IDS[:length])
    tokens = [IDS[length] for length in lengths]
    for _ in range(12):
        batch = decoder.step(together, [0, 1, 2, 3], tokens).copy()
        single = [decoder.step(cache, [0], [token])[0].copy() for cache, token in zip(alone, tokens, strict=True)]
        close(batch, np.stack(single))
        tokens = [int(row.argmax()) for row in batch]
        assert tokens == [int(row.argmax()) for row in single]


def test_a_copied_slot_is_independent(decoder: TorchDecoder, exact: np.ndarray) -> None:
    cache = decoder.new_cache(2, 20)
    decoder.prefill(cache, 0, IDS[:6])
    cache.copy(0, 1)
    assert cache.length(1) == 6
    decoder.step(cache, [0], [9])
    close(decoder.step(cache, [1], [IDS[6]]), exact[[6]])
    cache.crop(0, 6)
    close(decoder.step(cache, [0], [IDS[6]]), exact[[6]])


def test_a_step_after_a_crop_is_bit_identical(decoder: TorchDecoder) -> None:
    cache = decoder.new_cache(1, 20)
    decoder.prefill(cache, 0, IDS[:6])
    first = [decoder.step(cache, [0], [token])[0].copy() for token in IDS[6:]]
    cache.crop(0, 6)
    again = [decoder.step(cache, [0], [token])[0].copy() for token in IDS[6:]]
    assert np.array_equal(first, again)


def test_tokens_that_do_not_fit_are_an_error(decoder: TorchDecoder) -> None:
    cache = decoder.new_cache(1, 4)
    with pytest.raises(ValueError, match="room for 4"):
        decoder.prefill(cache, 0, IDS)
    decoder.prefill(cache, 0, IDS[:4])
    with pytest.raises(ValueError, match="full"):
        decoder.step(cache, [0], [1])
    with pytest.raises(ValueError, match="holds 4"):
        cache.crop(0, 5)
    assert cache.length(0) == 4, "an error changes nothing"


def test_greedy_equals_generate(decoder: TorchDecoder) -> None:
    cache = decoder.new_cache(1, 60)
    token = int(decoder.prefill(cache, 0, IDS)[-1].argmax())
    ours = [token]
    for _ in range(29):
        ours.append(int(decoder.step(cache, [0], [ours[-1]])[0].argmax()))
    theirs = decoder.model.generate(
        torch.tensor([IDS]), max_new_tokens=30, do_sample=False, pad_token_id=0, eos_token_id=None
    )
    assert ours == theirs[0, len(IDS) :].tolist()


@pytest.mark.weights
@pytest.mark.slow
def test_greedy_equals_generate_on_the_real_model(default_model: Path) -> None:
    from playground.engines.text_model import load_text
    from playground.zoo.cards import DEFAULT_MODEL

    loaded = load_text(DEFAULT_MODEL, "open")
    decoder = loaded.decoder
    assert isinstance(decoder, TorchDecoder)
    ids = loaded.tokenizer("The sea was calm, and")["input_ids"]
    cache = decoder.new_cache(1, 60)
    ours = [int(decoder.prefill(cache, 0, ids)[-1].argmax())]
    for _ in range(19):
        ours.append(int(decoder.step(cache, [0], [ours[-1]])[0].argmax()))
    prompt = torch.tensor([ids], device=decoder.model.device)
    theirs = decoder.model.generate(
        prompt, max_new_tokens=20, do_sample=False, pad_token_id=0, eos_token_id=None, attention_mask=prompt * 0 + 1
    )
    assert ours == theirs[0, len(ids) :].tolist()
