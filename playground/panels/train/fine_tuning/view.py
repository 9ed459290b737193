"""A fine-tuning, live, and its effect: the model before and after, side by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from playground.ui.training_curves import RUN_BAR
from playground.ui.view import view

_FINE_TUNING = f"""
<section class="pg-fine_tuning" aria-label="[[train.fine_tuning.run.region]]">
  {RUN_BAR}
  <div class="pg-fine_tuning-body" hidden>
    <div class="pg-fine_tuning-both">
      <div>
        <figure class="pg-curve pg-fine_tuning-chart"></figure>
        <p class="pg-fine_tuning-legend"></p>
      </div>
      <dl class="pg-facts"></dl>
    </div>
    <p class="pg-fine_tuning-verdict"></p>
    <h4>[[train.fine_tuning.run.checks]]</h4>
    <p class="pg-hint pg-fine_tuning-prompt"></p>
    <div class="pg-scroll" tabindex="0" role="region" aria-label="[[train.fine_tuning.run.checks_region]]">
      <table><thead><tr><th scope="col">[[train.fine_tuning.run.check_step]]</th>
      <th scope="col">[[train.fine_tuning.run.check_loss]]</th>
      <th scope="col">[[train.fine_tuning.run.check_text]]</th></tr></thead><tbody></tbody></table></div>
    <p class="pg-hint pg-fine_tuning-rule"></p>
  </div>
  <p class="pg-empty"></p>
</section>
"""
_BEFORE_AFTER = """
<section class="pg-before_after" aria-label="[[train.fine_tuning.before_after.region]]">
  <div class="pg-before_after-body" hidden>
    <table class="pg-before_after-scores"><caption>[[train.fine_tuning.before_after.scores]]</caption>
      <thead><tr><th scope="col">[[train.fine_tuning.before_after.score_text]]</th>
      <th scope="col">[[train.fine_tuning.before_after.before]]</th>
      <th scope="col">[[train.fine_tuning.before_after.after]]</th>
      <th scope="col">[[train.fine_tuning.before_after.verdict]]</th></tr></thead><tbody></tbody></table>
    <h4>[[train.fine_tuning.before_after.moved]]</h4>
    <p class="pg-hint pg-before_after-asked"></p>
    <div class="pg-before_after-moved"><div><h5>[[train.fine_tuning.before_after.rose]]</h5>
      <ol class="pg-before_after-rose"></ol></div>
      <div><h5>[[train.fine_tuning.before_after.fell]]</h5><ol class="pg-before_after-fell"></ol></div></div>
    <h4>[[train.fine_tuning.before_after.texts]]</h4>
    <div class="pg-before_after-texts">
      <article><h5>[[train.fine_tuning.before_after.before]]</h5><p class="pg-before_after-before"></p></article>
      <article><h5>[[train.fine_tuning.before_after.after]]</h5><p class="pg-before_after-after"></p></article></div>
  </div>
  <p class="pg-empty"></p>
</section>
"""


def fine_tuning_view(
    poll_run: Callable[[Any], dict[str, Any]],
    steer_run: Callable[[Any], dict[str, Any]],
    value: dict[str, Any] | None = None,
    **options: Any,
) -> gr.HTML:
    """Draws {"run", "empty"}: a run's losses and its continuations, live.

    Event: fork, {"run", "step"}, and "steps" for a longer run.
    poll_run, steer_run: see experiments/run_status.py and run_control.py. options: those of gr.HTML.
    """
    return view(
        "fine_tuning",
        _FINE_TUNING,
        value,
        events=("fork",),
        server_functions=[poll_run, steer_run],
        **options,
    )


def before_after_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws a comparison, or the sentence "empty".

    value: {"scores": [{"name", "before", "after", "note"}], "asked", "rose", "fell": [{"text", "before", "after"}],
    "before", "after": texts or None, "empty"}.  options: those of gr.HTML.
    """
    return view("before_after", _BEFORE_AFTER, value, **options)
