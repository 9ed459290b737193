"""Decoders for models without slots: each position's logits are those of transformers' own uncached pass."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_models import tiny_llama, tiny_model
from transformers import AutoModelForCausalLM

from playground.engines.torch_decoder import TorchDecoder
from playground.engines.unslotted_decoder import UnslottedDecoder, choose_decoder
from playground.zoo.causal_lm import ASSUMED_CONTEXT, UnusableModelError

IDS = [60, 61, 200, 5, 90, 91, 17, 300, 44, 45, 46, 47]
#: Architecture -> the memory that its decoder needs.
MEMORIES = {"bloom": "slots", "lfm2": "own", "mamba": "own", "openai-gpt": "none", "rwkv": "none"}


@pytest.fixture(scope="module", params=MEMORIES)
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, TorchDecoder]:
    folder = tiny_model(tmp_path_factory.mktemp("tiny"), request.param)
    return request.param, choose_decoder(AutoModelForCausalLM.from_pretrained(folder).eval(), request.param)


@pytest.fixture(scope="module")
def exact(model: tuple[str, TorchDecoder]) -> np.ndarray:
    with torch.inference_mode():
        return model[1].model(torch.tensor([IDS]), use_cache=False).logits[0].numpy()


def close(ours: np.ndarray, theirs: np.ndarray) -> None:
    np.testing.assert_allclose(ours, theirs, atol=1e-4, rtol=1e-4)


def test_each_architecture_gets_the_decoder_that_reads_it_right(model: tuple[str, TorchDecoder]) -> None:
    name, decoder = model
    assert decoder.memory == MEMORIES[name]
    assert decoder.context_is_assumed == (name in ("bloom", "mamba"))
    assert decoder.context_length == (ASSUMED_CONTEXT if name in ("bloom", "mamba") else 128)


def test_pieces_and_steps_equal_the_whole(model: tuple[str, TorchDecoder], exact: np.ndarray) -> None:
    _, decoder = model
    cache = decoder.new_cache(2, 20)
    close(np.concatenate([decoder.prefill(cache, 1, IDS[:5]), decoder.prefill(cache, 1, IDS[5:])]), exact)
    close(np.stack([decoder.step(cache, [0], [token])[0].copy() for token in IDS]), exact)
    assert cache.length(0) == cache.length(1) == len(IDS)


def test_going_back_and_copying_give_the_same_to_the_bit(model: tuple[str, TorchDecoder]) -> None:
    _, decoder = model
    cache = decoder.new_cache(2, 20)
    decoder.prefill(cache, 0, IDS[:6])
    first = [decoder.step(cache, [0], [token])[0].copy() for token in IDS[6:9]]
    cache.copy(0, 1)
    beyond = decoder.step(cache, [0], [IDS[9]])[0].copy()
    cache.crop(0, 7)
    assert [decoder.step(cache, [0], [token])[0].tobytes() for token in IDS[7:9]] == [
        one.tobytes() for one in first[1:]
    ]
    assert decoder.step(cache, [1], [IDS[9]])[0].tobytes() == beyond.tobytes()


def test_what_does_not_fit_is_refused(model: tuple[str, TorchDecoder]) -> None:
    _, decoder = model
    cache = decoder.new_cache(1, 4)
    with pytest.raises(ValueError, match="room for 4"):
        decoder.prefill(cache, 0, IDS[:5])
    decoder.prefill(cache, 0, IDS[:4])
    with pytest.raises(ValueError, match="full"):
        decoder.step(cache, [0], [1])
    with pytest.raises(ValueError, match="holds 4"):
        cache.crop(0, 5)


def test_a_model_whose_logits_are_not_finite_is_refused(tmp_path: Path) -> None:
    model = AutoModelForCausalLM.from_pretrained(tiny_llama(tmp_path)).eval()
    assert not isinstance(choose_decoder(model, "tiny"), UnslottedDecoder)
    with torch.no_grad():
        model.lm_head.weight[7, 3] = float("nan")
    with pytest.raises(UnusableModelError, match="NaN or infinite"):
        choose_decoder(model, "tiny")


@pytest.mark.parametrize(
    ("architecture", "sentence"), [("bert", "looks at later tokens"), ("stablelm", "cannot be loaded")]
)
def test_a_model_that_cannot_predict_the_next_token_is_refused(
    architecture: str, sentence: str, tmp_path: Path
) -> None:
    """A BERT that fills gaps, and a StableLM whose heads have an odd number of rotated dimensions."""
    model = AutoModelForCausalLM.from_pretrained(tiny_model(tmp_path, architecture)).eval()
    with pytest.raises(UnusableModelError, match=sentence):
        choose_decoder(model, architecture)
