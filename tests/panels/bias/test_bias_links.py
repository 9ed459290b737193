"""What every panel of the Bias tab owes to links: all its settings, a sentence for a bad one, and nothing measured."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr
import pytest

from playground.bias.session_log import CANNOT_TELL, Trial
from playground.core.recipe import Recipe, from_query
from playground.panels.bias import panels
from playground.panels.bias.rooms import ROOMS
from playground.ui.panel_protocol import Wired

#: For each panel a link that asks for something, and cannot be followed.
BAD = {
    "sentences": "a=no+blank&b=_",
    "wording": "a=x&b=x&templates=y",
    "associations": "test=11",
    "benchmarks": "rule=none",
    "generation": "templates=no+slot&groups=one",
    "prefix": "prefix=&a=x&b=y",
    "translation": "direction=up",
    "pictures": "part=audit&model=none",
}


@pytest.fixture(scope="module")
def wired() -> Iterator[dict[str, Wired]]:
    with gr.Blocks(analytics_enabled=False):
        shared = panels.Shared(gr.State(None), gr.State(()))
        with gr.Tabs():
            built = []
            for module in ROOMS:
                with gr.Tab(module.TITLE, id=module.NAME) as room:
                    built.append((module, module.build(), room))
        yield {module.NAME: module.wire(panel, room, shared) for module, panel, room in built}


def test_every_panel_is_tried() -> None:
    assert {module.NAME for module in ROOMS} == {*BAD}


@pytest.mark.parametrize("name", list(BAD))
def test_a_bad_link_fills_as_many_components_as_there_are_and_says_why(wired: dict[str, Wired], name: str) -> None:
    one, recipe = wired[name], from_query(f"tab=bias&panel={name}&{BAD[name]}")
    told = one.restores["fn"](recipe)
    assert len(told) == len(one.restores["outputs"])
    assert any(isinstance(part, dict) and "cannot be followed" in part.get("text", "") for part in told), told


@pytest.mark.parametrize("name", list(BAD))
def test_a_bad_link_or_none_measures_nothing(wired: dict[str, Wired], name: str) -> None:
    one, skip = wired[name], gr.skip()
    assert one.replays is not None and one.stops
    shared = {id(state): state for state in one.replays["inputs"] if isinstance(state, gr.State)}
    for recipe in (from_query(f"tab=bias&panel={name}&{BAD[name]}"), None):
        given = [_given(part, recipe, one.replays["inputs"], shared) for part in one.replays["inputs"]]
        filled = list(one.replays["fn"](*given))
        assert all(part == skip for row in filled for part in row), filled


def _given(part: Any, recipe: Recipe | None, inputs: list[Any], shared: dict[int, Any]) -> Any:
    if isinstance(part, gr.State):
        return () if part.value == () else recipe
    return getattr(part, "value", None)


def test_a_measurement_without_an_interval_says_why() -> None:
    recipe = Recipe("bias", "m", "", 0, {"panel": "x"})
    trial = Trial("x", "t", "f", CANNOT_TELL, 1, "sentence", "m", recipe, without="none: it is one sentence")
    rows = {row["name"]: row["text"] for row in panels.fine_print(trial, (trial,))["rows"]}
    assert rows["Interval"] == "none: it is one sentence" and "Chance" not in rows


def test_a_result_is_compared_only_with_what_the_link_asks() -> None:
    made = Recipe("bias", "m", "ab", 3, {"panel": "x", "share": 0.5, "all": True, "none": None}, "r")
    link = from_query(made.to_query())
    assert panels.compared(link, made, "all alike") == {"tone": "ok", "text": "Reproduced ✓ all alike."}
    other = Recipe("bias", "m", "cd", 3, made.settings, "another")
    assert "weights are others" in (panels.compared(link, other, "") or {})["text"]
    assert panels.compared(link, Recipe("bias", "m", "ab", 4, made.settings, "r"), "") is None
    assert panels.compared(None, made, "") is None
