"""A square to paint a distribution on, dot by dot, with the pointer or the keyboard."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.ui.view import view

_TEMPLATE = """
<section class="pg-brush-view" aria-label="[[train.toy_2d.brush.region]]">
  <canvas class="pg-brush-canvas" width="300" height="300" tabindex="0" role="application"
    aria-label="[[train.toy_2d.brush.canvas]]"></canvas>
  <div class="pg-actions"><button type="button" class="pg-button pg-brush-clear">[[train.toy_2d.brush.clear]]</button>
    <span class="pg-brush-count" role="status"></span></div>
  <p class="pg-hint">[[train.toy_2d.brush.hint]]</p>
</section>
"""


def brush_view(**options: Any) -> gr.HTML:
    """A square to paint on: {"dots": [x, y, …] in hundredths, "most"}. Event: painted, {"dots"}.

    options: those of gr.HTML.
    """
    return view("brush", _TEMPLATE, {"dots": [], "most": 300}, events=("painted",), **options)
