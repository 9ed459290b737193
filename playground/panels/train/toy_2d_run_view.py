"""A run on points of the plane, live: data, samples, and what the nets compute; or a race of three runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.experiments.toy_2d import family_title
from playground.ui.view import view

_TEMPLATE = """
<section class="pg-toy_2d_run" aria-label="[[train.toy_2d.title]]">
  <fieldset class="pg-toy_2d_run-layers" hidden><legend>[[train.toy_2d.layers.title]]</legend></fieldset>
  <div class="pg-toy_2d_run-stages"></div>
  <section class="pg-toy_2d_run-parts" aria-label="[[train.toy_2d.parts.region]]" hidden>
    <div class="pg-actions">
      <button type="button" class="pg-button pg-toy_2d_run-slow"
        aria-pressed="false">[[train.toy_2d.parts.slow]]</button>
      <button type="button" class="pg-button pg-toy_2d_run-next">[[train.toy_2d.parts.next]]</button>
      <span class="pg-hint">[[train.toy_2d.parts.hint]]</span></div>
    <ol class="pg-toy_2d_run-loop" aria-label="[[train.toy_2d.parts.discriminator]]"></ol>
    <ol class="pg-toy_2d_run-loop" aria-label="[[train.toy_2d.parts.generator]]"></ol>
    <p class="pg-toy_2d_run-message" role="status"></p>
  </section>
  <div class="pg-toy_2d_run-race" hidden><table><caption></caption><thead><tr><th scope="col">[[shared.model]]</th>
    <th scope="col">[[shared.steps]]</th><th scope="col">[[train.toy_2d.run.js]]</th>
    <th scope="col">[[train.toy_2d.run.kl]]</th><th scope="col">[[train.toy_2d.run.sliced_wasserstein]]</th>
    </tr></thead><tbody></tbody></table></div>
  <details class="pg-toy_2d_run-numbers" hidden><summary>[[train.toy_2d.run.numbers]]</summary>
    <div class="pg-scroll"><table><thead></thead><tbody></tbody></table></div>
    <p class="pg-hint">[[train.toy_2d.run.numbers_note]]</p></details>
  <p class="pg-empty"></p>
</section>
"""


def toy_2d_run_view(
    poll_run: Callable[[Any], dict[str, Any]], steer_run: Callable[[Any], dict[str, Any]], **options: Any
) -> gr.HTML:
    """Draws {"runs": [{"run", "title", "family"}], "empty"}, and follows the runs.

    Event: fork, {"run", "step"}, and "steps" for a longer run.
    poll_run, steer_run: see experiments/run_status.py and run_control.py. options: those of gr.HTML.
    """
    return view(
        "toy_2d_run", _TEMPLATE, {"runs": []}, events=("fork",),
        server_functions=[poll_run, steer_run], **options,
    )  # fmt: skip


def toy_2d_run_value(runs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """The view's value. runs: (family, id) of each."""
    return {
        "runs": [{"run": run, "family": family, "title": family_title(family)} for family, run in runs],
        "empty": say("train.toy_2d.run.empty"),
    }
