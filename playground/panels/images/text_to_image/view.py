"""A picture on its way from noise: the newest step large, and a slider through the earlier ones."""

from __future__ import annotations

from typing import Any

import gradio as gr
import numpy as np

from playground.images.text_to_image import TextToImageStep
from playground.images.text_to_image_request import TextToImageRequest
from playground.ui.picture_views import pack
from playground.ui.view import view

_TEMPLATE = """
<section class="pg-text-to-image" aria-label="The picture">
  <canvas class="pg-bitmap" role="img" hidden></canvas>
  <p class="pg-frame-place"></p>
  <div class="pg-frames-bar" hidden>
    <button type="button" class="pg-button pg-play">▶ Play</button>
    <input type="range" class="pg-scrub" min="0" max="1" value="0" step="1" aria-label="Steps of this picture">
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
    """A value for the view: a step before the last."""
    words = f"Step {step.step} of {step.steps} · {step.seconds:.1f} s · timestep {step.timestep:.0f}"
    packed = None if step.picture is None else pack(np.asarray(step.picture)[None])
    if packed is not None:
        words += " · a small preview of what is there so far"
    return {"run": run, "words": words, "packed": packed, "done": False}


def result_value(request: TextToImageRequest, step: TextToImageStep, run: str) -> dict[str, Any]:
    """A value for the view: the finished picture."""
    pixels = np.asarray(step.picture)
    height, width, _ = pixels.shape
    steps = f"{request.steps} step{'s' if request.steps > 1 else ''}"
    parts = [f"{width} × {height}", f"{steps} in {step.seconds:.1f} s", request.model, f"seed {request.seed}"]
    parts += [f"guidance {request.guidance:g}", f"{step.dtype} on {step.device}"]
    return {"run": run, "words": " · ".join(parts), "packed": pack(pixels[None]), "done": True}
