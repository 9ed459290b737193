"""Models side by side: a row of samples each, a table of metrics, and a plot of quality against time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import gradio as gr
import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.numbers import with_minus
from playground.images.metric_table import METRICS, Metric
from playground.images.model_comparison import ComparisonColumn, ModelComparison, ModelVariant, TrainingCost
from playground.metrics.energy import CORE_WATTS
from playground.metrics.intervals import Interval
from playground.ui.picture_views import pack
from playground.ui.view import view

_TEMPLATE = """
<section class="pg-comparison" aria-label="[[images.comparison.view]]">
  <div class="pg-comparison-samples"></div>
  <div class="pg-table-box" tabindex="0" aria-label="[[images.comparison.table]]"></div>
  <p class="pg-comparison-lesson" hidden></p>
  <figure class="pg-comparison-plot"></figure>
  <p class="pg-hint pg-comparison-protocol"></p>
</section>
"""
#: The widest interval of a share, 0 to 1, beside which its value is shown.
_WIDEST = 0.5
COSTS = ("parameters", "training", "energy")
VariantSamples = Sequence[tuple[ModelVariant, NDArray[np.uint8]]]


def comparison_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws {"samples", "columns", "rows", "plot", "lesson", "protocol", "done"}.

    samples: [{"title", "packed", "labels"}].  columns: [title].  rows: [{"title", "meaning", "better", "cells":
    [{"text", "range", "best"}]}].  plot: {"x", "y", "floor", "points": [{"title", "x", "y", "low", "high"}]}.
    options: those of gr.HTML.
    """
    return view("comparison", _TEMPLATE, value, **options)


def comparison_value(comparison: ModelComparison, samples: VariantSamples | None = None) -> dict[str, Any]:
    """A value for the view; without samples, those on the page stay."""
    rows = [_metric_row(name, metric, comparison.columns) for name, metric in METRICS.items()]
    nonempty = [row for row in rows if any(cell["text"] != "–" for cell in row["cells"])]
    value: dict[str, Any] = {
        "columns": [column.variant.title for column in comparison.columns],
        "rows": nonempty + _cost_rows(comparison.columns),
        "plot": _plot(comparison.columns),
        "lesson": _lesson(comparison.columns),
        "protocol": comparison.protocol,
        "done": not comparison.activity,
    }
    if samples is not None:
        value["samples"] = [
            {"title": variant.title, "packed": pack(pictures), "labels": [""] * len(pictures)}
            for variant, pictures in samples
        ]
    return value


def _metric_row(name: str, metric: Metric, columns: Sequence[ComparisonColumn]) -> dict[str, Any]:
    values = [column.metrics.get(name) for column in columns]
    of_models = [
        value for column, value in zip(columns, values, strict=True) if value is not None and column.cost is not None
    ]
    best = clear_winner(metric.better, of_models)
    cells = [_cell(metric, value, value is not None and value is best) for value in values]
    return {"title": metric.title, "meaning": metric.meaning, "better": metric.better, "cells": cells}


def clear_winner(better: str, values: Sequence[Interval]) -> Interval | None:
    """The best value, if its interval overlaps no other's; None if one has no interval."""
    if not better or len(values) < 2 or any(math.isnan(value.low) for value in values):
        return None
    sign = -1 if better == "lower" else 1
    best = max(values, key=lambda value: sign * value.value)

    def is_worse(other: Interval) -> bool:
        return other.high < best.low if sign == 1 else best.high < other.low

    return best if all(is_worse(value) for value in values if value is not best) else None


def _cell(metric: Metric, value: Interval | None, best: bool) -> dict[str, Any]:
    if value is None:
        return {"text": "–", "range": "", "best": False}
    factor, unit = (100, " %") if metric.percent else (1, "")

    def text(number: float) -> str:
        return number_text(factor * number, metric.digits)

    if math.isnan(value.low):
        return {"text": text(value.value) + unit, "range": say("images.comparison.no_interval"), "best": False}
    low, high = _ends(factor * value.low, factor * value.high, metric.digits)
    interval = say("images.comparison.range", low=low, high=high)
    if metric.percent and value.high - value.low > _WIDEST:
        return {"text": interval + unit, "range": say("images.comparison.too_few"), "best": best}
    return {"text": text(value.value) + unit, "range": interval, "best": best}


def _ends(low: float, high: float, digits: int) -> tuple[str, str]:
    """Both ends of an interval, with more digits if different ends would look the same."""
    ends = number_text(low, digits), number_text(high, digits)
    return _ends(low, high, digits + 1) if ends[0] == ends[1] and low != high and digits < 12 else ends


def number_text(number: float, digits: int) -> str:
    """A number with so many digits after the point; one that they cannot show is "< 0.01", and never "-0.00"."""
    least = 10.0**-digits
    if 0 < number < least / 2:
        return f"< {least:.{digits}f}"
    text = f"{number:,.{digits}f}"
    return text.removeprefix("-") if float(text.replace(",", "")) == 0 else with_minus(text)


def _cost_texts(name: str, cost: TrainingCost) -> tuple[str, str]:
    """The text of a cell in a row of COSTS, and a smaller line under it."""
    if name == "parameters":
        return f"{cost.parameters:,}", ""
    if name == "training":
        images = say("images.comparison.training.range", count=cost.images_seen)
        return f"{cost.training_seconds / 60:.0f}", images
    low, high = cost.watt_hours
    return say("images.comparison.range", **dict(zip(("low", "high"), _ends(low, high, 1), strict=True))), ""


def _cost_rows(columns: Sequence[ComparisonColumn]) -> list[dict[str, Any]]:
    """Rows of the training costs; real pictures have none."""
    rows = []
    for name in COSTS:
        title = say(f"images.comparison.{name}.title")
        meaning = say(f"images.comparison.{name}.meaning", low=CORE_WATTS[0], high=CORE_WATTS[1])
        texts = [("–", "") if column.cost is None else _cost_texts(name, column.cost) for column in columns]
        cells = [{"text": text, "range": line, "best": False} for text, line in texts]
        rows.append({"title": title, "meaning": meaning, "better": "", "cells": cells})
    return rows


def _plot(columns: Sequence[ComparisonColumn]) -> dict[str, Any]:
    points = []
    for column in columns:
        fd, time = column.metrics.get("fd"), column.metrics.get("milliseconds")
        if fd is not None and time is not None:
            ends = {"low": None, "high": None} if math.isnan(fd.low) else {"low": fd.low, "high": fd.high}
            points.append({"title": column.variant.title, "x": time.value, "y": fd.value, **ends})
    floor = columns[0].metrics.get("fd")
    return {
        "x": say("images.metrics.milliseconds.title"), "y": METRICS["fd"].title, "points": points,
        "floor": None if floor is None else floor.value,
    }  # fmt: skip


def _lesson(columns: Sequence[ComparisonColumn]) -> str:
    """A sentence if the Fréchet distance puts the model last that clearly shows best what was asked; "" if not."""
    models = [column for column in columns if column.cost is not None and {"fd", "match"} <= set(column.metrics)]
    if len(models) < 2:
        return ""
    ranking = sorted(models, key=lambda column: column.metrics["fd"].value)
    best, worst = ranking[0], ranking[-1]
    is_farther = best.metrics["fd"].high < worst.metrics["fd"].low  # False if one has no interval
    if not is_farther or clear_winner("higher", [one.metrics["match"] for one in models]) is not worst.metrics["match"]:
        return ""
    return say("images.comparison.lesson", worst=worst.variant.title, best=best.variant.title)
