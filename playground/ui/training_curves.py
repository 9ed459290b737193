"""The numbers of one run or several as lines, over steps or seconds, with what was changed marked on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from playground.ui.view import view

#: Stands in the template of every view that follows a run: its script fills it (playground.runBar).
RUN_BAR = '<div class="pg-run-bar" hidden></div>'
_CURVES = """
<section class="pg-curves" aria-label="Curves">
  <div class="pg-actions"><button type="button" class="pg-button pg-curves-axis" hidden>Over seconds</button>
    <span class="pg-curves-legend"></span></div>
  <div class="pg-curves-list"></div>
  <ol class="pg-curves-marks" aria-label="What was changed"></ol>
  <details><summary>The numbers as a table</summary>
    <table><thead><tr><th scope="col">Number</th><th scope="col">at first</th><th scope="col">now</th></tr></thead>
    <tbody></tbody></table></details>
  <p class="pg-empty"></p>
</section>
"""


def curves_view(
    look: Callable[[Any], dict[str, Any]],
    steer: Callable[[Any], dict[str, Any]],
    value: dict[str, Any] | None = None,
    **options: Any,
) -> gr.HTML:
    """Draws {"runs": [{"run", "title"}], "show": names or [], "titles": {name: title}, "lines": {name: [{"name",
    "value"}]}, "axis": "step" or "seconds", "empty"}, and follows those runs. The time machine's step is marked.

    look, steer: poll_run and steer_run of experiments/run_status.py and run_control.py. options: those of gr.HTML.
    """
    return view("curves", _CURVES, value, server_functions=[look, steer], **options)
