"""What a run cost: a list of facts that follows it, with where the assumptions are from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from playground.views.base import view

_COST = """
<section class="pg-cost" aria-label="What it cost">
  <div class="pg-cost-body" hidden>
    <dl class="pg-facts"></dl>
    <details><summary>Where these numbers are from</summary><ul class="pg-cost-sources"></ul></details>
  </div>
  <p class="pg-empty"></p>
</section>
"""


def cost_view(priced: Callable[[Any], dict[str, Any]], value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws {"run", "empty"}. priced: see labs/training/cost.py. options: those of gr.HTML."""
    return view("cost", _COST, value, server_functions=[priced], **options)
