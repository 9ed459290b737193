"""A square to paint a distribution on, dot by dot."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.ui.view import view

_TEMPLATE = """
<section class="pg-brush-view" aria-label="Paint a distribution">
  <canvas class="pg-brush-canvas" width="300" height="300" tabindex="0" role="application"
    aria-label="A square to paint on. Arrow keys move the cross, space puts a dot, backspace takes the last one away."
    ></canvas>
  <div class="pg-actions"><button type="button" class="pg-button pg-brush-clear">Clear</button>
    <span class="pg-brush-said" role="status"></span></div>
  <p class="pg-hint">Draw with the pointer, or with arrow keys and space. Every dot becomes a small heap of points.</p>
</section>
"""


def brush_view(**options: Any) -> gr.HTML:
    """A square to paint on: {"dots": [x, y, …] in hundredths, "most"}. Event: painted, {"dots"}.

    options: those of gr.HTML.
    """
    return view("brush", _TEMPLATE, {"dots": [], "most": 300}, events=("painted",), **options)
