"""The view of a walk: a player, filmstrips, the norms of the points, and how much each step changes."""

from __future__ import annotations

import base64
import io
from typing import Any

import gradio as gr
import numpy as np
from numpy.typing import NDArray

from playground.ui.picture_views import pack
from playground.ui.view import view

#: A walk in progress is redrawn at every step while its pictures are smaller than this.
SMALL_BYTES = 200_000

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


def packed_frames(pictures: NDArray[np.uint8]) -> dict[str, Any]:
    """A path's frames for the view: as they are, or large ones as a strip in a JPEG, of a tenth of the size."""
    if pictures.nbytes < SMALL_BYTES or pictures.shape[3] != 3:
        return pack(pictures)
    from PIL import Image

    count, height, width, channels = pictures.shape
    file = io.BytesIO()
    Image.fromarray(pictures.reshape(count * height, width, 3)).save(file, "JPEG", quality=92, subsampling=0)
    strip = f"data:image/jpeg;base64,{base64.b64encode(file.getvalue()).decode()}"
    return {"strip": strip, "count": count, "width": width, "height": height, "channels": channels}
