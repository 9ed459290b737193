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

from playground.bias import sentence_pair as capability
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
    monkeypatch.setattr(capability, "load", lambda name: planted_model(words, amounts))


def event(**data: Any) -> Any:
    return SimpleNamespace(_data=data)


def last(updates: Any) -> dict[str, Any]:
    (update,) = deque(updates, maxlen=1)
    return dict(update)


def ask() -> dict[str, Any]:
    return last(sentence_pair.on_ask("cats eat _", "dogs eat _", ", ".join(WORDS), MODEL))


def test_the_comparison_is_hidden_until_the_guess() -> None:
    update = ask()
    assert sorted(update["guess"]["words"]) == sorted(WORDS)
    assert update["view"] == {"empty": "Hidden until you reveal it."} and update["fine_print"] is None
    assert "query" not in update and "log" not in update
    revealed = last(sentence_pair.on_reveal(update["comparison"], "", (), event(picks=["fish", "hay"])))
    assert revealed["guess"]["answer"].startswith("1 of 2 right; blind guessing averages 0.9.")
    view, log = revealed["view"], revealed["log"]
    assert view["words"][0] == "fish" and "<b>bold</b>" in view["words"] and view["names"] == ["cats", "dogs"]
    logs = np.frombuffer(base64.b64decode(view["a"]), "<u2") / -2000
    assert logs == pytest.approx(update["comparison"].log_a, abs=3e-4)
    assert revealed["fine_print"]["verdict"] == "cannot tell" and len(log) == 1
    assert json.dumps([view, revealed["fine_print"], revealed["guess"]])


def test_a_link_restores_the_sentences_and_is_reproduced() -> None:
    revealed = last(sentence_pair.on_reveal(ask()["comparison"], "", (), event(picks=["fish"])))
    recipe = from_query(revealed["query"])
    assert recipe.settings["panel"] == "sentence_pair"
    restored = sentence_pair.on_restore(recipe)
    assert [restored[name] for name in ("a", "b", "words")] == ["cats eat _", "dogs eat _", ", ".join(WORDS)]
    assert "notice" not in restored
    again = last(sentence_pair.on_replay(recipe, revealed["log"]))
    assert again["notice"] == {"tone": "ok", "text": "Reproduced ✓ the same probability moves."}
    assert len(again["log"]) == 1 and again["guess"] is None


def test_a_link_with_another_result_differs() -> None:
    revealed = last(sentence_pair.on_reveal(ask()["comparison"], "", (), event(picks=["fish"])))
    recipe = from_query(revealed["query"].replace("result=0.", "result=1."))
    notice = last(sentence_pair.on_replay(recipe, ()))["notice"]
    assert notice["tone"] == "warning" and notice["text"].startswith("Differs: ")


def test_a_reveal_without_a_guess_or_without_a_question() -> None:
    comparison = ask()["comparison"]
    assert last(sentence_pair.on_reveal(comparison, "", (), event(picks=[])))["guess"] is None
    assert last(sentence_pair.on_reveal(comparison, "", (), event(picks="fish")))["guess"] is None


def test_a_question_that_this_visit_has_not_computed_is_compared_for_its_answer() -> None:
    carried = json.dumps({"a": "cats eat _", "b": "dogs eat _", "words": ", ".join(WORDS), "model": MODEL})
    *progress, answer = sentence_pair.on_reveal(None, carried, (), event(picks=["fish"]))
    assert progress and all(update.keys() == {"notice"} for update in progress)
    expected = last(sentence_pair.on_reveal(ask()["comparison"], "", (), event(picks=["fish"])))
    assert answer["query"] == expected["query"] and answer["comparison"] is not None
    assert answer["guess"]["answer"] == expected["guess"]["answer"]
    assert last(sentence_pair.on_reveal(None, "", (), event(picks=[])))["notice"]["text"] == "Ask the model first."


def test_a_link_to_the_panel_alone_measures_nothing() -> None:
    recipe = from_query("tab=bias&panel=sentence_pair")
    assert sentence_pair.on_restore(recipe) == {} and list(sentence_pair.on_replay(recipe, ())) == []


@pytest.mark.parametrize("a", ["", "no blank", "two _ blanks _", "word " * 5000 + "_", "<b>_"])
def test_a_bad_sentence_gets_a_short_error(a: str) -> None:
    with pytest.raises(PlaygroundError) as error:
        last(sentence_pair.on_ask(a, "<b>_", "", MODEL))
    assert len(str(error.value)) < 250
    with pytest.raises(PlaygroundError):
        sentence_pair.on_restore(from_query({"tab": "bias", "panel": "sentence_pair", "a": a, "b": "<b>_"}))


def test_the_presets_are_all_valid() -> None:
    for preset in SENTENCE_PAIRS:
        assert preset.title
        assert capability.read_pair({"a": preset.a, "b": preset.b, "words": preset.words}).a == preset.a


def test_the_endpoint_returns_all_candidates_with_both_probabilities() -> None:
    result = api_compare_sentences("cats eat _", "dogs eat _", words=WORDS, count=2)
    assert [one["word"] for one in result["candidates"]] == ["fish", "meat"] and result["size"] == len(WORDS)
    first = result["candidates"][0]
    assert first["difference"] == pytest.approx(first["log_a"] - first["log_b"])
    assert result["fine_print"]["verdict"] == "cannot tell" and result["recipe"]["settings"]["panel"] == "sentence_pair"


@pytest.mark.parametrize(
    "call",
    [lambda: api_compare_sentences("no blank", "dogs eat _"), lambda: api_compare_sentences("_ <b>", "_ <b>")],
)
def test_the_endpoints_errors_have_no_markup(call: Any) -> None:
    with pytest.raises(gr.Error) as error:
        call()
    assert "<" not in str(error.value) and str(error.value).strip("'\"").endswith(".")
