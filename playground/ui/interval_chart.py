"""Measured values with their intervals on one axis, a line each: a table that can be read without the picture."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.ui.view import view

_TEMPLATE = """
<section class="pg-intervals" aria-label="Values with their intervals">
  <div class="pg-intervals-body" hidden>
    <p class="pg-intervals-title"></p>
    <div class="pg-axis" aria-hidden="true"></div>
    <table class="pg-table"><thead></thead><tbody></tbody></table>
    <p class="pg-hint"></p>
  </div>
  <p class="pg-empty"></p>
</section>
"""


def intervals_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws {"title", "name", "columns", "axis", "rows", "band", "hint", "empty"}.

    rows: [{"label", "value", "low", "high", "text", "cells", "group", "key"}]; value in the axis' unit or None; low and
    high or None; text: the number in words; cells: further columns' texts; group: a word or two
    that also pick the mark ("", "mean", "control"; "first", "second": of two lists, with "mean"; "before", "after");
    key: given back by the event, no button without it.
    axis: {"low", "high", "zero", "left", "right"};
    zero: where the line of nothing stands, or None; left, right: what lies on either side, in words.
    band: [low, high] shaded on the axis, or None.  empty: said when there are no rows.
    Event: pick, {"key"}, a line is chosen. options: those of gr.HTML.
    """
    return view("intervals", _TEMPLATE, value, events=("pick",), **options)
