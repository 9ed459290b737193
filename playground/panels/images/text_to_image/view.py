"""One picture on its way from noise: drawn large as its steps come, which stay to be gone through."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.ui.view import view

_PAINTING = """
<section class="pg-painting" aria-label="The picture">
  <canvas class="pg-bitmap" role="img" hidden></canvas>
  <p class="pg-frame-place"></p>
  <div class="pg-frames-bar" hidden>
    <button type="button" class="pg-button pg-play">▶ Play</button>
    <input type="range" class="pg-scrub" min="0" max="1" value="0" step="1" aria-label="Steps of this picture">
  </div>
  <p class="pg-empty"></p>
</section>
"""


def painting_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws {"run", "words", "done", "packed": pack(…) of one picture, or None}; a run's earlier pictures stay.

    Every value holds only what is new: the script keeps the pictures of the run, each with its words, and a slider
    goes through them. options: those of gr.HTML.
    """
    return view("painting", _PAINTING, value, needs=("pictures",), **options)
