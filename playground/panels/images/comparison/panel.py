"""Which is better?: the three families on one data set, in samples, one table and one plot."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import gradio as gr
import numpy as np
from numpy.typing import NDArray

from playground.core.errors import PlaygroundError
from playground.core.throttle import latest
from playground.images.evaluation import METRICS, Metric
from playground.images.model_comparison import (
    ComparisonColumn,
    ModelComparison,
    ModelVariant,
    TrainingCost,
    load_comparison,
    measure_comparison,
    sample_variants,
)
from playground.metrics.energy import CORE_WATTS
from playground.metrics.intervals import Interval
from playground.panels.images.comparison.view import better_view
from playground.ui.events import MODEL_QUEUE, QUIET, stop_button
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import lead
from playground.ui.picture_views import pack

_SKIP: Any = gr.skip()
Samples = Sequence[tuple[ModelVariant, NDArray[np.uint8]]]
_MORE = """
- **★** stands where a figure is best and its interval overlaps no other's: everything else may be chance.
- **Real pictures** in the first column are *training* pictures judged as if they had been drawn: what a perfect model
  would score with as many pictures. No distance gets to 0, for two sets of real pictures differ too.
- **FD-EfficientNet** and **KD-EfficientNet** are the formulas of FID and KID over the features of another network, for
  no package carries theirs. Do not compare them with published FID. (Heusel et al. 2017; Bińkowski et al. 2018.)
- **Precision and recall** (Kynkäänniemi et al. 2019): a model that draws one perfect picture again and again has
  precision 1 and recall 0. Density and coverage (Naeem et al. 2020) forgive less to outliers.
- **Shows what was asked** is judged by a classifier that saw real pictures only; it errs too, and the first column says
  how often. A picture may please the classifier and still be ugly: read it together with the distances.
- **Near-copies** of unseen real pictures are 1 % by definition. More than that, for a model, hints at copying.
- **Energy** is an estimate, as in the Train tab: processor seconds of the training times 1.64 to 23.8 watts a busy
  core, with memory and cooling in the high value (Lannelongue et al. 2021). Nobody measured it.
- **Bits per dimension** only a VAE can tell; a GAN has no likelihood at all, and diffusion's is not computed here.
"""


def value_of(made: ModelComparison, pictures: Samples | None = None) -> dict[str, Any]:
    """For the view; without pictures, those that stand stay."""
    rows = [_row(name, what, made.columns) for name, what in METRICS.items()]
    value: dict[str, Any] = {
        "columns": [column.way.title for column in made.columns],
        "rows": [row for row in rows if any(cell["text"] != "–" for cell in row["cells"])] + _costs(made.columns),
        "plot": _plot(made.columns),
        "protocol": made.protocol,
        "done": not made.doing,
    }
    if pictures is not None:
        value["samples"] = [
            {"title": way.title, "packed": pack(some), "labels": [""] * len(some)} for way, some in pictures
        ]
    return value


def _row(name: str, what: Metric, columns: Sequence[ComparisonColumn]) -> dict[str, Any]:
    found = [column.figures.get(name) for column in columns]
    ours = [one for column, one in zip(columns, found, strict=True) if one is not None and column.cost is not None]
    best = leading(what.better, ours)
    cells = [_cell(what, one, one is not None and one is best) for one in found]
    return {"title": what.title, "meaning": what.meaning, "better": what.better, "cells": cells}


def leading(better: str, figures: Sequence[Interval]) -> Interval | None:
    """The best figure, if it is surely so: where there are intervals, its own overlaps no other's."""
    if not better or len(figures) < 2:
        return None
    sign = -1 if better == "lower" else 1
    best = max(figures, key=lambda one: sign * one.value)

    def beaten(one: Interval) -> bool:
        if math.isnan(one.low) or math.isnan(best.low):
            return sign * one.value < sign * best.value
        return one.high < best.low if sign == 1 else best.high < one.low

    return best if all(beaten(one) for one in figures if one is not best) else None


def _cell(what: Metric, one: Interval | None, best: bool) -> dict[str, Any]:
    if one is None:
        return {"text": "–", "range": "", "best": False}
    factor, unit = (100, " %") if what.percent else (1, "")

    def written(number: float) -> str:
        return f"{factor * number:,.{what.digits}f}"

    # A t interval of a share may reach beyond what a share can be.
    low, high = (max(0.0, one.low), min(1.0, one.high)) if what.percent else (one.low, one.high)
    within = "" if math.isnan(one.low) else f"{written(low)} to {written(high)}"
    return {"text": written(one.value) + unit, "range": within, "best": best}


