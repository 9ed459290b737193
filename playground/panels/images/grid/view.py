"""A table of small pictures with headings on two sides, one of which can be chosen."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.ui.view import view

_MATRIX = """
<section class="pg-grid" aria-label="Grid of pictures">
  <div class="pg-table-box" hidden>
    <table class="pg-matrix"><caption class="pg-hint"></caption><thead></thead><tbody></tbody></table>
  </div>
  <p class="pg-empty"></p>
</section>
"""


def matrix_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws pack(…) | {"run", "rows": {"name", "headings"}, "columns": the same, "cells", "names", "done", "empty"}.

    cells: for each cell, row by row, which of the packed pictures it shows; -1 while there is none.  names: for people
    who do not see them.  run: another one begins a new table.  Event: pick, {"index"}. options: those of gr.HTML.
    """
    return view("matrix", _MATRIX, value, events=("pick",), needs=("pictures",), **options)
