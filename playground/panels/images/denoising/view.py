"""Diffusion's steps as a film: every state, with a slider through them."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.ui.view import view

_FRAMES = """
<section class="pg-frames" aria-label="From noise to picture">
  <div class="pg-frames-body" hidden>
    <div class="pg-frames-bar">
      <button type="button" class="pg-button pg-play">▶ Play</button>
      <input type="range" class="pg-scrub" min="0" max="1" value="0" step="1" aria-label="Step">
    </div>
    <p class="pg-frame-place" role="status"></p>
    <div class="pg-tracks"></div>
  </div>
  <p class="pg-empty"></p>
</section>
"""


def frames_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws {"run", "steps", "done", "tracks"} with a slider through the steps; the first track is the main one.

    tracks: [{"title", "first", "pictures", "width", "height", "channels", "noisy", "guess", "states": [{"noise",
    "timestep"}]}], noisy and guess being all states' pictures one after the other in base64. options: those of gr.HTML.
    """
    return view("frames", _FRAMES, value, needs=("pictures",), **options)
