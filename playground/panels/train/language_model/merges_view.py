"""Byte-pair merges as a list, and a passage cut into the tokens after any of them."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.ui.view import view

_TEMPLATE = """
<section class="pg-merges" aria-label="[[train.language_model.bpe.region]]" hidden>
  <div class="pg-merges-time">
    <button type="button" class="pg-button pg-merges-back" aria-label="[[train.language_model.bpe.back]]">◀</button>
    <input type="range" class="pg-merges-slider" min="0" step="1" aria-label="[[train.language_model.bpe.slider]]">
    <button type="button" class="pg-button pg-merges-on" aria-label="[[train.language_model.bpe.forward]]">▶</button>
    <button type="button" class="pg-button pg-merges-play">[[train.language_model.bpe.play]]</button>
  </div>
  <p class="pg-merges-now" role="status"></p>
  <p class="pg-merges-counts"></p>
  <div class="pg-merges-text"></div>
  <label class="pg-merges-own">[[train.language_model.passage]]
    <textarea class="pg-merges-passage" rows="3" spellcheck="false"></textarea></label>
  <p class="pg-hint pg-merges-limit" role="status"></p>
  <h4 class="pg-merges-head">[[train.language_model.bpe.list]]</h4>
  <ol class="pg-merges-list"></ol>
  <button type="button" class="pg-button pg-merges-more" hidden>[[train.language_model.bpe.more]]</button>
</section>
"""


def merges_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws the merges and the passage.

    value: {"id", "title", "merges": [[left, right, count, joined]], "passage", "tokens": before any merge,
    "characters", "words", "learning"}.
    left, right: bytes as hexadecimal.  passage: the text to cut, until the visitor writes another.  id: a new one
    goes to the last merge.  learning: more merges are coming.  options: those of gr.HTML.
    """
    return view("merges", _TEMPLATE, value, **options)
