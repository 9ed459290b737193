"""The handlers of the Benchmarks panel: links and bad settings."""

from __future__ import annotations

from typing import Any

import pytest
from gradio.exceptions import Error

from playground.core.errors import PlaygroundError
from playground.core.recipe import from_query
from playground.panels.bias.benchmarks.api import api_crows_pairs
from playground.panels.bias.benchmarks.panel import on_benchmark, on_replay, on_restore, on_rule, on_run


def test_a_bad_setting_gets_a_sentence_and_nothing_is_read() -> None:
    with pytest.raises(PlaygroundError, match="There is no model"):
        next(on_run("crows_pairs", "no-such-model", "sum", "all", 5, "auto", ()))
    with pytest.raises(PlaygroundError, match=r"from 0 \(all\) to 1,508"):
        next(on_run("crows_pairs", "smollm2-135m-instruct", "sum", "all", -1, "auto", ()))


def test_a_link_restores_the_settings() -> None:
    query = "tab=bias&panel=benchmarks&benchmark=stereoset&rule=mean&category=gender&first=300&decoder=open"
    restored = on_restore(from_query(query))
    assert [restored[name] for name in ("benchmark", "first", "decoder")] == ["stereoset", 300, "open"]
    assert [restored[name].constructor_args["value"] for name in ("model", "rule", "category")] == [
        "smollm2-135m-instruct",
        "mean",
        "gender",
    ]
    assert "notice" not in restored


def test_a_bad_link_is_not_valid_and_measures_nothing() -> None:
    recipe = from_query("tab=bias&panel=benchmarks&rule=%3Cb%3E")
    with pytest.raises(PlaygroundError, match="rule must be one of"):
        on_restore(recipe)
    with pytest.raises(PlaygroundError, match="rule must be one of"):
        next(on_replay(recipe, ()))


def test_a_link_to_the_panel_alone_measures_nothing() -> None:
    recipe = from_query("tab=bias&panel=benchmarks")
    assert on_restore(recipe) == {} and list(on_replay(recipe, ())) == []


def test_another_rule_before_any_measurement_measures_nothing() -> None:
    assert list(on_rule("", "crows_pairs", "smollm2-135m-instruct", "mean", "all", 5, "auto", ())) == []


def test_bbq_offers_two_rules() -> None:
    update = on_benchmark("bbq", "shared")
    rule, category = update["rule"], update["category"]
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
def test_the_endpoint_answers_a_bad_setting_with_a_sentence(values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Error, match=sentence):
        next(api_crows_pairs(**values))
