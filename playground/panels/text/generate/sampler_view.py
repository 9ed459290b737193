"""The sampler at one position: each stage's distribution, what it cut, the sums behind each bar; draws; two

decoders.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from playground.ui.view import view

_TEMPLATE = """
<section class="pg-sampler" aria-label="The sampler, stage by stage">
  <p class="pg-sampler-title"></p>
  <div class="pg-stages" role="tablist" aria-label="Stages in their order"></div>
  <div class="pg-stage-body">
    <div class="pg-stage" role="tabpanel" tabindex="-1"></div>
    <aside class="pg-sums" aria-live="polite" aria-label="How this bar is computed"></aside>
  </div>
  <p class="pg-notice" role="status" hidden></p>
  <div class="pg-actions pg-sampler-actions">
    <button type="button" class="pg-button pg-draw">Draw 1,000 times</button>
    <button type="button" class="pg-button pg-decoders">Compare the two decoders</button>
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
    """Draws a position's stages and follows the page's sliders by itself. options: those of gr.HTML.

    value: {"context", "title", "settings", "stages", "chosen", "draws", "decoders"}: see language.next_token.
    stages: called with JSON {"context", "settings"} at each move of a slider; gives JSON {"stages"} or {"error"}. It is
    called by the name "stages". Events: draw, decoders.
    """
    functions = [stages] if stages is not None else None
    return view("sampler", _TEMPLATE, value, events=("draw", "decoders"), server_functions=functions, **options)
