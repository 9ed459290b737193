"""Measured values with their intervals on one axis: a table, readable without the drawn column."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.ui.view import view

_TEMPLATE = """
<section class="pg-intervals" aria-label="[[shared.interval_chart.region]]">
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

    rows: [{"label", "value", "low", "high", "text", "cells", "group", "key"}]; value, low, high: in the axis' unit, or
    None; text: the number as text; cells: texts of further columns; group: a word or two that choose the mark ("",
    "mean", "control"; "first", "second" for two lists, with "mean"; "before", "after"); key: comes back with the event,
    and a row without one has no button.
    axis: {"low", "high", "zero", "left", "right"}; zero: position of the reference line, or None; left, right: what
    values on either side mean, in words.
    band: [low, high] shaded on the axis, or None.  empty: the text shown when there are no rows.
    Event: pick, {"key"}, when a row is clicked. options: those of gr.HTML.
    """
    return view("intervals", _TEMPLATE, value, events=("pick",), **options)
