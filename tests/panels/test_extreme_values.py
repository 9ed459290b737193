"""The largest seed that is allowed, and boxes that were never filled: the parts that compute with them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from playground.bias import skewed_training
from playground.bias.skew_request import read_skew_request
from playground.core.errors import PlaygroundError
from playground.images.image_request import ImageRequest
from playground.language import next_token
from playground.language.conversation import next_request
from playground.language.text_request import TextRequest
from playground.panels.images.draw import panel as draw
from playground.panels.latent.shared import append_endpoint
from playground.panels.text.generate import sampler_panel

LARGEST = 2**63 - 1


def test_the_seeds_after_the_largest_begin_again_at_0() -> None:
    assert draw.on_other_seeds(16, LARGEST) == {"seed": 15} and draw.on_other_seeds(4, None) == {"seed": 4}
    assert ImageRequest("gan-avatars", 4, LARGEST).single(3).seed == 2


@pytest.mark.parametrize(("count", "seed"), [(16, 1e308), (16, "x"), (1e308, 3), (None, 3)])
def test_other_seeds_of_nonsense_get_a_sentence(count: Any, seed: Any) -> None:
    with pytest.raises(PlaygroundError):
        draw.on_other_seeds(count, seed)


def test_draws_of_tokens_and_of_faces_have_seeds_that_a_generator_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    seeds: list[int] = []
    monkeypatch.setattr(sampler_panel, "request_of", lambda controls: TextRequest("a", seed=LARGEST))
    monkeypatch.setattr(sampler_panel, "_settings", lambda controls: next_token.SamplerSettings())
    monkeypatch.setattr(sampler_panel, "_update_of", lambda position, settings: position)
    monkeypatch.setattr(next_token, "draw_tokens", lambda key, settings, seed, history: seeds.append(seed))
    sampler_panel.on_draw({"history": {}, "presses": 0, "key": ""}, {})  # type: ignore[typeddict-item]

    def draw_faces(net: object, mixture: object, count: int, seed: int) -> Any:
        seeds.append(seed)
        return np.zeros((count, 64, 64, 3), np.uint8)

    monkeypatch.setattr(skewed_training, "_draw", draw_faces)
    state = skewed_training.SkewedTraining(read_skew_request(seed=LARGEST), 0, skewed_training.DRAWING)
    next(skewed_training._finish(state, *[None] * 3))  # type: ignore[arg-type]
    assert len(seeds) == 2 and all(0 <= seed <= LARGEST for seed in seeds)


def test_a_box_that_was_never_filled_is_empty() -> None:
    assert append_endpoint(None, "7") == "7"
    with pytest.raises(PlaygroundError, match=r"[Mm]essage"):
        next_request(TextRequest("a"), (), None)
