"""What a run cost: time, energy and CO2, live, with the sources of its assumptions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from playground.ui.view import view

_COST = """
<section class="pg-cost" aria-label="What it cost">
  <div class="pg-cost-body" hidden>
    <dl class="pg-facts"></dl>
    <details><summary>Where these numbers are from</summary><ul class="pg-cost-sources"></ul></details>
  </div>
  <p class="pg-empty"></p>
</section>
"""


def cost_view(run_cost: Callable[[Any], dict[str, Any]], elem_id: str) -> gr.HTML:
    """Draws {"runs", "empty"}, folded up at first. run_cost: see experiments/cost.py."""
    with gr.Accordion("What it cost", open=False, elem_id=f"{elem_id}-fold"):
        return view("cost", _COST, cost_value(), server_functions=[run_cost], elem_id=elem_id)


def cost_value(*runs: str) -> dict[str, Any]:
    """The view's value: these runs, added up."""
    return {"runs": list(runs), "empty": "What a run cost stands here once it goes on."}
