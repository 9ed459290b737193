"""A grid as a table of small pictures with headings; a cell can be chosen."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.images.grid import Grid
from playground.images.grid_axes import GridAxis
from playground.ui.picture_views import pack
from playground.ui.view import view

_TEMPLATE = """
<section class="pg-grid" aria-label="Grid of pictures">
  <div class="pg-table-box" hidden>
    <table class="pg-grid-table"><caption class="pg-hint"></caption><thead></thead><tbody></tbody></table>
  </div>
  <p class="pg-empty"></p>
</section>
"""
_EMPTY = {"empty": "Press Draw grid: the pictures appear here, one by one."}


def grid_view(**options: Any) -> gr.HTML:
    """Draws pack(…) | {"run", "rows": {"name", "headings"}, "columns": the same, "cells", "names", "done", "empty"}.

    cells: for each cell, row by row, the index of its picture in the packed ones; -1 while there is none.  names: of
    the cells, for screen readers.  run: a new one starts a new table.  Event: pick, {"index"}. options: those of
    gr.HTML.
    """
    return view("grid", _TEMPLATE, _EMPTY, events=("pick",), **options)


def grid_value(grid: Grid, run: str) -> dict[str, Any]:
    """A value for the view."""
    rows, columns = grid.request.rows, grid.request.columns
    indices, count = [], 0
    for cell in grid.cells:
        indices.append(-1 if cell is None else count)
        count += cell is not None
    names = [
        f"{rows.setting} {row}, {columns.setting} {column}" for row in rows.headings() for column in columns.headings()
    ]
    return pack(grid.pictures()) | {
        "run": run, "rows": _axis(rows), "columns": _axis(columns), "cells": indices, "names": names, "done": grid.done
    }  # fmt: skip


def _axis(axis: GridAxis) -> dict[str, Any]:
    return {"name": axis.setting, "headings": axis.headings()}


def progress_sentence(grid: Grid) -> str:
    """How many cells are drawn, and how many came from the cache."""
    count, fresh = grid.request.count, grid.drawn_count - grid.cached
    cells = f"{count} cell{'s' if count > 1 else ''}"
    if not grid.done:
        step = f", step {grid.step} of {grid.steps}" if grid.steps > 1 else ""
        cached = f" {grid.cached} were here already." if grid.cached else ""
        return f"Drawing cell {grid.drawn_count + 1} of {count}{step}.{cached}"
    if grid.cached == count:
        return f"All {cells} were here already: nothing had to be drawn." if count > 1 else "It was here already."
    took = f"{grid.seconds:.1f} s" if grid.seconds >= 1 else f"{grid.seconds * 1000:,.0f} ms"
    if grid.cached:
        return f"{grid.cached} of {cells} were here already; {fresh} drawn in {took}.{_guidance_hint(grid)}"
    return f"{cells} drawn in {took}.{_guidance_hint(grid)}"


def _guidance_hint(grid: Grid) -> str:
    """Why the cells along a guidance axis may be alike."""
    settings = {grid.request.rows.setting, grid.request.columns.setting}
    conditional = any(cell is not None and cell.request.condition for cell in grid.cells)
    if "guidance" in settings and not conditional:
        return " Nothing particular was asked for, so guidance had nothing to steer by: choose something on the left."
    return ""
