"""The table of a visitor's runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from playground.ui.view import view

_RUNS = """
<section class="pg-runs" aria-label="Your runs">
  <div class="pg-scroll"><table hidden><thead><tr>
    <th scope="col">Compare</th><th scope="col">Name</th><th scope="col">What</th><th scope="col">How it stands</th>
    <th scope="col">Steps</th><th scope="col">Time</th><th scope="col">What changed</th><th scope="col">Size</th>
    <th scope="col">Do</th></tr></thead><tbody></tbody></table></div>
  <p class="pg-empty"></p>
  <p class="pg-runs-said" role="status"></p>
  <p class="pg-hint pg-runs-foot"></p>
  <section class="pg-runs-models" aria-label="Models in the menus" hidden>
    <h4>Models in the menus of the other tabs</h4>
    <div class="pg-scroll"><table>
      <thead><tr><th scope="col">Model</th><th scope="col">Size</th><th scope="col">Do</th></tr></thead>
      <tbody></tbody></table></div>
    <p class="pg-hint">You put these in. Everybody who uses this playground can open them; only you can take them
      out. They stay when their run is deleted.</p>
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
