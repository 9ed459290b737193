"""The detector: failures it finds in a run, with the numbers that gave them away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from playground.ui.view import view

_TEMPLATE = """
<section class="pg-detector" aria-label="[[train.detector.title]]">
  <h4>[[train.detector.title]]</h4>
  <p class="pg-detector-state pg-hint" role="status" aria-live="polite"></p>
  <details class="pg-detector-checked pg-hint" hidden><summary>[[train.detector.checked]]</summary><p></p></details>
  <p class="pg-detector-note pg-hint"></p>
  <ul class="pg-detector-list"></ul>
  <ul class="pg-detector-past pg-hint"></ul>
</section>
"""


def detector_view(
    diagnose_run: Callable[[Any], dict[str, Any]], value: dict[str, str] | None = None, **options: Any
) -> gr.HTML:
    """Draws the findings of {"run", "of"}, updated about once a second.

    of: the model's name if the run is one of several.
    diagnose_run: see experiments/live_detector.py. options: those of gr.HTML.
    """
    return view("detector", _TEMPLATE, value or {"run": ""}, server_functions=[diagnose_run], **options)


def detector_value(run: str, of: str = "") -> dict[str, str]:
    """The view's value. run: "" for none.  of: the model's name if the run is one of several."""
    return {"run": run, "of": of}
