"""A grid: one picture for every pair of two settings' values, each the picture that Draw gives for these settings.

Every cell is drawn alone, never in a batch: batches round otherwise in the last bit, and a cell would then differ from
the same picture drawn alone. A cell is drawn once: cells.py keeps it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, Setting
from playground.images import grid_cache
from playground.images.grid_axes import GridAxis, check_axes, parse_axis, with_axis_value
from playground.images.image_request import (
    FAMILY_SETTINGS,
    ImageRequest,
    fingerprints,
    format_condition,
    image_request_from,
)
from playground.images.model_menu import image_model_facts, model_names
from playground.images.sampling import ImageBatch, sample_images

#: The value of a recipe's setting "panel" that says it makes a grid.
PANEL = "grid"
#: Of all cells of a diffusion model together: others wait meanwhile.
MAX_GRID_STEPS = 10_000


@dataclass(frozen=True)
class GridRequest:
    """What is asked of a grid. base: all settings that do not vary; its count plays no part."""

    base: ImageRequest
    rows: GridAxis
    columns: GridAxis

    @property
    def count(self) -> int:
        """How many cells."""
        return len(self.rows.values) * len(self.columns.values)

    def cells(self) -> list[ImageRequest]:
        """The cells' requests, row by row."""
        attributes = image_model_facts(self.base.model).attributes
        one = replace(self.base, count=1)
        return [
            with_axis_value(with_axis_value(one, self.rows, row, attributes), self.columns, column, attributes)
            for row in range(len(self.rows.values))
            for column in range(len(self.columns.values))
        ]

    def recipe(self, pictures: NDArray[np.uint8] | None = None) -> Recipe:
        """What makes the grid again. pictures: (N, H, W, C) uint8, of all cells, for their fingerprints."""
        models = list(dict.fromkeys(one.model for one in self.cells()))
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
    """A checked request from what a visitor wrote. Raises PlaygroundError with a sentence."""
    facts = image_model_facts(base.model)
    request = GridRequest(
        base, parse_axis(facts, rows, row_values, "rows"), parse_axis(facts, columns, column_values, "columns")
    )
    check_axes(request.rows, request.columns)
    stepwise = model_names("diffusion")
    steps = sum(one.steps for one in request.cells() if one.model in stepwise)
    if steps > MAX_GRID_STEPS:
        raise PlaygroundError(
            f"This grid takes {steps:,} steps, and at most {MAX_GRID_STEPS:,} are drawn at once: "
            "write fewer values, or choose fewer steps."
        )
    return request


def grid_request_from(recipe: Recipe) -> GridRequest:
    """The grid in a recipe, checked. Raises PlaygroundError if it is malformed."""
    asked: Mapping[str, Setting] = recipe.settings
    names = ("rows", "row_values", "columns", "column_values")
    return parse_grid_request(image_request_from(recipe), *(asked.get(name) for name in names))


@dataclass(frozen=True, eq=False)
class Grid:
    """A grid as far as it is drawn.

    made: the cells, row by row, sheets of one picture; None where nothing is drawn yet.
    reused: how many of them were here before.  seconds: of drawing the others.
    step, steps: of the cell that is being drawn; 0 of 0 between two.
    """

    request: GridRequest
    made: tuple[ImageBatch | None, ...]
    reused: int
    seconds: float = 0.0
    step: int = 0
    steps: int = 0

    @property
    def drawn(self) -> int:
        """How many cells are there."""
        return sum(one is not None for one in self.made)

    @property
    def done(self) -> bool:
        """Whether all cells are there."""
        return self.drawn == self.request.count

    def pictures(self) -> NDArray[np.uint8]:
        """(N, H, W, C) uint8: the cells that are there, row by row."""
        there = [one.pictures for one in self.made if one is not None]
        facts = image_model_facts(self.request.base.model)
        return np.concatenate(there) if there else np.zeros((0, facts.side, facts.side, facts.channels), np.uint8)

    def recipe(self) -> Recipe:
        """What makes the grid again; without fingerprints while it is unfinished."""
        return self.request.recipe(self.pictures() if self.done else None)


def draw_grid(request: GridRequest) -> Iterator[Grid]:
    """The grid: first with the cells that are here already, then after each step and each cell. Close it to stop.

    What is drawn when it is closed is kept. Raises PlaygroundError if a model cannot be loaded.
    """
    asked = request.cells()
    weights = {name: image_model_facts(name) for name in dict.fromkeys(one.model for one in asked)}
    keys = [grid_cache.cell_key(one, weights[one.model]) for one in asked]
    made = [grid_cache.get(key, one) for key, one in zip(keys, asked, strict=True)]
    grid = Grid(request, tuple(made), sum(one is not None for one in made))
    yield grid
    for place, (key, one) in enumerate(zip(keys, asked, strict=True)):
        if made[place] is not None:
            continue
        sheet: ImageBatch | None = None
        for sheet in sample_images(one):
            if not sheet.done:
                yield replace(grid, step=sheet.step, steps=sheet.steps)
        if sheet is None:
            raise PlaygroundError(f"{one.model} drew nothing: choose another model.")
        made[place] = grid_cache.put(key, sheet)
        grid = replace(grid, made=tuple(made), seconds=grid.seconds + sheet.seconds)
        yield grid
