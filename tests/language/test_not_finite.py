"""A model that computes NaN after it was loaded: everything that asks it answers with one sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import pytest
import torch

from playground.bias.continuations import continuations
from playground.core.errors import PlaygroundError
from playground.engines import text_model
from playground.engines.text_model import TextModel
from playground.language.beam_search import beam_search
from playground.language.comparison import generate_pair
from playground.language.generation import generate
from playground.language.next_token import next_token
from playground.language.perplexity import score_text
from playground.language.sampling import SamplerSettings
from playground.language.text_request import TextRequest
from playground.language.translation import check_translated

TEXT = "A small village"
Ask = Callable[[TextModel, TextRequest], Iterable[Any]]


@pytest.fixture
def broken(llama: str) -> Iterator[TextModel]:
    loaded = text_model.load_text(llama)
    with torch.no_grad():
        loaded.decoder.model.get_output_embeddings().weight[7] = float("nan")  # type: ignore[attr-defined]
    yield loaded
    text_model.forget()


@pytest.mark.parametrize(
    "ask",
    [
        lambda loaded, request: score_text(TEXT, request.model),
        lambda loaded, request: generate(request),
        lambda loaded, request: generate_pair(request, request),
        lambda loaded, request: beam_search(request, 2, 1.0),
        lambda loaded, request: [next_token(request.model, "open", [5, 6], [], SamplerSettings())],
        lambda loaded, request: continuations(loaded, [5, 6], [0, 1], 3, SamplerSettings()),
        lambda loaded, request: [loaded.decoder.read_rows(np.array([[5, 6]]))],
    ],
    ids=["score", "generate", "compare", "beam search", "sampler", "continuations", "benchmarks"],
)
def test_a_model_of_nan_is_answered_by_a_sentence(broken: TextModel, ask: Ask) -> None:
    with pytest.raises(PlaygroundError, match="NaN or infinite"):
        for _ in ask(broken, TextRequest(TEXT, model=broken.card.name, max_new_tokens=4)):
            pass


def test_a_translation_of_nan_is_a_sentence() -> None:
    check_translated(torch.tensor([1.0, -torch.inf]))
    with pytest.raises(PlaygroundError, match="computed NaN"):
        check_translated(torch.tensor([1.0, torch.nan]))
