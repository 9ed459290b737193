"""What the grid's view is given, in words and numbers; and the grid as one picture with its headings."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from playground.images.grid import Grid
from playground.images.grid_axes import GridAxis
from playground.panels.images.picture_data import png
from playground.ui.picture_views import pack

EMPTY = {"empty": "Press Draw grid: the pictures appear here, one by one."}
#: Of a cell in the picture, in pixels: as many times its own size as fit.
_CELL, _GAP, _LINE, _FONT = 112, 8, 18, 15
_Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
_PAPER, _INK, _BLANK = "#ffffff", "#333b47", "#e8ebef"


def matrix(grid: Grid, run: str) -> dict[str, Any]:
    """A value for the matrix view."""
    rows, columns = grid.request.rows, grid.request.columns
    places, count = [], 0
    for one in grid.made:
        places.append(-1 if one is None else count)
        count += one is not None
    names = [
        f"{rows.setting} {row}, {columns.setting} {column}" for row in rows.headings() for column in columns.headings()
    ]
    return pack(grid.pictures()) | {
        "run": run, "rows": _side(rows), "columns": _side(columns), "cells": places, "names": names, "done": grid.done
    }  # fmt: skip


def _side(axis: GridAxis) -> dict[str, Any]:
    return {"name": axis.setting, "headings": axis.headings()}


def words(grid: Grid) -> str:
    """How far the grid is, and how many of its cells were here already."""
    count, fresh = grid.request.count, grid.drawn - grid.reused
    cells = f"{count} cell{'s' if count > 1 else ''}"
    if not grid.done:
        step = f", step {grid.step} of {grid.steps}" if grid.steps > 1 else ""
        had = f" {grid.reused} were here already." if grid.reused else ""
        return f"Drawing cell {grid.drawn + 1} of {count}{step}.{had}"
    if grid.reused == count:
        return f"All {cells} were here already: nothing had to be drawn." if count > 1 else "It was here already."
    took = f"{grid.seconds:.1f} s" if grid.seconds >= 1 else f"{grid.seconds * 1000:,.0f} ms"
    if grid.reused:
        return f"{grid.reused} of {cells} were here already; {fresh} drawn in {took}.{_hint(grid)}"
    return f"{cells} drawn in {took}.{_hint(grid)}"


def _hint(grid: Grid) -> str:
    """Why a row of cells may be alike."""
    settings = {grid.request.rows.setting, grid.request.columns.setting}
    asked = any(one is not None and one.request.condition for one in grid.made)
    if "guidance" in settings and not asked:
        return " Nothing particular was asked for, so guidance had nothing to steer by: choose something on the left."
    return ""


def grid_png(grid: Grid) -> bytes:
    """The grid as a PNG: every picture enlarged without blur, its headings beside it, its recipe in a text chunk."""
    font = ImageFont.load_default(_FONT)
    rows, columns, side = grid.request.rows, grid.request.columns, grid.pictures().shape[1]
    cell = max(1, _CELL // side) * side
    across = [_broken(text, cell, font) for text in columns.headings()]
    down = [_broken(text, _CELL, font) for text in rows.headings()]
    corner = [f"{rows.setting} (down),", f"{columns.setting} (across)"]
    left = _GAP + round(max(font.getlength(line) for lines in (corner, *down) for line in lines)) + _GAP
    top = _GAP + _LINE * max(len(lines) for lines in (corner, *across)) + _GAP
    pitch = cell + _GAP
    image = Image.new("RGB", (left + len(across) * pitch, top + len(down) * pitch), _PAPER)
    pen = ImageDraw.Draw(image)
    _write(pen, _GAP, top - _GAP - _LINE * len(corner), corner, font)
    for column, lines in enumerate(across):
        _write(pen, left + column * pitch, top - _GAP - _LINE * len(lines), lines, font)
    for row, lines in enumerate(down):
        _write(pen, _GAP, top + row * pitch + (cell - _LINE * len(lines)) // 2, lines, font)
    for place, one in enumerate(grid.made):
        at = left + place % len(across) * pitch, top + place // len(across) * pitch
        image.paste(_enlarged(one.pictures[0], cell) if one else Image.new("RGB", (cell, cell), _BLANK), at)
    return png(np.asarray(image), grid.recipe())


def _enlarged(picture: NDArray[np.uint8], side: int) -> Image.Image:
    whole = Image.fromarray(picture if picture.shape[2] == 3 else picture[:, :, 0])
    return whole.resize((side, side), Image.Resampling.NEAREST).convert("RGB")


def _broken(text: str, width: int, font: _Font) -> list[str]:
    """The text in lines that are not wider than so many pixels, broken between words, and inside one that is wider."""
    lines: list[str] = []
    for word in text.split():
        if lines and font.getlength(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
            continue
        lines.append("")
        for letter in word:
            if lines[-1] and font.getlength(lines[-1] + letter) > width:
                lines.append("")
            lines[-1] += letter
    return lines


def _write(pen: ImageDraw.ImageDraw, x: int, y: int, lines: list[str], font: _Font) -> None:
    for number, line in enumerate(lines):
        pen.text((x, y + number * _LINE), line, fill=_INK, font=font)
