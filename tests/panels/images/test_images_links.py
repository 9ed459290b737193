"""Links and files of the Images tab: which panel each opens, what it restores, how bad ones explain themselves."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl

import pytest

from playground.core.recipe import from_query
from playground.images.image_request import ImageRequest, image_recipe
from playground.panels.images import tab
from playground.panels.images.comparison import panel as comparison
from playground.panels.images.controls import MAX_ATTRIBUTES, controls_update, request_from_controls
from playground.panels.images.dataset import panel as dataset
from playground.panels.images.denoising import panel as denoising
from playground.panels.images.draw import panel as draw
from playground.panels.images.grid import panel as grid
from playground.panels.images.inversion import panel as inversion
from playground.panels.images.shared import restore_controls
from playground.ui.panel_links import open_file, open_link, panel_names
from playground.ui.panel_protocol import PanelTab
from playground.ui.panel_restoration import restored_update

NAMES = panel_names(tab.PANELS)
NOTHING: Any = None
TAB = PanelTab(tab.NAME, NOTHING, NOTHING, NOTHING)


def parameters(query: str) -> dict[str, str]:
    return dict(parse_qsl(query, keep_blank_values=True))


DENOISING = SimpleNamespace(NAME=denoising.NAME, restore=restore_controls)


def error(module: Any, query: str) -> str:
    """The sentence for a link that the panel cannot restore."""
    update, valid = restored_update(module, from_query(parameters(query)))
    assert not valid and set(update) == {"notice"} and update["notice"]["tone"] == "error"
    return str(update["notice"]["text"])


@pytest.mark.parametrize(
    ("query", "panel"),
    [
        ("tab=images&model=gan-avatars&count=2", "draw"),
        ("tab=images&model=gan-avatars&panel=draw", "draw"),
        ("tab=images&model=gan-avatars&panel=", "draw"),
        ("tab=images&panel=steps", "denoising"),
        ("tab=images&panel=grid&model=gan-avatars&rows=seed&row_values=1&columns=truncation&column_values=0", "grid"),
        ("tab=images&panel=mine", "inversion"),
        ("tab=images&panel=words&model=a/b&prompt=x", "text_to_image"),
        ("tab=images&panel=better", "comparison"),
        ("tab=images&panel=data", "dataset"),
    ],
)
def test_an_old_link_opens_its_panel(query: str, panel: str) -> None:
    update = open_link(parameters(query), TAB, NAMES)
    assert update["front"] == panel
    if dict(parse_qsl(query)).get("panel"):
        assert update["tabs"].selected == panel
    else:
        assert "tabs" not in update, "whoever has turned to another panel before the link was read stays there"
    assert update["pending"].settings["panel"] == panel


def test_every_panel_opens_by_its_name_which_is_its_folders() -> None:
    for module in tab.PANELS:
        assert module.__name__ == f"playground.panels.images.{module.NAME}.panel"
        assert open_link({"tab": "images", "panel": module.NAME}, TAB, NAMES)["front"] == module.NAME


def test_a_link_to_an_unknown_panel_or_another_tab_opens_nothing() -> None:
    update = open_link(parameters("tab=images&model=gan-avatars&panel=cellar"), TAB, NAMES)
    assert set(update) == {"notice"}
    assert "There is no panel 'cellar' here. There are: Draw, " in update["notice"]["text"]
    assert open_link(parameters("tab=latent&panel=walk"), TAB, NAMES) == {} == open_link({"tab": "images"}, TAB, NAMES)


@pytest.mark.parametrize(
    ("module", "query", "sentence"),
    [
        (draw, "model=gan-avatars&count=999", "This link cannot be followed. Pictures (count) must be a whole number"),
        (draw, "model=gan-avatars&count=999", "from 1 to 64"),
        (draw, "model=gan-avatars&condition=%3Cscript%3E", "is not a condition of gan-avatars"),
        (draw, "model=nobody", "There is no picture model"),
        (grid, "model=gan-avatars&rows=tail&row_values=1&columns=seed&column_values=1", "Rows cannot be 'tail'"),
        (DENOISING, "model=diffusion-avatars&steps=0", "Steps must be a whole number"),
        (comparison, "dataset=cats", "dataset must be one of avatars, fashion"),
        (dataset, "dataset=avatars&attribute=tail", "attribute must be one of"),
        (dataset, "dataset=avatars&page=none", "The page must be a whole number"),
    ],
)
def test_a_bad_link_explains_itself_and_restores_nothing(module: Any, query: str, sentence: str) -> None:
    assert sentence in error(module, f"tab=images&panel={module.NAME}&{query}")


def test_a_link_sets_every_control() -> None:
    request = ImageRequest("vae-avatars", 3, 5, {"skin": "tan", "hat": "none"}, temperature=0.5, prior="mixture")
    recipe = from_query(image_recipe(request, "vae", "", None).to_query())
    update = draw.restore(recipe)
    assert update["count"] == 3 and update["seed"] == 5 and update["settings"]["prior"] == "mixture"
    assert len(update["attributes"]) == MAX_ATTRIBUTES
    values = [dropdown.value for dropdown in update["attributes"]]
    again = request_from_controls(update["model"].value, update["count"], update["seed"], values, update["settings"])
    assert again == request


def test_an_attribute_value_that_the_model_lacks_is_ignored() -> None:
    settings = controls_update(ImageRequest("gan-fashion"))["settings"]
    assert request_from_controls("gan-fashion", 1, 0, ["none", "coat"], settings).condition == {}


def test_a_link_that_names_no_model_leaves_the_controls_alone() -> None:
    for module in (denoising, inversion):
        assert restore_controls(from_query(f"tab=images&panel={module.NAME}")) == {}
        assert restore_controls(from_query(f"tab=images&panel={module.NAME}&model=gan-avatars"))["seed"] == 0


def test_the_link_of_a_data_sets_page_restores_its_filters() -> None:
    values = ["avatars", "hat", "none", "held out", 1]
    query = dataset.on_browse(*values)["query"]
    restored = dataset.restore(from_query(query))
    assert [getattr(restored[name], "value", restored[name]) for name in dataset.FILTERS] == values


def test_the_link_of_a_comparison_restores_its_data_and_its_seed() -> None:
    restored = comparison.restore(from_query(comparison.comparison_query("fashion", 7)))
    assert restored == {"dataset": "fashion", "sample_seed": 7}


def test_a_file_opens_in_its_panel_and_another_tabs_file_explains_itself(tmp_path: Path) -> None:
    file = tmp_path / "recipe.json"
    recipe = image_recipe(ImageRequest("gan-avatars", 2), "gan", "", None)
    file.write_text(json.dumps(recipe.to_json()))
    assert open_file(str(file), TAB, NAMES)["front"] == "draw"
    file.write_text(json.dumps(recipe.to_json() | {"settings": {"panel": "words"}}))
    assert open_file(str(file), TAB, NAMES)["front"] == "text_to_image"
    file.write_text(json.dumps(recipe.to_json() | {"tab": "text"}))
    said = open_file(str(file), TAB, NAMES)["notice"]
    assert "another tab, 'text'" in said["text"] and from_query(said["links"][0]["query"]).tab == "text"
