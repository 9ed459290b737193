"""A run on points of the plane, live: the data, the model's samples and what the nets compute; or a race of three."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr

from playground.experiments.toy_2d import FAMILIES
from playground.ui.view import view

_TEMPLATE = """
<section class="pg-toy_2d_run" aria-label="Arena">
  <fieldset class="pg-toy_2d_run-layers" hidden><legend>Show</legend></fieldset>
  <div class="pg-toy_2d_run-stages"></div>
  <section class="pg-toy_2d_run-parts" aria-label="The ten parts of a step" hidden>
    <div class="pg-actions">
      <button type="button" class="pg-button pg-toy_2d_run-slow" aria-pressed="false">Slow motion</button>
      <button type="button" class="pg-button pg-toy_2d_run-next">Next part</button>
      <span class="pg-hint">A step of a GAN has ten parts. Weights move in the two dark ones only.</span></div>
    <ol class="pg-toy_2d_run-loop" aria-label="D's update"></ol>
    <ol class="pg-toy_2d_run-loop" aria-label="G's update"></ol>
    <p class="pg-toy_2d_run-told" role="status"></p>
  </section>
  <div class="pg-toy_2d_run-race" hidden><table><caption></caption><thead><tr><th scope="col">Model</th>
    <th scope="col">Steps</th><th scope="col">JS, bits</th><th scope="col">KL, bits</th>
    <th scope="col">Sliced Wasserstein</th></tr></thead><tbody></tbody></table></div>
  <details class="pg-toy_2d_run-numbers" hidden><summary>What is drawn, in numbers</summary>
    <div class="pg-scroll"><table><thead></thead><tbody></tbody></table></div>
    <p class="pg-hint">KL and JS compare histograms of 20 by 20 cells, half a point added to each cell; sliced
    Wasserstein is the mean over 16 directions. All against 2,000 held-out points. “A second real draw” is what a
    perfect model would get: less is luck.</p></details>
  <p class="pg-empty"></p>
</section>
"""
_EMPTY = "Press Start: the points appear here within a few seconds."


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
        "runs": [{"run": run, "family": family, "title": FAMILIES[family]} for family, run in runs],
        "empty": _EMPTY,
    }
