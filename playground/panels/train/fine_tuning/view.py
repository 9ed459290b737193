"""A fine-tuning as it goes on, and what it changed: before and after, side by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from playground.ui.training_curves import RUN_BAR
from playground.ui.view import view

_TUNING = f"""
<section class="pg-tuning" aria-label="The fine-tuning">
  {RUN_BAR}
  <div class="pg-tuning-body" hidden>
    <div class="pg-tuning-both">
      <div>
        <figure class="pg-curve pg-tuning-chart"></figure>
        <p class="pg-tuning-legend"></p>
      </div>
      <dl class="pg-facts"></dl>
    </div>
    <p class="pg-tuning-verdict"></p>
    <h4>The same beginning, continued by the likeliest tokens, at each look</h4>
    <p class="pg-hint pg-tuning-prompt"></p>
    <div class="pg-scroll" tabindex="0" role="region" aria-label="Continuations by step">
      <table><thead><tr><th scope="col">Step</th><th scope="col">Held-out loss</th><th scope="col">It writes on</th>
      </tr></thead><tbody></tbody></table></div>
    <p class="pg-hint pg-tuning-rule"></p>
  </div>
  <p class="pg-empty"></p>
</section>
"""
_TUNED = """
<section class="pg-tuned" aria-label="Before and after">
  <div class="pg-tuned-body" hidden>
    <table class="pg-tuned-scores"><caption>How surprised is it? Perplexity: lower is better</caption>
      <thead><tr><th scope="col">Text</th><th scope="col">Before</th><th scope="col">After</th>
      <th scope="col">So it</th></tr></thead><tbody></tbody></table>
    <h4>Which next tokens moved most?</h4>
    <p class="pg-hint pg-tuned-asked"></p>
    <div class="pg-tuned-moved"><div><h5>▲ Likelier now</h5><ol class="pg-tuned-rose"></ol></div>
      <div><h5>▼ Less likely now</h5><ol class="pg-tuned-fell"></ol></div></div>
    <h4>The same beginning, the same random numbers</h4>
    <div class="pg-tuned-texts">
      <article><h5>Before</h5><p class="pg-tuned-before"></p></article>
      <article><h5>After</h5><p class="pg-tuned-after"></p></article></div>
  </div>
  <a class="pg-button pg-tuned-link" hidden></a>
  <p class="pg-empty"></p>
</section>
"""


def tuning_view(
    look: Callable[[Any], dict[str, Any]],
    steer: Callable[[Any], dict[str, Any]],
    value: dict[str, Any] | None = None,
    **options: Any,
) -> gr.HTML:
    """Draws {"run", "empty"}: a run's losses and what its model writes, live. Event: fork, {"run", "step"} and
    "steps" if it is to go on for longer.

    look, steer: see experiments/run_status.py and steering.py. options: those of gr.HTML.
    """
    return view("tuning", _TUNING, value, events=("fork",), needs=("run",), server_functions=[look, steer], **options)


def tuned_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws {"scores": [{"name", "before", "after", "note"}], "asked", "rose", "fell": [{"text", "before", "after"}],
    "before", "after": texts or None, "link": {"title", "query"} or None, "empty"}. options: those of gr.HTML.
    """
    return view("tuned", _TUNED, value, **options)
