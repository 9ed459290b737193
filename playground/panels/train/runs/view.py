"""The table of a visitor's runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from playground.ui.view import view

_RUNS = """
<section class="pg-runs" aria-label="[[train.runs.region]]">
  <div class="pg-runs-tools pg-actions" hidden>
    <label>[[train.runs.filter]]
      <input type="search" class="pg-runs-filter" placeholder="[[train.runs.filter_hint]]"></label>
    <span class="pg-runs-many"></span>
  </div>
  <p class="pg-runs-message" role="status"></p>
  <div class="pg-scroll pg-runs-table"><table hidden><thead><tr>
    <th scope="col">[[train.runs.compare]]</th><th scope="col">[[train.runs.name]]</th>
    <th scope="col">[[train.runs.kind]]</th><th scope="col">[[train.runs.date]]</th>
    <th scope="col">[[train.runs.status]]</th>
    <th scope="col">[[shared.steps]]</th><th scope="col">[[train.runs.time]]</th>
    <th scope="col">[[train.runs.changed]]</th><th scope="col">[[train.runs.size]]</th>
    <th scope="col">[[train.runs.actions]]</th></tr></thead><tbody></tbody></table></div>
  <p class="pg-empty"></p>
  <p class="pg-hint pg-runs-foot"></p>
  <section class="pg-runs-models" aria-label="[[train.runs.models.region]]" hidden>
    <h4>[[train.runs.models.title]]</h4>
    <div class="pg-scroll"><table>
      <thead><tr><th scope="col">[[shared.model]]</th><th scope="col">[[train.runs.size]]</th>
        <th scope="col">[[train.runs.actions]]</th></tr></thead>
      <tbody></tbody></table></div>
    <p class="pg-hint">[[train.runs.models.note]]</p>
  </section>
</section>
"""


def runs_view(
    list_runs: Callable[[Any], dict[str, Any]], manage_run: Callable[[Any], dict[str, Any]], **options: Any
) -> gr.HTML:
    """Draws the runs of this browser's owner. Event: compare, {"runs": [{"run", "title"}]}.

    list_runs, manage_run: see experiments/run_list.py. options: those of gr.HTML.
    """
    return view("runs", _RUNS, {}, events=("compare",), server_functions=[list_runs, manage_run], **options)
