"""A template sweep as values of the intervals view."""

from __future__ import annotations

import math
from typing import Any

from playground.bias.session_log import VERDICTS, verdict_name
from playground.bias.template_sweep import TemplateSweep, abbreviate_words
from playground.bias.template_sweep_request import TemplateSweepRequest
from playground.core.catalogue import say
from playground.metrics.intervals import Interval


def factor(value: float, request: TemplateSweepRequest) -> str:
    """A contrast in nats as a factor, with the words that it favours: 2.72 × she."""
    times = math.exp(abs(value))
    words = abbreviate_words(request.words_1 if value > 0 else request.words_2)
    number = f"{times:,.0f}" if times >= 99.5 else f"{times:.2f}"
    return say("bias.template_sweep.chart.factor", factor=number, words=words)


def _axis(sweep: TemplateSweep) -> dict[str, Any]:
    ends = [*map(abs, sweep.values), *map(abs, sweep.controls), 0.5]
    if len(sweep.values) > 1:
        ends += [abs(sweep.mean.low), abs(sweep.mean.high)]
    reach = 1.08 * max(ends)
    request = sweep.request
    return {
        "low": -reach, "high": reach, "zero": 0,
        "left": say("bias.template_sweep.chart.side", words=abbreviate_words(request.words_2), a=request.a),
        "right": say("bias.template_sweep.chart.side", words=abbreviate_words(request.words_1), a=request.a),
    }  # fmt: skip


def _row(label: str, value: float, request: TemplateSweepRequest, group: str) -> dict[str, Any]:
    return {
        "label": label, "value": value, "low": None, "high": None, "text": factor(value, request), "group": group,
    }  # fmt: skip


def _mean_row(label: str, mean: Interval, request: TemplateSweepRequest) -> dict[str, Any]:
    return {**_row(label, mean.value, request, "mean"), "low": mean.low, "high": mean.high}


def templates_value(sweep: TemplateSweep, verdict: str = "", measurement: str = "") -> dict[str, Any]:
    """The templates as dots, then their mean with its interval and the control band.

    verdict: after correction.  measurement: its id, under which later tests correct the verdict in the title.
    """
    request, band = sweep.request, sweep.band
    pairs = zip(request.templates, sweep.values, strict=False)
    rows = [_row(template, value, request, "") for template, value in pairs]
    if len(sweep.values) == len(request.templates):
        rows.append(_mean_row(say("bias.template_sweep.chart.mean"), sweep.mean, request))
    headline = sweep.headline() if verdict else ""
    titles = {
        one: say("bias.template_sweep.chart.title", headline=headline, verdict=verdict_name(one)) for one in VERDICTS
    }
    title = titles[verdict] if verdict else say("bias.template_sweep.chart.so_far", count=len(sweep.values))
    hint = say("bias.template_sweep.chart.hint")
    if band is not None:
        arbitrary = say(
            "bias.template_sweep.chart.band_hint", count=math.comb(len(sweep.phrases), 2), factor=math.exp(band[1])
        )
        hint = f"{hint} {arbitrary}"
    return {
        "title": title, "name": say("bias.template_sweep.chart.name"), "columns": [],
        "axis": _axis(sweep), "rows": rows, "hint": hint, "band": None if band is None else list(band), "empty": "",
        **({"id": measurement, "titles": titles} if measurement else {}),
    }  # fmt: skip


def controls_value(sweep: TemplateSweep) -> dict[str, Any] | None:
    """The control pairs on the same axis, the furthest first."""
    if not sweep.controls or sweep.band is None:
        return None
    request = sweep.request
    order = sorted(range(len(sweep.controls)), key=lambda at: -abs(sweep.controls[at]))
    rows = [_row(" / ".join(request.controls[at]), sweep.controls[at], request, "control") for at in order]
    rows.insert(0, _mean_row(f"{request.a} / {request.b}", sweep.mean, request))
    axis = _axis(sweep) | {"left": abbreviate_words(request.words_2), "right": abbreviate_words(request.words_1)}
    return {
        "title": say("bias.template_sweep.chart.controls_title"),
        "name": say("bias.template_sweep.chart.controls_name"),
        "columns": [], "axis": axis, "rows": rows,
        "band": list(sweep.band), "hint": say("bias.template_sweep.chart.controls_hint"), "empty": "",
    }  # fmt: skip
