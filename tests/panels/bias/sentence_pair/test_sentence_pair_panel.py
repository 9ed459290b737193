"""The first two panels of the Bias tab by their handlers: links, bad input, and what a programme gets."""

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

from playground.bias import sentence_pair as sentences_lab
from playground.bias import template_sweep as wordings_lab
from playground.core.recipe import from_query
from playground.panels.bias.sentence_pair import panel as sentence_pair
from playground.panels.bias.sentence_pair.api import api_compare_sentences
from playground.panels.bias.template_sweep import panel as template_sweep
from playground.panels.bias.template_sweep.api import api_template_fan

WORDS = ["fish", "meat", "hay", "oats", "rice", "corn", "<b>bold</b>"]
LINES = "\n".join(f"{filler} {{}} said _" for filler in ("so", "then", "now", "later", "well", "thus", "and", "but"))
PAIRS = [[f"left{number}", f"right{number}"] for number in range(20)]


@pytest.fixture(autouse=True)
def planted(monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["cats", "dogs", "eat", "nurse", "engineer", "she", "he", "said", "so", "then", *WORDS, *sum(PAIRS, [])]
    amounts = {("cats", "fish"): 2.0, ("dogs", "meat"): 1.0, ("nurse", "she"): 1.0}
    for lab in (sentences_lab, wordings_lab):
        monkeypatch.setattr(lab, "load", lambda name: planted_model(words, amounts))


def event(**data: Any) -> Any:
    return SimpleNamespace(_data=data)


def last(steps: Any) -> tuple[Any, ...]:
    (found,) = deque(steps, maxlen=1)
    return tuple(found)


def asked() -> tuple[Any, ...]:
    return last(sentence_pair.on_ask("cats eat _", "dogs eat _", ", ".join(WORDS), "smollm2-135m-instruct"))


def test_nothing_is_shown_before_the_guess_is_made() -> None:
    made, guess, view, fine, _, _ = asked()
    assert sorted(guess["words"]) == sorted(WORDS) and view == {"empty": "Hidden until you reveal it."} and fine is None
    visit, answered, shown, printed, query, _ = sentence_pair.on_reveal(made, (), event(picks=["fish", "hay"]))
    assert answered["answer"].startswith("1 of your 2 right; blind guessing gets 0.9 on average.")
    assert shown["words"][0] == "fish" and "<b>bold</b>" in shown["words"] and shown["names"] == ["cats", "dogs"]
    logs = np.frombuffer(base64.b64decode(shown["a"]), "<u2") / -2000
    assert logs == pytest.approx(made.log_a, abs=3e-4)
    assert printed["verdict"] == "cannot tell" and len(visit) == 1
    assert json.dumps([shown, printed, answered])
    recipe = from_query(query)
    a, b, words, _, said = sentence_pair.on_restore(recipe)
    assert (a, b, words) == ("cats eat _", "dogs eat _", ", ".join(WORDS)) and said == sentence_pair._SKIP
    again = last(sentence_pair.on_replay(visit, recipe))
    assert again[-1] == {"tone": "ok", "text": "Reproduced ✓"} and len(again[0]) == 1


def test_a_reveal_without_a_guess_or_without_a_question_is_told() -> None:
    made = asked()[0]
    assert sentence_pair.on_reveal(made, (), event(picks=[]))[1] is None
    assert sentence_pair.on_reveal(made, (), event(picks="fish"))[1] is None
    assert sentence_pair.on_reveal(None, (), event(picks=[]))[-1]["text"] == "Ask the model first."


def test_a_link_of_another_panel_measures_nothing() -> None:
    other = from_query("tab=bias&panel=wording&a=x _&b=y _")
    assert list(sentence_pair.on_replay((), other)) == []
    assert list(template_sweep.on_replay((), from_query("tab=bias&panel=sentences"))) == []


@pytest.mark.parametrize("a", ["", "no blank", "two _ blanks _", "word " * 5000 + "_", "<b>_"])
def test_what_a_visitor_gets_wrong_stands_in_the_notice(a: str) -> None:
    found = last(sentence_pair.on_ask(a, "<b>_", "", "smollm2-135m-instruct"))
    assert found[-1]["tone"] == "error" and len(found[-1]["text"]) < 250
    told = sentence_pair.on_restore(from_query({"tab": "bias", "panel": "sentences", "a": a, "b": "<b>_"}))
    assert told[-1]["text"].startswith("This link cannot be followed.")


def run(**other: Any) -> list[tuple[Any, ...]]:
    given = {
        "a": "nurse", "b": "engineer", "words_1": "she", "words_2": "he", "templates": LINES,
        "controls": "\n".join(" / ".join(pair) for pair in PAIRS), "model": "smollm2-135m-instruct",
    }  # fmt: skip
    return list(template_sweep.on_run(*{**given, **other}.values(), ()))


def test_wordings_are_drawn_one_by_one_and_judged_at_the_end() -> None:
    steps = run()
    visit, dots, fine, lane, query, said = steps[-1]
    assert [len(step[1]["rows"]) for step in steps if isinstance(step[1], dict) and "rows" in step[1]] == [
        1,
        2,
        3,
        4,
        5,
        6,
        7,
        9,
        9,
    ]
    assert dots["title"] == "Holds in 8 of 8 wordings: consistent" and dots["band"] == pytest.approx([0, 0], abs=1e-5)
    assert dots["rows"][0]["text"] == "2.72 × she" and dots["rows"][-1]["group"] == "mean"
    assert len(lane["rows"]) == 21 and fine["verdict"] == "consistent" and len(visit) == 1
    assert json.dumps([dots, fine, lane]) and said["tone"] == "ok"
    recipe = from_query(query)
    restored = template_sweep.on_restore(recipe)
    assert restored[:5] == ["nurse", "engineer", "she", "he", LINES] and restored[7] == template_sweep.OWN
    again = last(template_sweep.on_replay(visit, recipe))
    assert again[-1]["text"] == "Reproduced ✓" and len(again[0]) == 1


@pytest.mark.parametrize(
    "wrong", [{"templates": ""}, {"templates": "{} said _\n" * 5000}, {"a": ""}, {"a": "engineer"}, {"controls": "x"}]
)
def test_a_measurement_that_cannot_be_made_leaves_a_sentence(wrong: dict[str, str]) -> None:
    (only,) = run(**wrong)
    assert only[-1]["tone"] == "error" and all(part == template_sweep._SKIP for part in only[:-1])


def test_the_presets_are_all_valid() -> None:
    from playground.panels.bias.presets import SENTENCES, WORDINGS

    for _, a, b, words in SENTENCES:
        assert sentences_lab.read_pair({"a": a, "b": b, "words": words}).a == a
    for one in WORDINGS:
        asked = wordings_lab.read_fan(vars(one))
        assert len(asked.templates) >= 8 and len(asked.controls) >= 20


def test_a_program_gets_all_candidates_with_both_probabilities() -> None:
    made = api_compare_sentences("cats eat _", "dogs eat _", words=WORDS, count=2)
    assert [one["word"] for one in made["candidates"]] == ["fish", "meat"] and made["size"] == len(WORDS)
    first = made["candidates"][0]
    assert first["difference"] == pytest.approx(first["log_a"] - first["log_b"])
    assert made["fine_print"]["verdict"] == "cannot tell" and made["recipe"]["settings"]["panel"] == "sentences"


def test_a_program_gets_each_wordings_value_the_band_and_the_verdict() -> None:
    made = api_template_fan(LINES.split("\n"), "nurse", "engineer", ["she"], ["he"], controls=PAIRS)
    assert [one["contrast"] for one in made["values"]] == pytest.approx([1.0] * 8, abs=1e-5)
    assert made["verdict"] == "consistent" and made["holds"] == 8 and len(made["controls"]) == 20
    assert made["band"] == pytest.approx([0, 0], abs=1e-5) and made["interval"] == pytest.approx([1, 1], abs=1e-4)


@pytest.mark.parametrize(
    "call",
    [
        lambda: api_compare_sentences("no blank", "dogs eat _"),
        lambda: api_compare_sentences("_ <b>", "_ <b>"),
        lambda: api_template_fan("{} said _", "nurse", "engineer", "she", "he"),
        lambda: api_template_fan(LINES, "nurse", "engineer", "she", "he", controls=[["a", "b"]]),
    ],
)
def test_a_program_gets_a_sentence_without_markup(call: Any) -> None:
    with pytest.raises(gr.Error) as told:
        call()
    assert "<" not in str(told.value) and str(told.value).strip("'\"").endswith(".")
