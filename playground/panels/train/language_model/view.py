"""A language model while it learns: its loss against counting, what it writes, and what can be changed meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from playground.ui.training_curves import RUN_BAR
from playground.ui.view import view

_TEMPLATE = (
    '<section class="pg-language_model" aria-label="The language model">'
    + RUN_BAR
    + """
  <p class="pg-hint pg-language_model-wait" role="status"></p>
  <div class="pg-language_model-body" hidden>
    <figure class="pg-language_model-chart"><figcaption>Bits for each character: lower is better</figcaption>
      <div class="pg-language_model-plot"></div>
      <p class="pg-language_model-words"></p></figure>
    <figure class="pg-language_model-now"><figcaption>What it writes now</figcaption>
      <p class="pg-language_model-sample"></p>
      <p class="pg-hint pg-language_model-facts"></p></figure>
    <fieldset class="pg-language_model-swap"><legend>Change it while it learns, or for a fork</legend>
      <label>Temperature of the sample <input type="range" name="temperature" min="0" max="2" step="0.1">
        <output class="pg-number"></output></label>
      <label>Learning rate <input type="number" name="rate" min="0.0000001" max="10" step="any"></label>
      <label>Optimizer <select name="optimizer"><option>adamw</option><option>adam</option><option>momentum</option>
        <option>sgd</option></select></label>
      <label>Texts in a batch <input type="number" name="batch" min="1" max="256" step="1"></label>
      <p class="pg-hint pg-language_model-said" role="status"></p>
    </fieldset>
    <div class="pg-language_model-past"><h4>What it wrote on the way</h4><ol class="pg-language_model-list"></ol></div>
  </div>
</section>
"""
)
_BUNDLED = """
<section class="pg-bundled_models" aria-label="Trained before"><div class="pg-bundled_models-list"></div></section>
"""


def language_model_view(
    poll_run: Callable[[Any], dict[str, Any]], steer_run: Callable[[Any], dict[str, Any]], **options: Any
) -> gr.HTML:
    """Follows {"run": id, and the settings of its start} and draws it. Event of a fork: opened, {"run", "parent"}.

    poll_run, steer_run: see experiments/run_status.py and run_control.py. options: those of gr.HTML.
    """
    return view(
        "language_model",
        _TEMPLATE,
        {"run": ""},
        events=("opened",),
        server_functions=[poll_run, steer_run],
        **options,
    )


def bundled_models_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws {"models": [{"name", "title", "words", "prompt", "sample", "query"}], "rows", "baselines", "marks"}.

    rows: (step, training loss, held-out loss) of the training that they are snapshots of.  marks: their steps.
    options: those of gr.HTML.
    """
    return view("bundled_models", _BUNDLED, value, **options)
