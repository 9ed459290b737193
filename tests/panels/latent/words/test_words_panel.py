"""The panel Words without its page: links, its endpoint, and the updates of its events."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pytest

from playground.core.errors import PlaygroundError
from playground.core.recipe import from_query
from playground.panels.latent.words import layout as words_layout
from playground.panels.latent.words import panel as words
from playground.panels.latent.words.api import api_word_arithmetic

SETTINGS = ("glove", "sum", "king, woman", "man", 5, "peace, war", 5, "slerp", "", "")


def updates(*values: Any) -> dict[str, Any]:
    """The last values of everything that a run fills."""
    merged: dict[str, Any] = {}
    for update in words.on_run(*values):
        merged |= update
    return merged


@pytest.mark.weights
def test_the_endpoint_gives_both_lists_and_the_ranks() -> None:
    answer = api_word_arithmetic("king, woman", ["man"], 3)
    assert [near["word"] for near in answer["usual"]] == ["queen", "throne", "prince"]
    assert answer["honest"][0]["word"] == "king" and answer["honest"][0]["is_input"]
    assert [(one["word"], one["sign"], one["rank"]) for one in answer["inputs"]][0] == ("king", "+", 1)
    assert answer["recipe"]["settings"]["plus"] == "king, woman"


def test_the_endpoint_answers_nonsense_with_an_escaped_sentence() -> None:
    for values in (("", "", 5), ("king", "man", 0), (float("nan"), "", 5), ("king", "", 5, "<b>")):
        with pytest.raises(gr.Error) as caught:
            api_word_arithmetic(*values)
        assert "<" not in str(caught.value.message)


@pytest.mark.weights
@pytest.mark.parametrize("part", ["sum", "walk", "map"])
def test_a_link_restores_its_part_and_reproduces_its_result(part: str) -> None:
    recipe = from_query(updates("glove", part, *SETTINGS[2:])["query"])
    restored = words.restore(recipe)
    assert restored["part"] == part and restored["kind"] == "glove"
    *_, again = words.replay(recipe, "glove", part, *SETTINGS[2:])
    assert again["notice"] == {"tone": "ok", "text": "Reproduced ✓ word for word."}
    *_, other = words.replay(recipe, "glove", part, "apple", "", 3, "tree, sea", 4, "lerp", "", "")
    assert "Reproduced" not in other["notice"]["text"]


def test_a_bad_link_is_not_valid() -> None:
    with pytest.raises(PlaygroundError, match="part must be one of sum, walk, map"):
        words.restore(from_query("tab=latent&panel=words&model=glove-6b-50d&part=everything"))


def test_bad_input_is_explained_and_nothing_is_drawn() -> None:
    with pytest.raises(PlaygroundError, match="^A walk needs at least 2 words; it has 1.$"):
        updates("glove", "walk", *SETTINGS[2:5], "king", 5, "slerp", "", "")


def test_each_space_keeps_its_own_texts() -> None:
    there = words.on_kind("minilm", {}, "A.\nB.", "cat", "dog", "cat, dog", "")
    back = words.on_kind("glove", there["texts_of_kind"], "A.\nB.", "x", "y", "z", "")
    assert [back[name].value for name in ("plus", "minus", "stops", "extra")] == ["cat", "dog", "cat, dog", ""]


def test_a_bad_request_for_neighbours_is_an_error_and_no_exception() -> None:
    assert "error" in words_layout.near(None) and "error" in words_layout.near({"label": 3})
