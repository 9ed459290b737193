"""A grid as a table of small pictures with headings; a cell can be chosen."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.images.grid import Grid
from playground.images.grid_axes import GridAxis
from playground.ui.picture_views import pack
from playground.ui.view import view

_TEMPLATE = """
<section class="pg-grid" aria-label="[[images.grid.view]]">
  <div class="pg-table-box" hidden>
    <table class="pg-grid-table"><caption class="pg-hint"></caption><thead></thead><tbody></tbody></table>
  </div>
  <p class="pg-empty"></p>
</section>
"""


def grid_view(**options: Any) -> gr.HTML:
    """Draws pack(…) | {"run", "rows": {"name", "headings"}, "columns": the same, "cells", "names", "done", "empty"}.

    cells: for each cell, row by row, the index of its picture in the packed ones; -1 before it is drawn.  names: of
    the cells, for screen readers.  run: a new one starts a new table.  Event: pick, {"index"}. options: those of
    gr.HTML.
    """
    return view("grid", _TEMPLATE, {"empty": say("images.grid.empty")}, events=("pick",), **options)


def grid_value(grid: Grid, run: str) -> dict[str, Any]:
    """A value for the view."""
    rows, columns = grid.request.rows, grid.request.columns
    indices, count = [], 0
    for cell in grid.cells:
        indices.append(-1 if cell is None else count)
        count += cell is not None
    names = [
        say("images.grid.cell", rows=rows.setting, row=row, columns=columns.setting, column=column)
        for row in rows.headings()
        for column in columns.headings()
    ]
    return pack(grid.pictures()) | {
        "run": run, "rows": _axis(rows), "columns": _axis(columns), "cells": indices, "names": names, "done": grid.done
    }  # fmt: skip


def _axis(axis: GridAxis) -> dict[str, Any]:
    return {"name": axis.setting, "headings": axis.headings()}


def progress_sentence(grid: Grid) -> str:
    """How many cells are drawn, and how many came from the cache."""
    count, cached, fresh = grid.request.count, grid.cached, grid.drawn_count - grid.cached
    if not grid.done:
        key = "images.grid.drawing_step" if grid.steps > 1 else "images.grid.drawing"
        progress = say(key, cell=grid.drawn_count + 1, count=count, step=grid.step, steps=grid.steps)
        return f"{progress} {say('images.grid.drawing_cached', cached=cached)}" if cached else progress
    if cached == count:
        return say("images.grid.all_cached", count=count)
    time = f"{grid.seconds:.1f} s" if grid.seconds >= 1 else f"{grid.seconds * 1000:,.0f} ms"
    key = "images.grid.done_cached" if cached else "images.grid.done"
    done = say(key, cached=cached, count=count, fresh=fresh, time=time)
    return f"{done} {say('images.shared.guidance_idle')}" if _guidance_is_idle(grid) else done


def _guidance_is_idle(grid: Grid) -> bool:
    """Whether guidance is on an axis while no cell has a condition: then cells along it are alike."""
    settings = {grid.request.rows.setting, grid.request.columns.setting}
    conditional = any(cell is not None and cell.request.condition for cell in grid.cells)
    return "guidance" in settings and not conditional
