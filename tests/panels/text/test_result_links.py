"""Links and files of Compare, Score, Beam search and Many endings: opened again, they give the same result."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import gradio as gr
import pytest

from playground.core.recipe import Recipe, from_json, from_query
from playground.language.sampling import SamplerSettings
from playground.panels.text import result_links
from playground.panels.text.beam_search.panel import on_search
from playground.panels.text.compare.panel import on_compare
from playground.panels.text.controls import TextShared, build_controls
from playground.panels.text.endings.panel import on_write
from playground.panels.text.score.panel import on_score
from playground.panels.text.tab import NAME, PANELS
from playground.ui.events import Update
from playground.ui.panel_protocol import Panel, build_panels


@pytest.fixture(scope="module")
def panels() -> dict[str, Panel]:
    with gr.Blocks():
        shared = TextShared(build_controls()[0], gr.HTML())
        with gr.Tabs():
            return {panel.name: panel for panel in build_panels(NAME, PANELS, shared)}


@pytest.fixture
def controls(llama: str) -> dict[str, Any]:
    settings = {"mode": "completion", "prompt": "Once upon a time", "system": "", "model": llama, "decoder": "auto"}
    return {**settings, **vars(SamplerSettings()), "max_new_tokens": 5, "seed": 1, "stop": ""}


def last_of(updates: Iterator[Update]) -> dict[str, Any]:
    filled: dict[str, Any] = {}
    for update in updates:
        filled |= update
    return filled


def settings_of_b(model: str) -> dict[str, Any]:
    return {"model": model, "decoder": "auto", **vars(SamplerSettings(temperature=1.5, top_k=7, dry_multiplier=0.8))}


RUNS: dict[str, Callable[[dict[str, Any]], Iterator[Update]]] = {
    "compare": lambda controls: on_compare(controls, settings_of_b(controls["model"])),
    "score": lambda controls: on_score("Once upon a time there was a sea.", "rank", controls),
    "beam_search": lambda controls: on_search(3, 4, 0.5, controls),
    "endings": lambda controls: on_write(3, controls),
}


@pytest.mark.parametrize("name", RUNS)
def test_a_result_has_a_link_and_a_file_that_give_it_again(
    panels: dict[str, Panel], controls: dict[str, Any], name: str
) -> None:
    first, *_ = updates = list(RUNS[name](controls))
    result = last_of(updates)
    recipe = from_query(result["query"])
    assert recipe.settings["panel"] == name and len(recipe.result) == 32 and not recipe.runs
    running = from_query(first["query"])
    own = recipe.settings.keys() - {"decoder"}
    assert running.runs and [running.settings[each] for each in own] == [recipe.settings[each] for each in own]
    file = json.loads(result["file"])
    in_file = from_json(json.loads(file["text"]))
    assert file["name"] == f"{name}.json" and in_file.result == recipe.result
    replay = panels[name].replay
    assert replay is not None
    for one in (recipe, in_file):
        again = last_of(replay(one))
        assert again["notice"]["text"].startswith("Reproduced"), again["notice"]
        assert again["query"] == result["query"]
    other: Recipe = replace(recipe, result="0" * 32)
    assert last_of(replay(other))["notice"]["text"].startswith("Differs")
    assert list(replay(replace(recipe, result=""))) == [last_of(replay(replace(recipe, result="")))]


def test_a_link_restores_every_setting_of_its_panel(panels: dict[str, Panel], controls: dict[str, Any]) -> None:
    recipe = from_query(last_of(RUNS["compare"](controls))["query"])
    of_b = {name: value for name, value in recipe.settings.items() if name.startswith("b_")}
    assert of_b == {
        "b_model": controls["model"], "b_decoder": "auto", "b_temperature": "1.5", "b_top_k": "7",
        "b_dry_multiplier": "0.8",
    }  # fmt: skip
    assert result_links.controls_of(recipe)["max_new_tokens"] == 5
