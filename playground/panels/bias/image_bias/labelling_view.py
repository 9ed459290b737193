"""Pictures to label by hand: two raters, each in turn and without seeing the other's labels."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.ui.view import view

#: JavaScript for an event whose second of three inputs is the marks: as they are now, "first|second".
MARKS = (
    "(faces, marks, log) => [faces, window.playground.labellingMarks ? window.playground.labellingMarks() : marks, log]"
)
_TEMPLATE = """
<section class="pg-labelling" aria-label="Label the pictures">
  <div class="pg-labelling-body" hidden>
    <div class="pg-labelling-raters" role="radiogroup" aria-label="Who is labelling?"></div>
    <p class="pg-hint">Choose a face, then press 1, 2 or 3, or a label below: the next face follows. Arrows move, 0
    takes a label back. The other rater's labels stay hidden.</p>
    <div class="pg-labelling-faces" role="group" aria-label="Faces; arrows move"></div>
    <div class="pg-labelling-labels" role="group" aria-label="Labels"></div>
    <p class="pg-labelling-told" role="status"></p>
  </div>
  <p class="pg-empty"></p>
</section>
"""


def labelling_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws pack(…) | {"run", "labels", "marks": [first, second], "empty"}.

    run: another one begins anew.  marks: a digit for each picture, "-" for none. What is labelled is asked of the page
    with MARKS. options: those of gr.HTML.
    """
    return view("labelling", _TEMPLATE, value, **options)
