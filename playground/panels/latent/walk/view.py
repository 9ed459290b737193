"""The view of a walk: a player, filmstrips, the norms of the points, and how much each step changes."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.ui.view import view

_WALK = """
<section class="pg-walk" aria-label="[[latent.walk.label]]">
  <div class="pg-walk-body" hidden>
    <div class="pg-walk-player">
      <p class="pg-strip-title pg-walk-of"></p>
      <div class="pg-walk-screens"></div>
      <div class="pg-frames-bar">
        <button type="button" class="pg-button pg-play">[[shared.play]]</button>
        <input type="range" class="pg-scrub" min="0" max="1" value="0" step="1" aria-label="[[latent.walk.frame]]">
      </div>
      <p class="pg-frame-place" role="status"></p>
    </div>
    <div class="pg-walk-curves">
      <figure class="pg-curve">
        <figcaption class="pg-strip-title">[[latent.walk.norms]]</figcaption>
        <div class="pg-plot pg-norms"></div>
        <p class="pg-hint pg-curve-key"></p>
      </figure>
      <p class="pg-why"></p>
      <div class="pg-lengths"></div>
      <figure class="pg-curve pg-steps" hidden>
        <figcaption class="pg-strip-title">[[latent.walk.changes]]</figcaption>
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
    """Draws {"run", "done", "of", "frames", "rate", "loop", "ways", "keyframes", "norms", "norm_range", "why", …}.

    of: the model and its end points.
    ways: [pack(…) | {"method", "title"}], the walk and, if both paths are wanted, the other; large pictures come as
    "strip", the URI of a picture with all frames one below the other, and "count" in place of "pixels".
    keyframes: [{"frame", "label"}].  norms: {"slerp", "lerp"}, a length for each frame.  norm_range: [low, high].
    why: sentences about the norms.  lengths: of histogram.py, or None.
    steps: distances between neighbouring frames, or None.  smoothness: sentences about them, or None.
    options: those of gr.HTML.
    """
    return view("walk", _WALK, value, **options)
