"""The sampler at one position: each stage's distribution, what it cut, the sums behind each bar; draws; two decoders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playground.views.base import View

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


class SamplerView(View):
    """Draws a position's stages and follows the page's sliders by itself.

    value: {"context", "title", "settings", "stages", "chosen", "draws", "decoders"}: see playground.labs.next_token.
    stages: called with JSON {"context", "settings"} at each move of a slider; gives {"stages"} or {"error"}.
    Events: draw, decoders.
    """

    def __init__(
        self,
        value: dict[str, Any] | None = None,
        *,
        stages: Callable[[str], dict[str, object]] | None = None,
        **options: Any,
    ) -> None:
        """options: those of gr.HTML. The function is called by the name "stages"."""
        functions = [stages] if stages is not None else None
        super().__init__(
            "sampler", _TEMPLATE, value, events=("draw", "decoders"), server_functions=functions, **options
        )
