"""A training on pictures, live: what it makes of fixed noise, what its family shows besides, and the detector."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from playground.ui.training_curves import RUN_BAR
from playground.ui.view import view

_PICTURES = (
    '<section class="pg-training" aria-label="The training">'
    + RUN_BAR
    + """
  <p class="pg-empty">Nothing is being trained yet. Press the button above.</p>
  <div class="pg-training-body" hidden>
    <h4 class="pg-training-title"></h4><p class="pg-hint pg-training-about"></p>
    <canvas class="pg-bitmap pg-training-grid" role="img"></canvas>
    <p class="pg-hint pg-training-facts"></p>
    <div class="pg-training-copies" hidden></div>
    <div class="pg-training-rows"></div>
    <div class="pg-training-code"></div>
  </div>
</section>
"""
)
_FINDINGS = """
<section class="pg-findings" aria-label="The detector">
  <h4>The detector</h4>
  <p class="pg-findings-state pg-hint" role="status" aria-live="polite"></p>
  <p class="pg-findings-note pg-hint"></p>
  <ul class="pg-findings-list"></ul>
  <ul class="pg-findings-past pg-hint"></ul>
</section>
"""
Served = Callable[[Any], dict[str, Any]]


def training_pictures_view(look: Served, steer: Served, **options: Any) -> gr.HTML:
    """Draws {"run", "controls", "copies"} and follows it. Events, when the visitor forks: with controls, fork: {"run",

    "step"}, and "steps" if it is to go on for longer; without them the run repeats its parent, and opened: {"run",
    "parent"}. copies: show what was copied from the training pictures also where they are many.
    look, steer: see experiments/run_status.py and steering.py. options: those of gr.HTML.
    """
    return view(
        "trainingPictures", _PICTURES, {"run": ""}, events=("opened", "fork"), needs=("run",),
        server_functions=[look, steer], **options,
    )  # fmt: skip


def findings_view(examine: Served, **options: Any) -> gr.HTML:
    """Draws {"run", "of"}: what the detector sees in it, about once a second. of: of which of several, in words.

    examine: see experiments/live_detector.py.
    """
    return view("trainingFindings", _FINDINGS, {"run": ""}, server_functions=[examine], **options)
