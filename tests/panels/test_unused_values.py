"""What an endpoint would accept in silence and ignore, it refuses with a sentence that says what fits."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pytest

from playground.page import TABS
from playground.panels.endpoints import endpoints

ENDPOINTS = {one.name: one.function for tab in TABS for one in endpoints(tab.NAME)}


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("sample_images", {"settings": {"steps": 5}}, "steps is for models of the kind Diffusion, unlike GAN, avatars"),
        ("sample_images", {"model": "vae-avatars", "settings": {"truncation": 1}}, "of the kind GAN"),
        ("sample_images", {"settings": {"count": 3}}, "count is a parameter of its own"),
        ("sample_images", {"settings": {"seed": 3}}, "seed is a parameter of its own"),
        ("denoise", {"settings": {"prior": "mixture"}}, "of the kind VAE"),
        ("interpolate", {"settings": {"steps": 5}}, "of the kind Diffusion"),
        ("interpolate", {"settings": {"frames": 5}}, "frames is a parameter of its own"),
        ("interpolate", {"settings": {"ends": "9"}}, "ends is a parameter of its own"),
        ("arithmetic", {"settings": {"steps": 5}}, "of the kind Diffusion"),
        ("arithmetic", {"settings": {"condition": False}}, "The condition must be"),
        ("read_space", {"base": "3"}, "give a dimension"),
        ("read_space", {"condition": "glasses=none"}, "The condition|give a dimension|value"),
        ("read_space", {"condition": False}, "The condition must be"),
        ("read_space", {"dimension": 1, "condition": False}, "The condition must be"),
        ("direction", {"start": "row:12", "seed": 5}, "Give a seed or a start, not both."),
        ("word_arithmetic", {"candidates": ["a", "b"]}, "glove answers with its own words"),
        ("word_arithmetic", {"candidates": False}, "glove answers with its own words"),
        ("generate", {"prompt": "a", "system": "x"}, "A completion has no system message"),
        ("endings", {"prompt": "a", "system": "x"}, "A completion has no system message"),
        ("crows_pairs", {"model": []}, "model must name a language model"),
        ("crows_pairs", {"model": False}, "model must name a language model"),
        ("crows_pairs", {"decoder": []}, "decoder must be one of"),
        ("crows_pairs", {"decoder": False}, "decoder must be one of"),
        ("crows_pairs", {"limit": -1}, "from 0 .all. to 1,508"),
        ("tokenize", {"text": "a", "model": []}, "model must be text"),
        ("nearest", {"image": "", "dataset": False}, "dataset must be text"),
        ("train", {"settings": {"nosuch": 1}}, "There is no setting .nosuch. here"),
        ("train", {"dataset": []}, "dataset must be text"),
        *(("runs", {"owner": owner}, "16 to 64 plain characters") for owner in ("../../x", "a" * 300, "\x00" * 20)),
        *(("run_samples", {"run": run}, "This run is gone") for run in ("../../x", "a" * 300, "\x00", "", "..")),
    ],
)
def test_it_is_refused(name: str, values: dict[str, Any], said: str) -> None:
    with pytest.raises(gr.Error, match=said):
        result = ENDPOINTS[name](**values)
        next(result) if hasattr(result, "__next__") else None


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("sample_images", {"count": 1, "settings": {"steps": 20, "count": 1, "condition": "any", "seed": None}}),
        ("interpolate", {"frames": 2, "settings": {"steps": 20, "frames": 2, "ease": False}}),
        ("runs", {"owner": ""}),
        ("runs", {"owner": "a" * 32}),
    ],
)
def test_what_a_recipe_holds_is_no_contradiction(name: str, values: dict[str, Any]) -> None:
    assert ENDPOINTS[name](**values) is not None
