"""The sentence pair panel by its handlers: the guess, links, bad input, and what a program gets."""

from __future__ import annotations

import base64
import json
from collections import deque
from types import SimpleNamespace
from typing import Any

import gradio as gr
import numpy as np
import pytest
from planted_preference import planted_model

from playground.bias import sentence_pair as comparing
from playground.core.errors import PlaygroundError
from playground.core.recipe import from_query
from playground.panels.bias.presets import SENTENCE_PAIRS
from playground.panels.bias.sentence_pair import panel as sentence_pair
from playground.panels.bias.sentence_pair.api import api_compare_sentences

WORDS = ["fish", "meat", "hay", "oats", "rice", "corn", "<b>bold</b>"]
MODEL = "smollm2-135m-instruct"


@pytest.fixture(autouse=True)
def planted(monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["cats", "dogs", "eat", "nurse", "engineer", "she", "he", "said", "so", "then", *WORDS]
    words += [f"{side}{number}" for number in range(20) for side in ("left", "right")]
    amounts = {("cats", "fish"): 2.0, ("dogs", "meat"): 1.0, ("nurse", "she"): 1.0}
    monkeypatch.setattr(comparing, "load", lambda name: planted_model(words, amounts))


def event(**data: Any) -> Any:
    return SimpleNamespace(_data=data)


def last(updates: Any) -> dict[str, Any]:
    (update,) = deque(updates, maxlen=1)
    return dict(update)


def ask() -> dict[str, Any]:
    return last(sentence_pair.on_ask("cats eat _", "dogs eat _", ", ".join(WORDS), MODEL))


def test_nothing_is_shown_before_the_guess_is_made() -> None:
    asked = ask()
    assert sorted(asked["guess"]["words"]) == sorted(WORDS)
    assert asked["view"] == {"empty": "Hidden until you reveal it."} and asked["fine_print"] is None
    assert "query" not in asked and "log" not in asked
    revealed = sentence_pair.on_reveal(asked["comparison"], (), event(picks=["fish", "hay"]))
    assert revealed["guess"]["answer"].startswith("1 of your 2 right; blind guessing gets 0.9 on average.")
    shown, log = revealed["view"], revealed["log"]
    assert shown["words"][0] == "fish" and "<b>bold</b>" in shown["words"] and shown["names"] == ["cats", "dogs"]
    logs = np.frombuffer(base64.b64decode(shown["a"]), "<u2") / -2000
    assert logs == pytest.approx(asked["comparison"].log_a, abs=3e-4)
    assert revealed["fine_print"]["verdict"] == "cannot tell" and len(log) == 1
    assert json.dumps([shown, revealed["fine_print"], revealed["guess"]])


def test_a_link_restores_the_sentences_and_is_reproduced() -> None:
    revealed = sentence_pair.on_reveal(ask()["comparison"], (), event(picks=["fish"]))
    recipe = from_query(revealed["query"])
    assert recipe.settings["panel"] == "sentence_pair"
    restored = sentence_pair.on_restore(recipe)
    assert [restored[name] for name in ("a", "b", "words")] == ["cats eat _", "dogs eat _", ", ".join(WORDS)]
    assert "notice" not in restored
    again = last(sentence_pair.on_replay(recipe, revealed["log"]))
    assert again["notice"] == {"tone": "ok", "text": "Reproduced ✓ the same probability moves."}
    assert len(again["log"]) == 1 and again["guess"] is None


def test_a_link_with_another_result_differs() -> None:
    revealed = sentence_pair.on_reveal(ask()["comparison"], (), event(picks=["fish"]))
    recipe = from_query(revealed["query"].replace("result=0.", "result=1."))
    told = last(sentence_pair.on_replay(recipe, ()))["notice"]
    assert told["tone"] == "warning" and told["text"].startswith("Differs: ")


def test_a_reveal_without_a_guess_or_without_a_question_is_told() -> None:
    comparison = ask()["comparison"]
    assert sentence_pair.on_reveal(comparison, (), event(picks=[]))["guess"] is None
    assert sentence_pair.on_reveal(comparison, (), event(picks="fish"))["guess"] is None
    told = sentence_pair.on_reveal(None, (), event(picks=[]))
    assert told.keys() == {"notice"} and told["notice"]["text"] == "Ask the model first."


def test_a_link_to_the_panel_alone_measures_nothing() -> None:
    recipe = from_query("tab=bias&panel=sentence_pair")
    assert sentence_pair.on_restore(recipe) == {} and list(sentence_pair.on_replay(recipe, ())) == []


@pytest.mark.parametrize("a", ["", "no blank", "two _ blanks _", "word " * 5000 + "_", "<b>_"])
def test_what_a_visitor_gets_wrong_gets_a_sentence(a: str) -> None:
    with pytest.raises(PlaygroundError) as asked:
        last(sentence_pair.on_ask(a, "<b>_", "", MODEL))
    assert len(str(asked.value)) < 250
    with pytest.raises(PlaygroundError):
        sentence_pair.on_restore(from_query({"tab": "bias", "panel": "sentence_pair", "a": a, "b": "<b>_"}))


def test_the_presets_are_all_valid() -> None:
    for _, a, b, words in SENTENCE_PAIRS:
        assert comparing.read_pair({"a": a, "b": b, "words": words}).a == a


def test_a_program_gets_all_candidates_with_both_probabilities() -> None:
    made = api_compare_sentences("cats eat _", "dogs eat _", words=WORDS, count=2)
    assert [one["word"] for one in made["candidates"]] == ["fish", "meat"] and made["size"] == len(WORDS)
    first = made["candidates"][0]
    assert first["difference"] == pytest.approx(first["log_a"] - first["log_b"])
    assert made["fine_print"]["verdict"] == "cannot tell" and made["recipe"]["settings"]["panel"] == "sentence_pair"


@pytest.mark.parametrize(
    "call",
    [lambda: api_compare_sentences("no blank", "dogs eat _"), lambda: api_compare_sentences("_ <b>", "_ <b>")],
)
def test_a_program_gets_a_sentence_without_markup(call: Any) -> None:
    with pytest.raises(gr.Error) as told:
        call()
    assert "<" not in str(told.value) and str(told.value).strip("'\"").endswith(".")
