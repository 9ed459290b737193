"""The arena: points in the plane and what nets make of them, live, one run or three side by side; and a brush."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from playground.ui.view import view

_ARENA = """
<section class="pg-arena" aria-label="Arena">
  <fieldset class="pg-arena-layers" hidden><legend>Show</legend></fieldset>
  <div class="pg-arena-stages"></div>
  <section class="pg-arena-parts" aria-label="The ten parts of a step" hidden>
    <div class="pg-actions">
      <button type="button" class="pg-button pg-arena-slow" aria-pressed="false">Slow motion</button>
      <button type="button" class="pg-button pg-arena-next">Next part</button>
      <span class="pg-hint">A step of a GAN has ten parts. Weights move in the two dark ones only.</span></div>
    <ol class="pg-arena-loop" aria-label="D's update"></ol>
    <ol class="pg-arena-loop" aria-label="G's update"></ol>
    <p class="pg-arena-told" role="status"></p>
  </section>
  <div class="pg-arena-race" hidden><table><caption></caption><thead><tr><th scope="col">Model</th>
    <th scope="col">Steps</th><th scope="col">JS, bits</th><th scope="col">KL, bits</th>
    <th scope="col">Sliced Wasserstein</th></tr></thead><tbody></tbody></table></div>
  <details class="pg-arena-numbers" hidden><summary>What is drawn, in numbers</summary>
    <div class="pg-scroll"><table><thead></thead><tbody></tbody></table></div>
    <p class="pg-hint">KL and JS compare histograms of 20 by 20 cells, half a point added to each cell; sliced
    Wasserstein is the mean over 16 directions. All against 2,000 held-out points. “A second real draw” is what a
    perfect model would get: less is luck.</p></details>
  <p class="pg-empty"></p>
</section>
"""
_BRUSH = """
<section class="pg-brush-view" aria-label="Paint a distribution">
  <canvas class="pg-brush-canvas" width="300" height="300" tabindex="0" role="application"
    aria-label="A square to paint on. Arrow keys move the cross, space puts a dot, backspace takes the last one away."
    ></canvas>
  <div class="pg-actions"><button type="button" class="pg-button pg-brush-clear">Clear</button>
    <span class="pg-brush-said" role="status"></span></div>
  <p class="pg-hint">Draw with the pointer, or with arrow keys and space. Every dot becomes a small heap of points.</p>
</section>
"""


def arena_view(
    look: Callable[[Any], dict[str, Any]], steer: Callable[[Any], dict[str, Any]], **options: Any
) -> gr.HTML:
    """Draws {"runs": [{"run", "title", "family"}], "empty"}, and follows them.

    Event: fork, {"run", "step"} and "steps" if it is to go on for longer.
    look, steer: see experiments/run_status.py and steering.py. options: those of gr.HTML.
    """
    return view(
        "arena", _ARENA, {"runs": []}, events=("fork",), needs=("run", "arenalayers"),
        server_functions=[look, steer], **options,
    )  # fmt: skip


def brush_view(**options: Any) -> gr.HTML:
    """A square to paint on: {"dots": [x, y, …] in hundredths, "most"}. Event: painted, {"dots"}.

    options: those of gr.HTML.
    """
    return view("brush", _BRUSH, {"dots": [], "most": 300}, events=("painted",), **options)
