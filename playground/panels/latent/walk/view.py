"""A walk through latent space: a player, a filmstrip, the lengths of the points, and how much each step changes."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.ui.view import view

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
    """Draws {"run", "done", "frames", "rate", "loop", "ways", "norms", "norm_range", "why", "steps",
    "smoothness"}.

    ways: [pack(…) | {"method", "title"}], of which the first is the walk, a second one its comparison.
    keyframes: [{"frame", "label"}].  norms: {"slerp", "lerp"}: a length for each frame.  norm_range: [low, high].
    steps: distances between neighbouring frames, or None; smoothness: words about them. options: those of gr.HTML.
    """
    return view("walk", _WALK, value, **options)
