"""Latent space to look at and to move in: a walk as a film, with the length of its points as a curve."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.views.base import view

_WALK = """
<section class="pg-walk" aria-label="The walk">
  <div class="pg-walk-body" hidden>
    <div class="pg-walk-player">
      <div class="pg-walk-screens"></div>
      <div class="pg-frames-bar">
        <button type="button" class="pg-button pg-play">▶ Play</button>
        <input type="range" class="pg-scrub" min="0" max="1" value="0" step="1" aria-label="Frame">
      </div>
      <p class="pg-frame-place" role="status"></p>
    </div>
    <div class="pg-walk-curves">
      <figure class="pg-curve">
        <figcaption class="pg-strip-title">How long the points are on the way</figcaption>
        <div class="pg-plot pg-norms"></div>
        <p class="pg-hint pg-curve-key"></p>
      </figure>
      <p class="pg-why"></p>
      <figure class="pg-curve pg-steps" hidden>
        <figcaption class="pg-strip-title">How much the picture changes at each step</figcaption>
        <div class="pg-plot pg-changes"></div>
      </figure>
      <p class="pg-smooth-words"></p>
    </div>
    <div class="pg-walk-strips"></div>
  </div>
  <p class="pg-empty"></p>
</section>
"""


def walk_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws {"run", "done", "frames", "rate", "loop", "ways", "norms", "usual", "why", "steps", "smooth"}.

    ways: [pack(…) | {"method", "title"}], of which the first is the walk, a second one its comparison.
    stops: [{"frame", "label"}].  norms: {"slerp", "lerp"}: a length for each frame.  usual: [low, high].
    steps: distances between neighbouring frames, or None; smooth: words about them. options: those of gr.HTML.
    """
    return view("walk", _WALK, value, needs=("pictures",), **options)