def _told(title: str, cost: TrainingCost) -> tuple[str, str]:
    if title == "Learned numbers":
        return f"{cost.parameters:,}", ""
    if title == "Training":
        return f"{cost.training_seconds / 60:.0f}", f"{cost.pictures_seen:,} seen"
    return f"{cost.watt_hours[0]:.1f} to {cost.watt_hours[1]:.1f}", ""


def _costs(columns: Sequence[ComparisonColumn]) -> list[dict[str, Any]]:
    """Rows of what each took; real pictures took another kind of work."""
    costs = [column.cost for column in columns]
    rows = (
        ("Learned numbers", "parameters that are used to draw"),
        ("Training", "minutes of one core"),
        ("Energy of the training, Wh", f"estimated: {CORE_WATTS[0]:g} to {CORE_WATTS[1]:g} watts a core"),
    )
    made = []
    for title, meaning in rows:
        texts = [("–", "") if cost is None else _told(title, cost) for cost in costs]
        cells = [{"text": text, "range": more, "best": False} for text, more in texts]
        made.append({"title": title, "meaning": meaning, "better": "", "cells": cells})
    return made


def _plot(columns: Sequence[ComparisonColumn]) -> dict[str, Any]:
    points = []
    for column in columns:
        fd, time = column.figures.get("fd"), column.figures.get("milliseconds")
        if fd is not None and time is not None:
            ends = {"low": None, "high": None} if math.isnan(fd.low) else {"low": fd.low, "high": fd.high}
            points.append({"title": column.way.title, "x": time.value, "y": fd.value, **ends})
    floor = columns[0].figures.get("fd")
    return {
        "x": "milliseconds a picture", "y": METRICS["fd"].title, "floor": None if floor is None else floor.value,
        "points": points,
    }  # fmt: skip


def on_show(dataset: str, seed: float) -> Iterator[tuple[Any, Any]]:
    """(view, notice): the stored figures at once, then samples as each family draws them."""
    try:
        made, drawn = load_comparison(dataset), []
        yield value_of(made, []), notice("Drawing for the same wishes with each …")
        for one in sample_variants(dataset, int(seed or 0)):
            drawn.append(one)
            yield value_of(made, drawn), _SKIP
        yield _SKIP, None
    except PlaygroundError as error:
        yield _SKIP, notice(str(error), "error")


def on_measure(dataset: str, count: float, seed: float) -> Iterator[tuple[Any, Any]]:
    """(view, notice): everything measured anew, as it comes."""
    try:
        for made in latest(measure_comparison(dataset, int(count), int(seed or 0)), 0.5):
            said = f"{made.done:.0%}: {made.doing} …" if made.doing else "Measured here, with this seed."
            yield value_of(made), notice(said, "quiet" if made.doing else "ok")
    except PlaygroundError as error:
        yield _SKIP, notice(str(error), "error")


def build_better(room: gr.Tab) -> None:
    """The panel. room: its tab; opening it shows the stored figures."""
    lead(
        "GAN, VAE and diffusion, each asked for the same pictures, and what can be counted about the answers.",
        "Compare the rows by eye first; then read the table; then measure anew with a seed of your own.",
        "There is no best: one is fastest, one most faithful, one can say how likely a picture is. ★ surely leads.",
    )
    with gr.Row():
        dataset = gr.Radio(["avatars", "fashion"], value="avatars", label="Data", elem_id="better-data")
        seed = gr.Number(0, label="Seed", precision=0, minimum=0, elem_id="better-seed")
    note = notice_view(elem_id="better-notice")
    table = better_view(elem_id="better")
    with gr.Accordion("Measure anew, here", open=False):
        gr.Markdown(
            "Draws that many pictures with each and judges them. The first time, a network of 19 MB is fetched and "
            "2,000 real pictures are looked at, which takes a minute or two; then about half a minute for 100 pictures."
        )
        count = gr.Slider(50, 2000, value=100, step=50, label="Pictures with each", elem_id="better-count")
        with gr.Row(elem_classes="pg-actions"):
            run = gr.Button("Measure", variant="primary", elem_id="measure")
            stop = gr.Button("Stop", elem_id="measure-stop")
    with gr.Accordion("What the rows mean, and what they hide", open=False):
        gr.Markdown(_MORE)
    outputs = [table, note]
    gr.on([room.select, dataset.input, seed.submit], on_show, [dataset, seed], outputs, **QUIET, **MODEL_QUEUE)
    started = run.click(on_measure, [dataset, count, seed], outputs, **QUIET, **MODEL_QUEUE)
    stop_button(stop, started, note)
