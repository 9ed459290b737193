"""The cost of a run, live: time, energy and CO2, with the sources of the assumptions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.ui.view import view

_COST = """
<section class="pg-cost" aria-label="[[train.cost.title]]">
  <div class="pg-cost-body" hidden>
    <dl class="pg-facts"></dl>
    <details><summary>[[train.cost.sources]]</summary><ul class="pg-cost-sources"></ul></details>
  </div>
  <p class="pg-empty"></p>
</section>
"""


def cost_view(run_cost: Callable[[Any], dict[str, Any]], elem_id: str, *runs: str) -> gr.HTML:
    """Draws {"runs", "empty"}, closed at first. run_cost: see experiments/cost.py.  runs: those at first."""
    with gr.Accordion(say("train.cost.title"), open=False, elem_id=f"{elem_id}-fold"):
        return view("cost", _COST, cost_value(*runs), server_functions=[run_cost], elem_id=elem_id)


def cost_value(*runs: str) -> dict[str, Any]:
    """The view's value. runs: their ids; several are added up."""
    return {"runs": list(runs), "empty": say("train.cost.empty")}
