"""Training curves of one run or several, over steps or seconds, with marks where settings were changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from playground.ui.view import view

#: In the template of every view that follows a run; playground.runBar fills it.
RUN_BAR = '<div class="pg-run-bar" hidden></div>'
_CURVES = """
<section class="pg-curves" aria-label="[[shared.curves.region]]">
  <div class="pg-actions"><button type="button" class="pg-button pg-curves-axis"
      hidden>[[shared.curves.over_seconds]]</button>
    <span class="pg-curves-legend"></span></div>
  <div class="pg-curves-list"></div>
  <p class="pg-hint pg-curves-cut"></p>
  <ol class="pg-curves-marks" aria-label="[[shared.curves.changes]]"></ol>
  <details><summary>[[shared.curves.table]]</summary>
    <table><thead><tr><th scope="col">[[shared.curves.number]]</th><th scope="col">[[shared.curves.first]]</th>
      <th scope="col">[[shared.run.now]]</th></tr></thead>
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
    """Draws the curves of runs and follows them; the step that the time machine shows is marked.

    value: {"runs": [{"run", "title"}], "show": names of numbers, or [] for all, "titles": {name: title},
    "scales": {name: factor} (of numbers in another unit than the curve),
    "lines": {name: [{"name", "value"}]} (horizontal lines), "axis": "step" or "seconds", "empty": text without runs}.
    look, steer: poll_run and steer_run of experiments/run_status.py and run_control.py. options: those of gr.HTML.
    """
    return view("curves", _CURVES, value, server_functions=[look, steer], **options)
