"""A grid: one picture for each pair of values of two settings, equal to what sample_images draws for them.

Cells are drawn one by one, because a batch rounds differently in the last bit: a cell would differ from the same
picture drawn alone. grid_cache.py keeps finished cells.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, Setting
from playground.images import grid_cache
from playground.images.grid_axes import GridAxis, check_axes, parse_axis, with_axis_value
from playground.images.image_request import ImageRequest, fingerprints, format_condition, image_request_from
from playground.images.model_menu import image_model_facts, model_names
from playground.images.sampling import ImageBatch, sample_images
from playground.images.settings import FAMILY_SETTINGS

#: The setting "panel" in the recipe of a grid.
PANEL = "grid"
#: Limit on the diffusion steps of one grid, because other visitors wait for the model meanwhile.
MAX_GRID_STEPS = 10_000


@dataclass(frozen=True)
class GridRequest:
    """Settings of a grid. base: all settings that are not on an axis; its count is ignored."""

    base: ImageRequest
    rows: GridAxis
    columns: GridAxis

    @property
    def count(self) -> int:
        """Number of cells, rows times columns."""
        return len(self.rows.values) * len(self.columns.values)

    def cell_requests(self) -> list[ImageRequest]:
        """The request of each cell, row by row."""
        attributes = image_model_facts(self.base.model).attributes
        one = self.base.changed(count=1)
        return [
            with_axis_value(with_axis_value(one, self.rows, row, attributes), self.columns, column, attributes)
            for row in range(len(self.rows.values))
            for column in range(len(self.columns.values))
        ]

    def recipe(self, pictures: NDArray[np.uint8] | None = None) -> Recipe:
        """The recipe of the grid. pictures: (N, H, W, C) uint8, of all cells, for the fingerprint."""
        models = list(dict.fromkeys(one.model for one in self.cell_requests()))
        facts = [image_model_facts(name) for name in models]
        settings: dict[str, Setting] = {"panel": PANEL}
        for side, axis in (("rows", self.rows), ("columns", self.columns)):
            settings |= {side: axis.setting, f"{side[:-1]}_values": ", ".join(axis.headings())}
        settings["condition"] = format_condition(self.base.condition)
        settings |= {name: getattr(self.base, name) for one in facts for name in FAMILY_SETTINGS[one.kind]}
        shas = [one.weights_sha256 for one in facts]
        weights = shas[0] if len(shas) == 1 else hashlib.sha256(" ".join(shas).encode()).hexdigest()
        result = "" if pictures is None else fingerprints(pictures)
        return Recipe("images", self.base.model, weights, self.base.seed, settings, result)


def parse_grid_request(
    base: ImageRequest, rows: object, row_values: object, columns: object, column_values: object
) -> GridRequest:
    """A valid request from a visitor's values. Raises a PlaygroundError that names the wrong value and valid ones."""
    facts = image_model_facts(base.model)
    request = GridRequest(
        base, parse_axis(facts, rows, row_values, "rows"), parse_axis(facts, columns, column_values, "columns")
    )
    check_axes(request.rows, request.columns)
    diffusion_models = model_names("diffusion")
    steps = sum(one.steps for one in request.cell_requests() if one.model in diffusion_models)
    if steps > MAX_GRID_STEPS:
        raise PlaygroundError(say("images.grid.too_many_steps", steps=steps, most=MAX_GRID_STEPS))
    return request


def grid_request_from(recipe: Recipe) -> GridRequest:
    """The grid request in a recipe. Raises PlaygroundError if it is not valid."""
    settings: Mapping[str, Setting] = recipe.settings
    names = ("rows", "row_values", "columns", "column_values")
    return parse_grid_request(image_request_from(recipe), *(settings.get(name) for name in names))


@dataclass(frozen=True, eq=False)
class Grid:
    """A grid in progress.

    cells: row by row, a batch of one picture each; None for those still to be drawn.
    cached: how many came from the cache.  seconds: spent on drawing the others.
    step, steps: of the cell that is being drawn; 0 of 0 between cells.
    """

    request: GridRequest
    cells: tuple[ImageBatch | None, ...]
    cached: int
    seconds: float = 0.0
    step: int = 0
    steps: int = 0

    @property
    def drawn_count(self) -> int:
        """Number of finished cells, with those from the cache."""
        return sum(cell is not None for cell in self.cells)

    @property
    def done(self) -> bool:
        """Whether all cells are finished."""
        return self.drawn_count == self.request.count

    def pictures(self) -> NDArray[np.uint8]:
        """(N, H, W, C) uint8: the finished cells, row by row."""
        finished = [cell.pictures for cell in self.cells if cell is not None]
        facts = image_model_facts(self.request.base.model)
        return np.concatenate(finished) if finished else np.zeros((0, facts.side, facts.side, facts.channels), np.uint8)

    def recipe(self) -> Recipe:
        """The recipe of the grid; without a fingerprint while it is unfinished."""
        return self.request.recipe(self.pictures() if self.done else None)


def draw_grid(request: GridRequest) -> Iterator[Grid]:
    """Yields the grid: first with cells from the cache, then after each diffusion step and each cell. Close it to stop.

    Finished cells stay in the cache. Raises PlaygroundError if a model cannot be loaded.
    """
    requests = request.cell_requests()
    facts = {name: image_model_facts(name) for name in dict.fromkeys(one.model for one in requests)}
    keys = [grid_cache.cell_key(one, facts[one.model]) for one in requests]
    cells = [grid_cache.get(key, one) for key, one in zip(keys, requests, strict=True)]
    grid = Grid(request, tuple(cells), sum(cell is not None for cell in cells))
    yield grid
    for place, (key, one) in enumerate(zip(keys, requests, strict=True)):
        if cells[place] is not None:
            continue
        cell: ImageBatch | None = None
        for cell in sample_images(one):
            if not cell.done:
                yield replace(grid, step=cell.step, steps=cell.steps)
        if cell is None:
            raise PlaygroundError(say("images.grid.nothing_drawn", model=one.model))
        cells[place] = grid_cache.put(key, cell)
        grid = replace(grid, cells=tuple(cells), seconds=grid.seconds + cell.seconds)
        yield grid
