"""A grid as one PNG with headings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from playground.core.catalogue import say
from playground.images.grid import Grid
from playground.panels.images.image_file import png

#: In pixels. A cell is the largest multiple of its picture's size that fits _CELL.
_CELL, _GAP, _LINE, _FONT = 112, 8, 18, 15
_Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
_PAPER, _INK, _BLANK = "#ffffff", "#333b47", "#e8ebef"


def grid_png(grid: Grid) -> bytes:
    """The grid as a PNG: pictures enlarged without blur, headings, and the recipe in a text chunk."""
    font = ImageFont.load_default(_FONT)
    rows, columns, side = grid.request.rows, grid.request.columns, grid.pictures().shape[1]
    size = max(1, _CELL // side) * side
    across = [_wrap(text, size, font) for text in columns.headings()]
    down = [_wrap(text, _CELL, font) for text in rows.headings()]
    corner = [
        say("images.grid.rows_down", rows=rows.setting),
        say("images.grid.columns_across", columns=columns.setting),
    ]
    left = _GAP + round(max(font.getlength(line) for lines in (corner, *down) for line in lines)) + _GAP
    top = _GAP + _LINE * max(len(lines) for lines in (corner, *across)) + _GAP
    pitch = size + _GAP
    image = Image.new("RGB", (left + len(across) * pitch, top + len(down) * pitch), _PAPER)
    pen = ImageDraw.Draw(image)
    _write(pen, _GAP, top - _GAP - _LINE * len(corner), corner, font)
    for column, lines in enumerate(across):
        _write(pen, left + column * pitch, top - _GAP - _LINE * len(lines), lines, font)
    for row, lines in enumerate(down):
        _write(pen, _GAP, top + row * pitch + (size - _LINE * len(lines)) // 2, lines, font)
    for index, cell in enumerate(grid.cells):
        corner_of_cell = left + index % len(across) * pitch, top + index // len(across) * pitch
        picture = _enlarge(cell.pictures[0], size) if cell else Image.new("RGB", (size, size), _BLANK)
        image.paste(picture, corner_of_cell)
    return png(np.asarray(image), grid.recipe())


def _enlarge(picture: NDArray[np.uint8], side: int) -> Image.Image:
    image = Image.fromarray(picture if picture.shape[2] == 3 else picture[:, :, 0])
    return image.resize((side, side), Image.Resampling.NEAREST).convert("RGB")


def _wrap(text: str, width: int, font: _Font) -> list[str]:
    """The text in lines of at most `width` pixels, broken between words, and inside words that are wider."""
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
