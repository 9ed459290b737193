"""The template sweep panel by its handlers: what is drawn when, links, bad input, and what a program gets."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import replace
from typing import Any

import gradio as gr
import pytest
from planted_preference import planted_model

from playground.bias import template_sweep as capability
from playground.bias.template_sweep_request import read_template_sweep
from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import from_query
from playground.panels.bias.presets import TEMPLATE_SWEEPS
from playground.panels.bias.session_log.panel import on_log
from playground.panels.bias.template_sweep import panel as template_sweep
from playground.panels.bias.template_sweep.api import api_template_fan

LINES = "\n".join(f"{filler} {{}} said _" for filler in ("so", "then", "now", "later", "well", "thus", "and", "but"))
PAIRS = [[f"left{number}", f"right{number}"] for number in range(20)]


@pytest.fixture(autouse=True)
def planted(monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["nurse", "engineer", "she", "he", "said", "so", "then", *sum(PAIRS, [])]
    monkeypatch.setattr(capability, "load", lambda name: planted_model(words, {("nurse", "she"): 1.0}))


def run(**other: Any) -> list[dict[str, Any]]:
    settings = {
        "a": "nurse", "b": "engineer", "words_1": "she", "words_2": "he", "templates": LINES,
        "controls": "\n".join(" / ".join(pair) for pair in PAIRS), "model": "smollm2-135m-instruct",
    }  # fmt: skip
    return [dict(update) for update in template_sweep.on_run(**{**settings, **other}, log=())]


def test_templates_are_drawn_one_by_one_and_judged_at_the_end() -> None:
    updates = run()
    drawn = [len(update["templates_chart"]["rows"]) for update in updates if update.get("templates_chart")]
    assert drawn == [1, 2, 3, 4, 5, 6, 7, 9, 9]
    end = updates[-1]
    chart, controls, fine = end["templates_chart"], end["controls_chart"], end["fine_print"]
    assert chart["title"] == "Holds in 8 of 8 wordings: consistent" and chart["band"] == pytest.approx([0, 0], abs=1e-5)
    assert chart["rows"][0]["text"] == "2.72 × she" and chart["rows"][-1]["group"] == "mean"
    assert len(controls["rows"]) == 21 and fine["verdict"] == "consistent" and len(end["log"]) == 1
    assert json.dumps([chart, fine, controls]) and end["notice"]["tone"] == "ok"


def test_later_tests_correct_the_verdict_of_a_result_that_is_still_shown() -> None:
    end = run()[-1]
    fine, chart = end["fine_print"], end["templates_chart"]
    (first,) = end["log"]
    others = [replace(first, p=0.9, recipe=replace(first.recipe, seed=seed)) for seed in (1, 2)]
    log = (replace(first, p=0.02), *others)
    now = json.loads(on_log(log)["corrections"])
    assert fine["verdict"] == "consistent" and fine["id"] == chart["id"]
    after = now["results"][fine["id"]]
    assert after["verdict"] == "cannot tell" and after["adjusted_p"] == pytest.approx(0.06)
    assert after["chance"] == say("bias.p_corrected", p="= 0.020", adjusted="= 0.060")
    assert chart["titles"]["cannot tell"] == "Holds in 8 of 8 wordings: cannot tell"
    assert now["session"].startswith("3 comparisons") and len(now["results"]) == 3
    assert [row.get("kind") for row in fine["rows"]].count("chance") == 1


def test_a_link_restores_the_settings_and_is_reproduced() -> None:
    end = run()[-1]
    recipe = from_query(end["query"])
    assert recipe.settings["panel"] == "template_sweep"
    restored = template_sweep.on_restore(recipe)
    names = ("a", "b", "words_1", "words_2", "templates", "family")
    assert [restored[name] for name in names] == ["nurse", "engineer", "she", "he", LINES, template_sweep.OWN]
    (again,) = deque(template_sweep.on_replay(recipe, end["log"]), maxlen=1)
    assert again["notice"] == {"tone": "ok", "text": "Reproduced ✓ the mean is the same."} and len(again["log"]) == 1


def test_a_link_to_the_panel_alone_measures_nothing() -> None:
    recipe = from_query("tab=bias&panel=template_sweep")
    assert template_sweep.on_restore(recipe) == {} and list(template_sweep.on_replay(recipe, ())) == []


@pytest.mark.parametrize(
    "wrong", [{"templates": ""}, {"templates": "{} said _\n" * 5000}, {"a": ""}, {"a": "engineer"}, {"controls": "x"}]
)
def test_bad_settings_get_a_sentence_and_change_nothing(wrong: dict[str, str]) -> None:
    updates: list[Any] = []
    with pytest.raises(PlaygroundError, match=r"[.]$"):
        updates += run(**wrong)
    assert updates == []


def test_the_presets_are_all_valid() -> None:
    for one in TEMPLATE_SWEEPS:
        assert one.title
        request = read_template_sweep(vars(one))
        assert len(request.templates) >= 8 and len(request.controls) >= 20


def test_a_family_fills_the_pairs_and_the_pairs_name_their_family() -> None:
    lines = template_sweep.on_family("names")["controls"]
    assert template_sweep.on_controls(lines) == {"family": "names"}
    assert template_sweep.on_controls(lines + "\nred / blue") == {"family": template_sweep.OWN}
    assert template_sweep.on_family(template_sweep.OWN) == {}


def test_the_endpoint_returns_each_templates_value_the_band_and_the_verdict() -> None:
    result = api_template_fan(LINES.split("\n"), "nurse", "engineer", ["she"], ["he"], controls=PAIRS)
    assert [one["contrast"] for one in result["values"]] == pytest.approx([1.0] * 8, abs=1e-5)
    assert result["verdict"] == "consistent" and result["holds"] == 8 and len(result["controls"]) == 20
    assert result["band"] == pytest.approx([0, 0], abs=1e-5) and result["interval"] == pytest.approx([1, 1], abs=1e-4)


@pytest.mark.parametrize(
    "call",
    [
        lambda: api_template_fan("{} said _", "nurse", "engineer", "she", "he"),
        lambda: api_template_fan(LINES, "nurse", "engineer", "she", "he", controls=[["a", "b"]]),
    ],
)
def test_the_endpoints_errors_have_no_markup(call: Any) -> None:
    with pytest.raises(gr.Error) as error:
        call()
    assert "<" not in str(error.value) and str(error.value).strip("'\"").endswith(".")
