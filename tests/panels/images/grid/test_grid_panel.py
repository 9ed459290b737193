"""The Grid panel: its PNG, its table and notice; its recipe restored and verified."""

from __future__ import annotations

import io
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from playground.core.recipe import from_file
from playground.images.grid import Grid, parse_grid_request
from playground.images.image_request import parse_image_request
from playground.images.inspection import Inspection
from playground.images.model_menu import image_model_facts
from playground.images.sampling import ImageBatch
from playground.panels.images.grid.export import grid_png
from playground.panels.images.grid.panel import cell_card_value, cell_position, on_pick, restore, verify_grid
from playground.panels.images.grid.view import grid_value, progress_sentence


def grid(model: str = "gan-avatars", side: int = 16, channels: int = 3, missing: int = 0) -> Grid:
    """Two rows and three columns of flat pictures, the last ones missing. Nothing is drawn by a model."""
    request = parse_grid_request(parse_image_request(model, {}), "truncation", "0, 1", "seed", f"7, 8, {2**62}")
    condition = np.zeros((1, len(image_model_facts(model).attributes)), np.int64)
    batches = [
        ImageBatch(one, "gan", "", np.full((1, side, side, channels), 40 * at, np.uint8), condition, None, 1, 1, 0.1)
        for at, one in enumerate(request.cell_requests())
    ]
    cells = [*batches[: 6 - missing], *[None] * missing]
    return Grid(request, tuple(cells), cached=2, seconds=0.25)


@pytest.mark.parametrize(
    ("model", "side", "channels"), [("gan-avatars", 16, 3), ("gan-fashion", 28, 1), ("gan-eyes", 128, 3)]
)
def test_a_grids_png_shows_every_cell_enlarged_without_blur_and_contains_its_recipe(
    model: str, side: int, channels: int
) -> None:
    result = grid(model, side, channels, missing=1)
    content = grid_png(result)
    recipe = from_file(content)
    assert recipe == result.recipe() and recipe.settings["panel"] == "grid"
    with Image.open(io.BytesIO(content)) as image:
        pixels = np.asarray(image)
    cell = max(1, 112 // side) * side
    left, top = pixels.shape[1] - 3 * (cell + 8), pixels.shape[0] - 2 * (cell + 8)
    assert left > 40 and top > 18, "there is room for headings"
    for place in range(5):
        y, x = top + place // 3 * (cell + 8), left + place % 3 * (cell + 8)
        assert (pixels[y : y + cell, x : x + cell] == 40 * place).all()
    assert (pixels[-9 - cell : -8, -9 - cell : -8] >= 0xE0).all(), "a cell that is not drawn is a light square"
    assert (pixels[:top].min(axis=2) < 128).any() and (pixels[top:, :left].min(axis=2) < 128).any(), "headings"


def test_the_table_names_every_cell_and_marks_missing_ones() -> None:
    value = grid_value(grid(missing=2), "run")
    assert value["cells"] == [0, 1, 2, 3, -1, -1] and not value["done"]
    assert value["names"][4] == "truncation 1, seed 8"
    assert value["rows"] == {"name": "truncation", "headings": ["0", "1"]}
    assert value["columns"]["headings"][2] == str(2**62)


def test_the_notice_counts_drawn_and_cached_cells() -> None:
    result = grid()
    assert progress_sentence(result) == "Already drawn: 2 of 6 cells; 4 drawn in 250 ms."
    assert progress_sentence(replace(result, cached=0)) == "6 cells drawn in 250 ms."
    assert progress_sentence(replace(result, cached=6)) == "All 6 cells were already drawn."
    assert (
        progress_sentence(replace(grid(missing=3), step=2, steps=9))
        == "Drawing cell 4 of 6, step 2 of 9. Already drawn: 2."
    )


def test_a_recipe_sets_the_axes_and_the_controls() -> None:
    update = restore(replace(grid().recipe(), settings={**grid().recipe().settings, "row_values": "0-1"}))
    assert update["axes"]["rows"].value == "truncation" and update["axes"]["row_values"].value == "0, 1"
    assert update["axes"]["column_values"].value == f"7, 8, {2**62}" and update["model"].value == "gan-avatars"


def test_a_grid_is_reproduced_or_differs_however_its_values_are_written() -> None:
    result = grid()
    recipe = replace(result.recipe(), settings={**result.recipe().settings, "row_values": "0, 1.0"})
    same = verify_grid(recipe, result)
    assert same is not None and same.reproduced
    changed = replace(result, cells=(result.cells[1], *result.cells[1:]))
    other = verify_grid(recipe, changed)
    assert other is not None and other.difference == "1 of 6 cells: another processor may round differently"
    assert verify_grid(replace(recipe, result=""), result) is None


def test_a_cell_that_is_drawn_can_be_chosen_and_its_card_names_its_row_and_column() -> None:
    result = grid(missing=1)
    assert on_pick(result, SimpleNamespace(_data={"index": 5})) == {}
    stored = on_pick(None, SimpleNamespace(_data={"index": 0}))
    assert stored.keys() == {"notice"} and "press Draw grid first" in stored["notice"]["text"]
    update = on_pick(result, SimpleNamespace(_data={"index": 4}))
    assert update["position"] == cell_position(result, 4) == (("truncation", "1"), ("seed", "8"))
    assert result.cells[4] is not None
    card = cell_card_value(update["position"], result.cells[4], Inspection())
    assert card["title"] == "Truncation 1, seed 8" and card["rows"][0] == {"name": "Truncation", "text": "1"}
    assert [name for name, _ in card["actions"]] == ["png", "open"]
