"""The grid as one picture and in words; and which panel a recipe belongs to."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, from_file
from playground.images.grid import Grid, parse_grid_request
from playground.images.image_request import parse_image_request
from playground.images.sampling import ImageBatch
from playground.panels.images.grid.matrix import grid_png, matrix, words
from playground.panels.images.routing import belongs_to, panel_of


def grid(model: str = "gan-avatars", side: int = 16, channels: int = 3, missing: int = 0) -> Grid:
    """Two rows and three columns of flat pictures, the last ones missing. Nothing is drawn by a model."""
    request = parse_grid_request(parse_image_request(model, {}), "truncation", "0, 1", "seed", f"7, 8, {2**62}")
    sheets = [
        ImageBatch(
            one, "gan", "", np.full((1, side, side, channels), 40 * at, np.uint8), np.zeros((1, 1)), None, 1, 1, 0.1
        )
        for at, one in enumerate(request.cells())
    ]
    made = [*sheets[: 6 - missing], *[None] * missing]
    return Grid(request, tuple(made), reused=2, seconds=0.25)


@pytest.mark.parametrize(
    ("model", "side", "channels"), [("gan-avatars", 16, 3), ("gan-fashion", 28, 1), ("gan-eyes", 128, 3)]
)
def test_a_grids_picture_shows_every_cell_enlarged_without_blur_and_holds_its_recipe(
    model: str, side: int, channels: int
) -> None:
    made = grid(model, side, channels, missing=1)
    content = grid_png(made)
    recipe = from_file(content)
    assert recipe == made.recipe() and recipe.settings["panel"] == "grid"
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


def test_the_table_names_every_cell_and_says_which_are_there() -> None:
    value = matrix(grid(missing=2), "run")
    assert value["cells"] == [0, 1, 2, 3, -1, -1] and not value["done"]
    assert value["names"][4] == "truncation 1, seed 8"
    assert value["rows"] == {"name": "truncation", "headings": ["0", "1"]}
    assert value["columns"]["headings"][2] == str(2**62)


def test_words_tell_how_many_cells_were_here_already() -> None:
    made = grid()
    assert words(made) == "2 of 6 cells were here already; 4 drawn in 250 ms."
    assert words(replace(made, reused=0)) == "6 cells drawn in 250 ms."
    assert words(replace(made, reused=6)) == "All 6 cells were here already: nothing had to be drawn."
    assert words(replace(grid(missing=3), step=2, steps=9)) == "Drawing cell 4 of 6, step 2 of 9. 2 were here already."


def test_a_recipe_belongs_to_one_panel() -> None:
    plain = Recipe("images", "gan-avatars", "", 0)
    assert panel_of(plain) == "draw" and panel_of(grid().recipe()) == "grid"
    assert belongs_to(plain, "draw") and not belongs_to(plain, "grid") and not belongs_to(None, "draw")
    with pytest.raises(PlaygroundError, match="There is no panel 'cellar' of the Images tab: there are draw, grid"):
        panel_of(replace(plain, settings={"panel": "cellar"}))
