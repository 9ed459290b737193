"""Diffusion runs step by step: noisy pictures above, predicted clean ones below, a slider for the step."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import gradio as gr
import numpy as np
from numpy.typing import NDArray

from playground.images.diffusion import DenoisingState
from playground.ui.picture_views import pack
from playground.ui.view import new_run, view

_TEMPLATE = """
<section class="pg-denoising" aria-label="[[images.denoising.view]]">
  <div class="pg-denoising-body" hidden>
    <div class="pg-frames-bar">
      <button type="button" class="pg-button pg-play">[[shared.play]]</button>
      <input type="range" class="pg-scrub" min="0" max="1" value="0" step="1" aria-label="[[images.denoising.step]]">
    </div>
    <p class="pg-frame-place" role="status"></p>
    <div class="pg-denoising-tracks"></div>
  </div>
  <p class="pg-empty"></p>
</section>
"""


def denoising_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws {"run", "steps", "done", "tracks"} with a slider through the steps; the first track is the main one.

    tracks: [{"title", "first", "pictures", "width", "height", "channels", "noisy", "guess", "states": [{"noise",
    "timestep"}]}], noisy and guess being all states' pictures one after the other in base64. options: those of gr.HTML.
    """
    return view("denoising", _TEMPLATE, value, **options)


def denoising_value(
    tracks: Sequence[tuple[str, Sequence[DenoisingState]]], done: bool, run: str | None = None
) -> dict[str, Any]:
    """A value for the view. tracks: (title, states), the main run first, then its branches."""
    values = []
    for title, states in tracks:
        noisy, guess = np.concatenate([state.xt for state in states]), np.concatenate([state.x0 for state in states])
        values.append(
            pack(noisy[:1])
            | {
                "title": title,
                "first": states[0].step,
                "pictures": len(states[0].xt),
                "noisy": _base64(noisy),
                "guess": _base64(guess),
                "states": [{"noise": state.noise_level, "timestep": state.timestep} for state in states],
            }
        )
    return {"run": run or new_run(), "steps": tracks[0][1][0].steps, "done": done, "tracks": values}


def _base64(pictures: NDArray[np.uint8]) -> str:
    return base64.b64encode(np.ascontiguousarray(pictures).tobytes()).decode()
