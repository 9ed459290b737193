"""The view of the map: ten thousand pictures as points, a cross whose picture follows, and draws from priors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from playground.ui.view import view

_MAP = """
<section class="pg-map" aria-label="[[latent.map.label]]">
  <div class="pg-map-body" hidden>
    <div class="pg-map-left">
      <div class="pg-actions pg-map-bar">
        <span class="pg-scales" role="group" aria-label="[[latent.map.dragging]]">
          <button type="button" class="pg-toggle pg-mode-cross" aria-pressed="true">[[latent.map.drag_cross]]</button>
          <button type="button" class="pg-toggle pg-mode-hand" aria-pressed="false">[[latent.map.drag_map]]</button>
          <button type="button" class="pg-toggle pg-mode-lasso" aria-pressed="false">[[latent.map.lasso]]</button>
        </span>
        <span class="pg-scales" role="group" aria-label="[[latent.map.zoom]]">
          <button type="button" class="pg-toggle pg-zoom-out" aria-label="[[latent.map.zoom_out]]">−</button>
          <button type="button" class="pg-toggle pg-zoom-in" aria-label="[[latent.map.zoom_in]]">+</button>
          <button type="button" class="pg-toggle pg-zoom-all">[[latent.map.whole]]</button></span>
        <span class="pg-scales"><button type="button" class="pg-toggle pg-map-faces"
          aria-pressed="true">[[latent.map.faces]]</button></span>
        <label class="pg-field">[[shared.tokens.colour_by]] <select class="pg-map-colour"></select></label>
        <label class="pg-field">[[latent.map.search]] <input type="search" class="pg-map-search"
          placeholder="[[latent.map.search_example]]" maxlength="80"></label>
      </div>
      <p class="pg-hint pg-map-found" role="status"></p>
      <div class="pg-map-frame">
        <canvas class="pg-map-canvas" tabindex="0" role="application"
          aria-label="[[latent.map.canvas]]"></canvas>
        <div class="pg-map-tip" hidden><canvas class="pg-bitmap"></canvas><span></span></div>
      </div>
      <p class="pg-hint pg-map-axes"></p>
      <div class="pg-map-legend" role="group" aria-label="[[latent.map.legend]]"></div>
      <p class="pg-hint pg-map-marks"></p>
      <div class="pg-map-distances"></div>
    </div>
    <div class="pg-map-right">
      <p class="pg-strip-title">[[latent.map.under_cross]]</p>
      <canvas class="pg-bitmap pg-map-picture" role="img" aria-label="[[latent.points.picture_here]]"></canvas>
      <p class="pg-map-place"></p>
      <p class="pg-hint pg-map-near"></p>
      <div class="pg-actions">
        <button type="button" class="pg-button pg-map-end">[[latent.points.add]]</button></div>
      <p class="pg-hint pg-map-speed"></p>
      <p class="pg-strip-title">[[latent.map.chosen_title]]</p>
      <div class="pg-map-chosen">
        <canvas class="pg-bitmap" role="img" aria-label="[[latent.map.chosen_picture]]"></canvas>
        <p>[[latent.map.choose_hint]]</p></div>
      <div class="pg-actions"><button type="button" class="pg-button pg-map-end-chosen" disabled>
        [[latent.map.add_chosen]]</button></div>
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
    """Draws {"run", "model", "condition", "projection", "points", "low", "size", "labels", "attributes", "axes", …}.

    points: base64 of (N, 2) uint16, on a square of side size whose corner is low.  labels: base64 of (A, N) uint8.
    attributes: [{"name", "words"}].  axes, marks: sentences.  distances: of histogram.py; None keeps the model's.
    at: {"x", "y", "zoom", "left", "top", "colour"}, used if the run is new; left and top are the middle of the visible
    part.  draws: [{"name", "points": [[x, y]]}].
    mine: {"x", "y"}, with {"major", "minor", "angle"} if it has an ellipse; or None.
    probe: {"model", "condition", "projection", "x", "y"} -> pack(…) | {"words"} or {"error"}.  thumbs: {…, "rows"} ->
    pack(…) or {"error"}.
    Events: moved, with "at", once the view rests; end, {"x", "y"} or {"row"}.  options: those of gr.HTML.
    """
    return view(
        "map", _MAP, value, events=("moved", "end", "prepare"),
        server_functions=[probe, thumbs], **options,
    )  # fmt: skip
