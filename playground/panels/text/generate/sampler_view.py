"""The sampler at one position: the distribution after each stage, the working behind each bar, draws, two decoders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from playground.ui.view import view

_TEMPLATE = """
<section class="pg-sampler" aria-label="[[sampler.view.label]]">
  <p class="pg-sampler-title"></p>
  <div class="pg-stages" role="tablist" aria-label="[[sampler.view.stages]]"></div>
  <div class="pg-unused-stages"></div>
  <div class="pg-stage-body">
    <div class="pg-stage" role="tabpanel" tabindex="-1"></div>
    <aside class="pg-sums" aria-live="polite" aria-label="[[sampler.view.working]]"></aside>
  </div>
  <p class="pg-notice" role="status" hidden></p>
  <div class="pg-actions pg-sampler-actions">
    <button type="button" class="pg-button pg-draw">[[sampler.view.draw]]</button>
    <button type="button" class="pg-button pg-decoders">[[sampler.view.decoders]]</button>
  </div>
  <div class="pg-draws" hidden></div>
  <div class="pg-both" hidden></div>
</section>
"""


def sampler_view(
    value: dict[str, Any] | None = None,
    *,
    stages: Callable[[str], str] | None = None,
    **options: Any,
) -> gr.HTML:
    """Draws a position's stages, and follows the page's settings without an event. options: those of gr.HTML.

    value: {"context", "title", "settings", "stages", "menu", "groups", "chosen", "draws", "decoders"}: see
    sampler_panel.sampler_value.
    stages: called with JSON {"context", "settings"} at each change of a setting; returns JSON {"stages", "menu"} or
    {"error"}. The script calls it by the name "stages". Events: draw, decoders.
    """
    functions = [stages] if stages is not None else None
    return view("sampler", _TEMPLATE, value, events=("draw", "decoders"), server_functions=functions, **options)
