"""Links of the Text tab: present and former forms, valid and invalid."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pytest

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, from_query
from playground.language.text_request import DEFAULT_MODEL, DEFAULT_PROMPT
from playground.panels.text.controls import TextShared, build_controls, link_script, restore_settings
from playground.panels.text.generate import panel as generate
from playground.panels.text.tab import FORMER_KEYS, FORMER_SIGN, NAME, PANELS
from playground.ui.panel_links import open_link, panel_names, read_panel
from playground.ui.panel_protocol import PanelTab, build_panels
from playground.ui.panel_restoration import restored_update

NAMES = panel_names(PANELS)


@pytest.fixture(scope="module")
def tab() -> PanelTab:
    with gr.Blocks(), gr.Tabs() as tabs, gr.Tab("Text"):
        return PanelTab(NAME, tabs, gr.HTML(), gr.Textbox(), former_keys=FORMER_KEYS, former_sign=FORMER_SIGN)


@pytest.fixture(scope="module")
def panels() -> list[Any]:
    with gr.Blocks():
        shared = TextShared(build_controls()[0], gr.HTML())
        with gr.Tabs():
            return build_panels(NAME, PANELS, shared)


def panel_of(query: str) -> str:
    return str(read_panel(from_query(query), NAMES, former_keys=FORMER_KEYS).settings["panel"])


def restore(panels: list[Any], query: str) -> tuple[Any, bool]:
    recipe = read_panel(from_query(query), NAMES, former_keys=FORMER_KEYS)
    (panel,) = (panel for panel in panels if panel.name == recipe.settings["panel"])
    return restored_update(panel, recipe)


def test_present_and_former_links_name_their_panel() -> None:
    assert panel_of("tab=text&prompt=a") == "generate"
    for query in ("panel=beam_search", "panel=beam", "view=beam", "view=beam_search"):
        assert panel_of(f"tab=text&prompt=a&{query}") == "beam_search"
    assert panel_of("tab=text&prompt=a&view=generate") == "generate"
    assert panel_of("tab=text&prompt=a&view=score") == "score"
    with pytest.raises(PlaygroundError, match="one of generate, chat, endings, compare, score, .*; it was 'attic'"):
        panel_of("tab=text&prompt=a&view=attic")


def test_a_link_without_a_tab_opens_this_tab_if_it_has_a_prompt(tab: PanelTab) -> None:
    assert open_link({"prompt": "a"}, tab, NAMES)["front"] == "generate"
    assert open_link({"prompt": "a", "view": "compare"}, tab, NAMES)["front"] == "compare"
    for other in ({}, {"seed": "3"}, {"tab": "images", "prompt": "a"}, {"tab": "text"}):
        assert open_link(other, tab, NAMES) == {}


def test_a_link_of_any_panel_restores_the_settings_of_all(panels: list[Any]) -> None:
    query = "tab=text&prompt=a&temperature=1.3&view=score&score_text=A+tail&beams=6&b_top_k=7&mode=chat&system=Be+brief"
    update, valid = restore(panels, query)
    assert valid and update["controls"]["temperature"] == 1.3
    assert update["controls"]["system"].value == "Be brief" and update["controls"]["system"].visible
    assert {name: change["value"] for name, change in update["linked"].items()} == {
        "score_text": "A tail", "beams": 6, "b_top_k": 7,
    }  # fmt: skip
    assert "panel=score" in update["query"] and "view=" not in update["query"] and update["about"]["rows"]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("temperature=hot", "Temperature must be between"),
        ("model=nobody", "There is no model"),
        ("beams=99", "Beams must be between"),
        ("b_decoder=slow", "b_decoder must be one of"),
        ("view=compare&b_model=nobody", "b_model must be one of"),
    ],
)
def test_an_invalid_setting_is_a_notice_that_names_it(panels: list[Any], query: str, sentence: str) -> None:
    update, valid = restore(panels, f"tab=text&prompt=a&{query}")
    assert not valid and list(update) == ["notice"]
    assert update["notice"]["text"].startswith("This link cannot be followed.") and sentence in update["notice"]["text"]


def test_a_link_without_a_prompt_restores_the_example_prompt(panels: list[Any]) -> None:
    update, valid = restore(panels, "tab=text&temperature=1.3")
    assert valid and update["controls"]["prompt"]["value"] == DEFAULT_PROMPT


def test_an_invalid_seed_or_an_empty_prompt_is_a_notice(tab: PanelTab, panels: list[Any]) -> None:
    assert "seed must be a whole number" in open_link({"prompt": "a", "seed": "x"}, tab, NAMES)["notice"]["text"]
    assert "prompt is empty" in restore(panels, "tab=text&prompt=")[0]["notice"]["text"]


def test_a_link_without_a_result_replays_nothing() -> None:
    recipe = Recipe("text", DEFAULT_MODEL, "", 0, {"prompt": "a", "panel": "generate"})
    assert "no result" in generate.restore(recipe, {})["notice"]["text"]
    assert list(generate.on_replay(recipe, "")) == []


def test_settings_missing_in_a_link_do_not_change() -> None:
    with gr.Blocks():
        linked = {"beams": gr.Slider(2, 8, value=4, label="Beams")}
    recipe = Recipe("text", DEFAULT_MODEL, "", 0, {"prompt": "a"})
    assert restore_settings(recipe, linked)["linked"] == {}


def test_each_panels_link_holds_all_settings_and_its_name() -> None:
    with gr.Blocks():
        linked = {"beams": gr.Slider(2, 8, value=4, label="Beams")}
    script = link_script(["", "compare"], linked)
    assert '[{"tab": "text"}, {"tab": "text", "panel": "compare"}]' in script
    assert '"beams": 4' in script and '"stop", "beams"]' in script
