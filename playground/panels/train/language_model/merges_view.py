"""Byte-pair merges as a list, and a passage cut into the tokens of any moment: wound back by a click or a slider."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.ui.view import view

_TEMPLATE = """
<section class="pg-merges" aria-label="Byte-pair merges" hidden>
  <div class="pg-merges-time">
    <button type="button" class="pg-button pg-merges-back" aria-label="One merge back">◀</button>
    <input type="range" class="pg-merges-slider" min="0" step="1" aria-label="Merges done">
    <button type="button" class="pg-button pg-merges-on" aria-label="One merge on">▶</button>
    <button type="button" class="pg-button pg-merges-play">Play</button>
  </div>
  <p class="pg-merges-now" role="status"></p>
  <p class="pg-merges-counts"></p>
  <div class="pg-merges-text"></div>
  <h4 class="pg-merges-head">The merges in the order in which they were learned: click one to go there</h4>
  <ol class="pg-merges-list"></ol>
  <button type="button" class="pg-button pg-merges-more" hidden>More merges</button>
</section>
"""


def merges_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws {"id", "title", "merges": [[left, right, count, joined]], "bytes", "gone", "tokens": before any merge,
    "characters", "words", "learning"}.

    left, right: bytes as hexadecimal.  bytes, gone: of the passage, see bpe_explorer.py.  id: another one goes
    to the last merge.  learning: more merges are coming.  options: those of gr.HTML.
    """
    return view("merges", _TEMPLATE, value, **options)
