"""A picture on its way from noise: the newest step large, a slider through the earlier ones."""

from __future__ import annotations

from typing import Any

import gradio as gr
import numpy as np

from playground.core.catalogue import say
from playground.images.text_to_image import TextToImageStep
from playground.images.text_to_image_request import TextToImageRequest
from playground.ui.picture_views import pack
from playground.ui.view import view

_TEMPLATE = """
<section class="pg-text-to-image" aria-label="[[images.text_to_image.view]]">
  <canvas class="pg-bitmap" role="img" hidden></canvas>
  <p class="pg-frame-place"></p>
  <div class="pg-frames-bar" hidden>
    <button type="button" class="pg-button pg-play">[[shared.play]]</button>
    <input type="range" class="pg-scrub" min="0" max="1" value="0" step="1"
      aria-label="[[images.text_to_image.frames]]">
  </div>
  <p class="pg-empty"></p>
</section>
"""


def text_to_image_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws {"run", "words", "done", "packed": pack(…) of one picture, or None}; a run's earlier pictures stay.

    Each value holds only the newest picture: the script keeps those of the run, each with its words, for the slider.
    options: those of gr.HTML.
    """
    return view("text_to_image", _TEMPLATE, value, **options)


def preview_value(step: TextToImageStep, run: str) -> dict[str, Any]:
    """A value for the view while the picture is being drawn."""
    parts = [
        say("images.draw.caption_step", step=step.step, steps=step.steps),
        say("images.text_to_image.frame_seconds", seconds=step.seconds),
        say("images.text_to_image.frame_timestep", timestep=step.timestep),
    ]
    packed = None if step.picture is None else pack(np.asarray(step.picture)[None])
    if packed is not None:
        parts.append(say("images.text_to_image.frame_preview"))
    return {"run": run, "words": " · ".join(parts), "packed": packed, "done": False}


def result_value(request: TextToImageRequest, step: TextToImageStep, run: str) -> dict[str, Any]:
    """A value for the view when the picture is finished."""
    pixels = np.asarray(step.picture)
    height, width, _ = pixels.shape
    parts = [
        say("images.text_to_image.result_size", width=width, height=height),
        say("images.text_to_image.result_steps", count=request.steps, seconds=step.seconds),
        request.model,
        say("shared.seed_number", seed=request.seed),
        say("images.text_to_image.result_guidance", guidance=request.guidance),
        say("images.text_to_image.result_device", dtype=step.dtype, device=step.device),
    ]
    return {"run": run, "words": " · ".join(parts), "packed": pack(pixels[None]), "done": True}
