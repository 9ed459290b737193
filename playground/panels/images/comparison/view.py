"""Models side by side: a row of samples each, a table of measures, and one plot of quality against time."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.ui.view import view

_TEMPLATE = """
<section class="pg-better" aria-label="The families side by side">
  <div class="pg-better-samples"></div>
  <div class="pg-table-box" tabindex="0" aria-label="The measures; scroll sideways for more"></div>
  <figure class="pg-better-plot"></figure>
  <p class="pg-hint pg-better-protocol"></p>
</section>
"""


def better_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws {"samples", "columns", "rows", "plot", "protocol", "done"}.

    samples: [{"title", "packed", "labels"}].  columns: [title].  rows: [{"title", "meaning", "better", "cells":
    [{"text", "range", "best"}]}].  plot: {"x", "y", "floor", "points": [{"title", "x", "y", "low", "high"}]}.
    options: those of gr.HTML.
    """
    return view("better", _TEMPLATE, value, needs=("pictures",), **options)
