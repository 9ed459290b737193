"""Beam search as a tree: columns are steps, each token is kept or pruned, and the best text is marked."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.ui.view import view

_TEMPLATE = """
<section class="pg-beam" aria-label="Beam search">
  <div class="pg-beam-scroll" tabindex="0" aria-label="The tree; scroll sideways for later steps">
    <div class="pg-beam-tree"><svg class="pg-beam-lines" aria-hidden="true"></svg></div>
  </div>
  <p class="pg-beam-path" aria-live="polite"></p>
  <ol class="pg-beam-results"></ol>
</section>
"""


def beam_search_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws playground.language.beam_search.BeamSearch.to_json: {"width", "steps", "best", "results", "done"}."""
    return view("beamSearch", _TEMPLATE, value, **options)
