"""The order of the sampler's stages as a list whose rows move by drag, by button and by keyboard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from playground.language.sampling import SamplerStage
from playground.ui.view import view

_TEMPLATE = """
<section class="pg-order pg-writes-text">
  <p class="pg-hint">[[sampler.order.help]]</p>
  <ol class="pg-order-rows" aria-label="[[sampler.order.title]]"></ol>
  <button type="button" class="pg-button pg-order-reset" disabled>[[sampler.order.reset]]</button>
  <p class="pg-order-status" role="status"></p>
</section>
"""


def stage_order_view(stages: Sequence[SamplerStage], **options: Any) -> gr.HTML:
    """The list of the stages. stages: in their default order. The script writes the order into #setting-stage_order.

    options: those of gr.HTML.
    """
    value = [{"name": stage.name, "label": stage.label} for stage in stages]
    return view("stage_order", _TEMPLATE, value, **options)
