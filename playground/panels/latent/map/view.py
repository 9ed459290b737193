"""A map of latent space: ten thousand pictures as points, a cross whose picture follows, and the prior's draws."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from playground.ui.view import view

_MAP = """
<section class="pg-map" aria-label="A map of latent space">
  <div class="pg-map-body" hidden>
    <div class="pg-map-left">
      <div class="pg-actions pg-map-bar">
        <span class="pg-scales" role="group" aria-label="What dragging does">
          <button type="button" class="pg-toggle pg-mode-cross" aria-pressed="true">Drag the cross</button>
          <button type="button" class="pg-toggle pg-mode-hand" aria-pressed="false">Drag the map</button></span>
        <span class="pg-scales" role="group" aria-label="Zoom">
          <button type="button" class="pg-toggle pg-zoom-out" aria-label="Zoom out">−</button>
          <button type="button" class="pg-toggle pg-zoom-in" aria-label="Zoom in">+</button>
          <button type="button" class="pg-toggle pg-zoom-all">Whole map</button></span>
        <label class="pg-field">Colour by <select class="pg-map-colour"></select></label>
      </div>
      <div class="pg-map-frame">
        <canvas class="pg-map-canvas" tabindex="0" role="application"
          aria-label="The map: arrow keys move the cross, with Shift faster; plus and minus zoom; Enter makes the place
          an end point of the walk, Shift and Enter the nearest picture; N names the nearest picture"></canvas>
        <div class="pg-map-tip" hidden><canvas class="pg-bitmap"></canvas><span></span></div>
      </div>
      <p class="pg-hint pg-map-axes"></p>
      <div class="pg-map-legend" role="group" aria-label="Legend: press a name to see its points alone"></div>
      <p class="pg-hint pg-map-marks"></p>
    </div>
    <div class="pg-map-right">
      <p class="pg-strip-title">The picture under the cross</p>
      <canvas class="pg-bitmap pg-map-picture" role="img" aria-label="The picture of this place"></canvas>
      <p class="pg-map-place"></p>
      <div class="pg-actions">
        <button type="button" class="pg-button pg-map-end">Make it an end point of the walk</button></div>
      <p class="pg-hint pg-map-speed"></p>
      <p class="pg-strip-title">The chosen picture of the data</p>
      <div class="pg-map-chosen"><canvas class="pg-bitmap" role="img" aria-label="The chosen picture"></canvas>
        <p>Click a point of the map, or press N on it.</p></div>
      <div class="pg-actions"><button type="button" class="pg-button pg-map-end-chosen" disabled>
        Make the chosen one an end point</button></div>
      <p class="pg-visually-hidden" role="status"></p>
    </div>
  </div>
  <p class="pg-empty"></p>
</section>
"""


def map_view(
    probe: Callable[[Any], dict[str, Any]],
    thumbs: Callable[[Any], dict[str, Any]],
    value: dict[str, Any] | None = None,
    **options: Any,
) -> gr.HTML:
    """Draws {"run", "model", "condition", "projection", "points", "low", "size", "labels", "attributes", "axes",
    "marks", "at", "draws", "mine"}.

    points: base64 of (N, 2) uint16, on a square of side size whose corner is low.  labels: base64 of (A, N) uint8.
    attributes: [{"name", "words"}].  axes, marks: sentences.  at: {"x", "y", "zoom", "left", "top", "colour"}, taken if
    the run is new; left and top: the middle of what is seen.  draws: [{"name", "title", "points": [[x, y]]}].
    mine: {"x", "y", "words"} with {"major", "minor", "angle"} if it has an ellipse, or None.
    probe: {"model", "condition", "projection", "x", "y"} -> pack(…) or {"error"}.  thumbs: {…, "rows"} -> the same.
    Events: moved, "at"; end, {"x", "y"} or {"row"}. options: those of gr.HTML.
    """
    return view(
        "map", _MAP, value, events=("moved", "end"),
        server_functions=[probe, thumbs], **options,
    )  # fmt: skip
