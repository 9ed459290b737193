"""Pictures to label by hand: two raters take turns, neither seeing the other's labels."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.ui.view import module_call, view


def marks_script() -> str:
    """JavaScript for an event with inputs (faces, marks, log): replaces the marks by the current ones, "A|B"."""
    marks = module_call("panels/bias/image_bias/labelling_view.js", "currentMarks", "marks")
    return f"async (faces, marks, log) => [faces, await {marks}, log]"


_TEMPLATE = """
<section class="pg-labelling" aria-label="[[bias_texts.image_bias.faces.label]]">
  <div class="pg-labelling-body" hidden>
    <div class="pg-labelling-raters" role="radiogroup" aria-label="[[bias_texts.image_bias.faces.raters_label]]"></div>
    <p class="pg-hint">[[bias_texts.image_bias.faces.hint]]</p>
    <div class="pg-labelling-faces" role="group" aria-label="[[bias_texts.image_bias.faces.faces_label]]"></div>
    <div class="pg-labelling-labels" role="group" aria-label="[[bias_texts.image_bias.faces.labels_label]]"></div>
    <p class="pg-labelling-status" role="status"></p>
  </div>
  <p class="pg-empty"></p>
</section>
"""


def labelling_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws pack(…) | {"run", "labels", "marks": [first, second], "same", "empty"}.

    run: a new one resets the labels, but those that the browser keeps for these faces come back.
    same: names the faces and the labels to choose from.  options: those of gr.HTML.
    marks: a digit per picture, "-" for none; events read the current ones with the `marks_script`.
    """
    return view("labelling", _TEMPLATE, value, **options)
