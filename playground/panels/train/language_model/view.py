"""A language model while it learns: its loss against counting, what it writes, and what can be changed meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from playground.ui.training_curves import RUN_BAR
from playground.ui.view import view

_TEMPLATE = (
    '<section class="pg-language" aria-label="The language model">'
    + RUN_BAR
    + """
  <p class="pg-hint pg-language-wait" role="status"></p>
  <div class="pg-language-body" hidden>
    <figure class="pg-language-chart"><figcaption>Bits for each character: lower is better</figcaption>
      <div class="pg-language-plot"></div>
      <p class="pg-language-words"></p></figure>
    <figure class="pg-language-now"><figcaption>What it writes now</figcaption>
      <p class="pg-language-sample"></p>
      <p class="pg-hint pg-language-facts"></p></figure>
    <fieldset class="pg-language-swap"><legend>Change it while it learns, or for a fork</legend>
      <label>Temperature of the sample <input type="range" name="temperature" min="0" max="2" step="0.1">
        <output class="pg-number"></output></label>
      <label>Learning rate <input type="number" name="rate" min="0.0000001" max="10" step="any"></label>
      <label>Optimizer <select name="optimizer"><option>adamw</option><option>adam</option><option>momentum</option>
        <option>sgd</option></select></label>
      <label>Texts in a batch <input type="number" name="batch" min="1" max="256" step="1"></label>
      <p class="pg-hint pg-language-said" role="status"></p>
    </fieldset>
    <div class="pg-language-past"><h4>What it wrote on the way</h4><ol class="pg-language-list"></ol></div>
  </div>
</section>
"""
)
_SHIPPED = '<section class="pg-shipped" aria-label="Trained before"><div class="pg-shipped-list"></div></section>'


def language_view(
    look: Callable[[Any], dict[str, Any]], steer: Callable[[Any], dict[str, Any]], **options: Any
) -> gr.HTML:
    """Follows {"run": id} and draws it. Its event "opened" has {"run", "parent"} of a fork.

    look, steer: see experiments/run_status.py and steering.py. options: those of gr.HTML.
    """
    return view(
        "language",
        _TEMPLATE,
        {"run": ""},
        events=("opened",),
        needs=("run",),
        server_functions=[look, steer],
        **options,
    )


def shipped_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws {"models": [{"name", "title", "words", "prompt", "sample", "query"}], "rows", "baselines", "marks"}.

    rows: of step, train, held-out, of the training that made them.  marks: their steps.  options: those of gr.HTML.
    """
    return view("shipped", _SHIPPED, value, needs=("run",), **options)
