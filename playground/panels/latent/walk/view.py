"""Latent space to look at and to move in: a walk as a film, and a plane of seeds that follows the pointer."""

from __future__ import annotations

from collections.abc import Callable
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
    """Draws {"run", "done", "frames", "rate", "loop", "ways", "norms", "usual", "why", "steps", "smooth"}.

    ways: [pack(…) | {"method", "title"}], of which the first is the walk, a second one its comparison.
    stops: [{"frame", "label"}].  norms: {"slerp", "lerp"}: a length for each frame.  usual: [low, high].
    steps: distances between neighbouring frames, or None; smooth: words about them. options: those of gr.HTML.
    """
    return view("walk", _WALK, value, needs=("pictures",), **options)


_PLANE = """
<section class="pg-plane" aria-label="A plane of seeds">
  <div class="pg-plane-body" hidden>
    <div class="pg-plane-left">
      <canvas class="pg-lattice" tabindex="0" role="application"
        aria-label="The plane: drag it; arrow keys move by a tenth, with Shift by one; Enter snaps"></canvas>
      <div class="pg-actions">
        <button type="button" class="pg-button pg-snap">Snap to the nearest seed</button>
        <button type="button" class="pg-button pg-home">Back to seed 0</button>
        <button type="button" class="pg-button pg-add-end">Make it an end point of the walk</button>
      </div>
    </div>
    <div class="pg-plane-right">
      <canvas class="pg-bitmap pg-plane-picture" role="img" aria-label="The picture of this place"></canvas>
      <p class="pg-plane-place"></p>
      <p class="pg-hint pg-plane-speed"></p>
      <p class="pg-visually-hidden" role="status"></p>
    </div>
  </div>
  <p class="pg-empty"></p>
</section>
"""


def plane_view(decode: Callable[[Any], dict[str, Any]], value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Moves over {"model", "condition", "x", "y"}; its pictures come from the server function decode.

    decode: {"model", "condition", "places": [[x, y]]} -> pack(…) or {"error"}.
    Events: moved and end, {"x", "y"}, after a rest and on the button. options: those of gr.HTML.
    """
    return view(
        "plane", _PLANE, value, events=("moved", "end"), needs=("pictures",), server_functions=[decode], **options
    )
