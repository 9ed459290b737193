"""Each group's distinctive words, side by side, and the texts they come from."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.ui.view import view

_WORDS = """
<section class="pg-group-words" aria-label="[[bias_texts.group_generation.words_label]]">
  <div class="pg-group-lists"></div>
  <p class="pg-hint"></p>
</section>
"""
_TEXTS = """
<section class="pg-group-texts" aria-label="[[bias_texts.group_generation.texts_label]]">
  <label class="pg-group-choice">[[bias_texts.show]] <select></select></label>
  <p class="pg-hint" role="status"></p>
  <ol class="pg-group-list"></ol>
  <p class="pg-empty"></p>
</section>
"""


def group_words_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws {"groups": [{"name", "words": [{"text", "note", "holds"}]}], "hint"}.

    note: how often the word occurs.  holds: whether it is significant after correction.  options: those of gr.HTML.
    """
    return view("groupWords", _WORDS, value, **options)


def group_texts_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws {"groups": [name], "texts": [{"group", "prompt", "text", "query", "note"}], "empty"}.

    group: an index.  query: of the link that writes the text again, or "".  options: those of gr.HTML.
    """
    return view("groupTexts", _TEXTS, value, **options)
