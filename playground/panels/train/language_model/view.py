"""A language model as it learns: its loss against counting, what it writes, and settings that can change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from playground.ui.training_curves import RUN_BAR
from playground.ui.view import view

_TEMPLATE = (
    '<section class="pg-language_model" aria-label="[[train.language_model.run.region]]">'
    + RUN_BAR
    + """
  <p class="pg-hint pg-language_model-wait" role="status"></p>
  <div class="pg-language_model-body" hidden>
    <figure class="pg-language_model-chart"><figcaption>[[train.language_model.run.chart]]</figcaption>
      <div class="pg-language_model-plot"></div>
      <p class="pg-language_model-words"></p></figure>
    <figure class="pg-language_model-now"><figcaption>[[train.language_model.run.now]]</figcaption>
      <p class="pg-language_model-sample"></p>
      <p class="pg-hint pg-language_model-facts"></p></figure>
    <fieldset class="pg-language_model-swap"><legend>[[train.language_model.run.change]]</legend>
      <label>[[train.language_model.run.temperature]] <input type="range" name="temperature" min="0" max="2" step="0.1">
        <output class="pg-number"></output></label>
      <label>[[shared.learning_rate]] <input type="number" name="rate" min="0.0000001" max="10" step="any"></label>
      <label>[[train.language_model.optimizer]]
        <select name="optimizer"><option>adamw</option><option>adam</option><option>momentum</option>
        <option>sgd</option></select></label>
      <label>[[train.language_model.batch]] <input type="number" name="batch" min="1" max="256" step="1"></label>
      <p class="pg-hint pg-language_model-message" role="status"></p>
    </fieldset>
    <div class="pg-language_model-past"><h4>[[train.language_model.run.past]]</h4>
      <ol class="pg-language_model-list"></ol></div>
  </div>
</section>
"""
)
_BUNDLED = """
<section class="pg-bundled_models" aria-label="[[train.language_model.bundled_region]]">
  <div class="pg-bundled_models-list"></div></section>
"""


def language_model_view(
    poll_run: Callable[[Any], dict[str, Any]],
    steer_run: Callable[[Any], dict[str, Any]],
    value: dict[str, Any] | None = None,
    **options: Any,
) -> gr.HTML:
    """Follows {"run": id, and the settings of its start} and draws it. Event of a fork: opened, {"run", "parent"}.

    poll_run, steer_run: see experiments/run_status.py and run_control.py. options: those of gr.HTML.
    """
    return view(
        "language_model",
        _TEMPLATE,
        value or {"run": ""},
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
