"""The tree of a beam search: a column for each step, tokens kept or pruned, the best text marked."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.ui.view import view

_TEMPLATE = """
<section class="pg-beam" aria-label="[[text.beam_search.title]]">
  <div class="pg-beam-scroll" tabindex="0" aria-label="[[text.beam_search.scroll]]">
    <div class="pg-beam-tree"><svg class="pg-beam-lines" aria-hidden="true"></svg></div>
  </div>
  <p class="pg-beam-path" aria-live="polite"></p>
  <ol class="pg-beam-results"></ol>
</section>
"""


def beam_search_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws BeamSearch.to_json() of language.beam_search: {"width", "steps", "best", "results", "done"}."""
    return view("beamSearch", _TEMPLATE, value, **options)
