"""The views of a VAE's dimensions: a bar for each, the pictures along one, what it changes, and a sheet of all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from playground.ui.view import view

_TRAVERSAL = """
<section class="pg-traversal" aria-label="[[latent.traversal.label]]">
  <div class="pg-traversal-body" hidden>
    <p class="pg-traversal-words"></p>
    <p class="pg-strip-title" id="pg-bars-title">[[latent.traversal.bars]]</p>
    <div class="pg-bars" role="radiogroup" aria-labelledby="pg-bars-title"></div>
    <p class="pg-hint">[[latent.traversal.bars_hint]]</p>
    <div class="pg-traversal-one">
      <figure class="pg-traversal-live">
        <canvas class="pg-bitmap" role="img" aria-label="[[latent.traversal.picture]]"></canvas>
      </figure>
      <div>
        <h4 class="pg-traversal-name"></h4>
        <label class="pg-field pg-traversal-slide">[[latent.traversal.value]]
          <input type="range" class="pg-scrub" min="-3" max="3" step="0.05" value="0"></label>
        <p class="pg-frame-place" role="status"></p>
        <div class="pg-traversal-row"></div>
      </div>
    </div>
  </div>
  <p class="pg-empty"></p>
</section>
"""


def traversal_view(
    traverse: Callable[[Any], dict[str, Any]], value: dict[str, Any] | None = None, **options: Any
) -> gr.HTML:
    """Draws {"model", "condition", "base", "words", "bars", "dimension", "position", "own"}.

    bars: [{"dimension", "kl", "variance", "active"}], the largest KL first; dimensions from 1.  position: None for the
    base's own; own: the base's coordinates.
    traverse: {"model", "condition", "base", "dimension", "position", "row"} -> pack(…), or {"error"}.
    Event: chosen, {"dimension", "position"}, once the view rests.  options: those of gr.HTML.
    """
    return view("traversal", _TRAVERSAL, value, events=("chosen",), server_functions=[traverse], **options)


_EFFECT = """
<section class="pg-effect" aria-label="[[latent.traversal.effect_label]]" hidden>
  <h4 class="pg-traversal-name"></h4>
  <div class="pg-effect-two">
    <figure class="pg-heat"><canvas class="pg-bitmap" role="img"></canvas>
      <div class="pg-heat-key" aria-hidden="true"><span></span><i></i><span></span></div>
      <figcaption class="pg-hint"></figcaption></figure>
    <div><p class="pg-strip-title"></p><div class="pg-flips"></div><p class="pg-hint pg-flips-words"></p></div>
  </div>
</section>
"""


def dimension_effect_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws {"title", "heat", "words", "flips", "flips_title", "flips_words"}.

    heat: rows of numbers.  flips: [{"name", "share", "text"}].  options: those of gr.HTML.
    """
    return view("dimensionEffect", _EFFECT, value, **options)


_ACTIVE = """
<section class="pg-active" aria-label="[[latent.traversal.active_label]]">
  <div class="pg-active-rows"></div>
  <p class="pg-empty"></p>
</section>
"""


def active_dimensions_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws pack(…) of rows of pictures | {"columns", "rows": [{"dimension", "label"}], "chosen", "empty"}.

    Event: pick, {"dimension"}. options: those of gr.HTML.
    """
    return view("activeDimensions", _ACTIVE, value, events=("pick",), **options)
