"""The view of the seed plane: a lattice that pointer and keys move, and the picture of the place at its cross."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from playground.ui.view import view

_TEMPLATE = """
<section class="pg-seed-plane" aria-label="[[latent.seed_plane.label]]">
  <div class="pg-seed-plane-body" hidden>
    <div class="pg-seed-plane-left">
      <canvas class="pg-seed-plane-lattice" tabindex="0" role="application"
        aria-label="[[latent.seed_plane.lattice]]"></canvas>
      <div class="pg-actions">
        <button type="button" class="pg-button pg-snap">[[latent.seed_plane.snap]]</button>
        <button type="button" class="pg-button pg-home">[[latent.seed_plane.home]]</button>
        <button type="button" class="pg-button pg-add-end">[[latent.points.add]]</button>
      </div>
    </div>
    <div class="pg-seed-plane-right">
      <canvas class="pg-bitmap pg-seed-plane-picture" role="img" aria-label="[[latent.points.picture_here]]"></canvas>
      <p class="pg-seed-plane-place"></p>
      <p class="pg-hint pg-seed-plane-speed"></p>
      <p class="pg-visually-hidden" role="status"></p>
    </div>
  </div>
  <p class="pg-empty"></p>
</section>
"""


def seed_plane_view(
    decode: Callable[[Any], dict[str, Any]], value: dict[str, Any] | None = None, **options: Any
) -> gr.HTML:
    """Draws the plane from {"model", "condition", "x", "y"}; pictures come from the server function `decode`.

    decode: {"model", "condition", "places": [[x, y]]} -> pack(…) or {"error"}.
    Events, with {"x", "y"}: moved, once the plane rests; end, on the button.  options: those of gr.HTML.
    """
    return view("seedPlane", _TEMPLATE, value, events=("moved", "end"), server_functions=[decode], **options)
