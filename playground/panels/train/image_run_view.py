"""A run of an image model, live: its pictures from fixed noise, and the views of its family."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from playground.ui.training_curves import RUN_BAR
from playground.ui.view import view

_TEMPLATE = (
    '<section class="pg-image_run" aria-label="[[train.image_run.region]]">'
    + RUN_BAR
    + """
  <p class="pg-empty">[[train.image_run.empty]]</p>
  <div class="pg-image_run-body" hidden>
    <h4 class="pg-image_run-title"></h4><p class="pg-hint pg-image_run-about"></p>
    <canvas class="pg-bitmap pg-image_run-grid" role="img"></canvas>
    <p class="pg-hint pg-image_run-facts"></p>
    <div class="pg-image_run-copies" hidden></div>
    <div class="pg-image_run-rows"></div>
    <div class="pg-image_run-code"></div>
  </div>
</section>
"""
)
Served = Callable[[Any], dict[str, Any]]


def image_run_view(poll_run: Served, steer_run: Served, value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws {"run", "controls", "copies"} and follows the run.

    Events when the visitor forks: fork, {"run", "step"} and "steps" for a longer run, if "controls" is true (the panel
    adds its settings); otherwise opened, {"run", "parent"}, of a fork with its parent's settings.
    copies: show the nearest training pictures however many there are.
    poll_run, steer_run: see experiments/run_status.py and run_control.py. options: those of gr.HTML.
    """
    return view(
        "image_run", _TEMPLATE, value or {"run": ""}, events=("opened", "fork"),
        server_functions=[poll_run, steer_run], **options,
    )  # fmt: skip
