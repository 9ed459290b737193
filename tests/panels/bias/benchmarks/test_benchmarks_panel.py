"""The panel Benchmarks' handlers: what a link or a wrong setting leads to."""

from __future__ import annotations

from typing import Any

import pytest
from gradio.exceptions import Error

from playground.core.recipe import from_query
from playground.panels.bias.benchmarks.api import api_crows_pairs
from playground.panels.bias.benchmarks.panel import on_benchmark, on_replay, on_restore, on_run


def notice_of(shown: Any) -> str:
    return str(shown[5]["text"])


def test_a_wrong_setting_is_told_and_nothing_is_read() -> None:
    (shown,) = on_run("crows_pairs", "no-such-model", "sum", "all", 5, "auto", (), None)
    assert "There is no model" in notice_of(shown)
    (shown,) = on_run("crows_pairs", "smollm2-135m-instruct", "sum", "all", -1, "auto", (), None)
    assert "from 0 (all) to 1,508" in notice_of(shown)


def test_a_link_restores_the_settings() -> None:
    query = "tab=bias&panel=benchmarks&benchmark=stereoset&rule=mean&category=gender&first=300&decoder=open"
    benchmark, model, rule, category, first, decoder, note = on_restore(from_query(query))
    assert (benchmark, first, decoder) == ("stereoset", 300, "open")
    assert [one.constructor_args["value"] for one in (model, rule, category)] == [
        "smollm2-135m-instruct",
        "mean",
        "gender",
    ]
    assert "text" not in note


def test_a_bad_link_is_told_once_and_measures_nothing() -> None:
    recipe = from_query("tab=bias&panel=benchmarks&rule=%3Cb%3E")
    assert "This link cannot be followed. rule must be one of" in on_restore(recipe)[-1]["text"]
    assert list(on_replay((), recipe)) == []


def test_a_link_to_the_panel_alone_measures_nothing() -> None:
    recipe = from_query("tab=bias&panel=benchmarks")
    assert not any("value" in part or "text" in part for part in on_restore(recipe))
    assert list(on_replay((), recipe)) == []


def test_bbq_offers_two_rules() -> None:
    rule, category = on_benchmark("bbq", "shared")
    assert rule.value == "sum" and [name for name, _ in rule.choices] == ["sum", "mean"]
    assert category.value == "all"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"rule": "max"}, "rule must be one of"),
        ({"category": "<b>"}, "category must be one of"),
        ({"model": "<script>"}, "There is no model"),
        ({"limit": -1}, r"limit \(first N\) must be a whole number"),
    ],
)
def test_a_programs_mistake_gets_a_sentence(values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Error, match=sentence):
        next(api_crows_pairs(**values))
