"""The panel Words below its page: links, its endpoint, and what its events answer."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pytest

from playground.core.recipe import from_query
from playground.panels.latent.words import layout as words_layout
from playground.panels.latent.words import panel as words
from playground.panels.latent.words.api import api_word_arithmetic

ASKED = ("glove", "sum", "king, woman", "man", 5, "peace, war", 5, "slerp", "", "")


def last(*values: Any) -> tuple[Any, ...]:
    return list(words.on_run(*values))[-1]


@pytest.mark.weights
def test_the_endpoint_gives_both_lists_and_the_ranks() -> None:
    told = api_word_arithmetic("king, woman", ["man"], 3)
    assert [near["word"] for near in told["usual"]] == ["queen", "throne", "prince"]
    assert told["honest"][0]["word"] == "king" and told["honest"][0]["is_input"]
    assert [(one["word"], one["sign"], one["rank"]) for one in told["inputs"]][0] == ("king", "+", 1)
    assert told["recipe"]["settings"]["plus"] == "king, woman"


def test_the_endpoint_answers_nonsense_with_one_escaped_sentence() -> None:
    for values in (("", "", 5), ("king", "man", 0), (float("nan"), "", 5), ("king", "", 5, "<b>")):
        with pytest.raises(gr.Error) as caught:
            api_word_arithmetic(*values)
        assert "<" not in str(caught.value.message)


@pytest.mark.weights
@pytest.mark.parametrize("part", ["sum", "walk", "map"])
def test_a_link_restores_its_part_and_the_same_comes_out(part: str) -> None:
    made = last("glove", part, *ASKED[2:], None)
    pending = from_query(made[0])
    restored = words.on_restore(pending)
    assert restored[1] == part and restored[2] == "glove"
    again = last("glove", part, *ASKED[2:], pending)
    assert again[4] == {"tone": "ok", "text": "Reproduced ✓ word for word."}
    other = last("glove", part, "apple", "", 3, "tree, sea", 4, "lerp", "", "", pending)
    assert "Reproduced" not in other[4]["text"]


def test_a_bad_link_is_told_once_and_runs_nothing() -> None:
    pending = from_query("tab=latent&panel=words&model=glove-6b-50d&part=everything")
    trouble = words.on_restore(pending)[6]
    assert "part must be one of sum, walk, map" in trouble
    (told,) = words.on_open("words", trouble, *ASKED, None)
    assert told[0] == "" and told[-1]["tone"] == "error"


def test_bad_input_is_a_notice_and_nothing_is_drawn() -> None:
    (told,) = words.on_run("glove", "walk", *ASKED[2:5], "king", 5, "slerp", "", "", None)
    assert told[4] == {"tone": "error", "text": "A walk takes two words or more; there is 1."}


def test_another_space_keeps_what_was_written_in_the_first() -> None:
    there = words.on_kind("minilm", {}, "A.\nB.", "cat", "dog", "cat, dog", "")
    back = words.on_kind("glove", there[0], "A.\nB.", "x", "y", "z", "")
    assert [box.value for box in back[1:5]] == ["cat", "dog", "cat, dog", ""]


def test_the_pointers_question_is_answered_with_a_sentence_if_it_is_none() -> None:
    assert "error" in words_layout.near(None) and "error" in words_layout.near({"label": 3})
