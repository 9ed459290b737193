"""Beam search as a tree: columns are steps, each token is kept or pruned, and the best text is marked."""

from __future__ import annotations

from typing import Any

from playground.views.base import View

_TEMPLATE = """
<section class="pg-beam" aria-label="Beam search">
  <div class="pg-beam-scroll" tabindex="0" aria-label="The tree; scroll sideways for later steps">
    <div class="pg-beam-tree"><svg class="pg-beam-lines" aria-hidden="true"></svg></div>
  </div>
  <p class="pg-beam-path" aria-live="polite"></p>
  <ol class="pg-beam-results"></ol>
</section>
"""

from gradio.events import Dependency

class BeamView(View):
    """Draws playground.labs.beams.BeamSearch.to_json: {"width", "steps", "best", "results", "done"}."""

    def __init__(self, value: dict[str, Any] | None = None, **options: Any) -> None:
        """options: those of gr.HTML."""
        super().__init__("beam", _TEMPLATE, value, **options)
    from typing import Callable, Literal, Sequence, Any, TYPE_CHECKING
    from gradio.blocks import Block
    if TYPE_CHECKING:
        from gradio.components import Timer
        from gradio.components.base import Component