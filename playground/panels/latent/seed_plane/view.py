"""An endless plane of seeds, dragged by pointer or keys, and the picture of the place under its cross."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from playground.ui.view import view

_TEMPLATE = """
<section class="pg-seed-plane" aria-label="A plane of seeds">
  <div class="pg-seed-plane-body" hidden>
    <div class="pg-seed-plane-left">
      <canvas class="pg-seed-plane-lattice" tabindex="0" role="application"
        aria-label="The plane: drag it; arrow keys move by a tenth, with Shift by one; Enter snaps"></canvas>
      <div class="pg-actions">
        <button type="button" class="pg-button pg-snap">Snap to the nearest seed</button>
        <button type="button" class="pg-button pg-home">Back to seed 0</button>
        <button type="button" class="pg-button pg-add-end">Make it an end point of the walk</button>
      </div>
    </div>
    <div class="pg-seed-plane-right">
      <canvas class="pg-bitmap pg-seed-plane-picture" role="img" aria-label="The picture of this place"></canvas>
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
    """Moves over {"model", "condition", "x", "y"}; its pictures come from the server function decode.

    decode: {"model", "condition", "places": [[x, y]]} -> pack(…) or {"error"}.
    Events: moved and end, {"x", "y"}, after a rest and on the button. options: those of gr.HTML.
    """
    return view("seedPlane", _TEMPLATE, value, events=("moved", "end"), server_functions=[decode], **options)
