"""Results of the Latent tab carry the settings that they came from."""

from __future__ import annotations

import json
from typing import Any

import gradio as gr
import pytest

from playground.panels.latent import tab
from playground.panels.latent.shared import build_shared
from playground.ui.panel_protocol import Panel, build_panels
from playground.ui.result_settings import ResultSettings, SeveralResults

COLUMN = {"model", "condition"}
#: Panel -> element id of a result -> the names of the settings that it comes from.
EXPECTED: dict[str, dict[str, set[str]]] = {
    "walk": {"walk-film": {*COLUMN, "steps", "endpoints", "frames", "method", "loop", "ease", "both_ways"}},
    "seed_plane": {"seed-plane": COLUMN},
    "map": {"map": {*COLUMN, "projection", "priors"}},
    "directions": {"directions": COLUMN, "directions-matrix": {*COLUMN, "strength"}},
    "arithmetic": {"arithmetic": {*COLUMN, "steps"}},
    "traversal": {name: COLUMN for name in ("traversal", "traversal-effect", "traversal-active")},
    "words": {
        "words-sum": {"kind", "plus", "minus", "count", "candidates"},
        "words-walk": {"kind", "stops", "steps", "method", "candidates"},
        "words-map": {"kind", "plus", "minus", "extra", "candidates"},
    },
}


@pytest.fixture(scope="module")
def panels() -> dict[str, Panel]:
    with gr.Blocks():
        shared = build_shared(gr.State([]), {"walk": ()})
        with gr.Tabs():
            return {panel.name: panel for panel in build_panels("latent", tab.PANELS, shared)}


def groups(panel: Panel) -> list[ResultSettings]:
    result = panel.result
    assert result is not None
    return list(result.groups) if isinstance(result, SeveralResults) else [result]


@pytest.mark.parametrize("name", EXPECTED)
def test_each_result_is_compared_with_the_settings_that_it_comes_from(panels: dict[str, Panel], name: str) -> None:
    found = {str(one.elem_id): set(group.settings) for group in groups(panels[name]) for one in group.results}
    assert found == EXPECTED[name]


def test_no_panel_is_left_out(panels: dict[str, Panel]) -> None:
    assert set(panels) == set(EXPECTED)


def test_each_event_that_fills_a_result_fills_what_it_came_from_too(panels: dict[str, Panel]) -> None:
    """Except events that add to a result of the same settings: the measure of smoothness."""
    page: Any = next(iter(panels.values())).components[0].notice.parent
    while not isinstance(page, gr.Blocks):
        page = page.parent
    for name, panel in panels.items():
        for group in groups(panel):
            ids = {result._id for result in group.results}
            filling = [fn for fn in page.fns.values() if ids & {output._id for output in fn.outputs}]
            without = [fn.name for fn in filling if group.carried._id not in {output._id for output in fn.outputs}]
            assert filling or panel.draw is not None
            assert set(without) <= {"on_smoothness"}, (name, without)


def test_a_sum_of_words_carries_its_own_settings_and_leaves_the_walks_alone(panels: dict[str, Panel]) -> None:
    of_parts = panels["words"].result
    assert isinstance(of_parts, SeveralResults)
    words, _ = panels["words"].components, None
    event = of_parts.carry(
        {"fn": lambda: ["sum", gr.skip(), gr.skip()], "inputs": [], "outputs": [words.sum, words.walk, words.map]}
    )
    sizes = [len(group.settings) for group in of_parts.groups]
    values = event["fn"](*(f"value {number}" for number in range(sum(sizes))))
    carried = values[3:]
    assert json.loads(carried[0]) == {name: f"value {at}" for at, name in enumerate(of_parts.groups[0].settings)}
    assert carried[1:] == [gr.skip(), gr.skip()]
