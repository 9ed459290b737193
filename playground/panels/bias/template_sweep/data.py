"""What the panel shows of a sweep, as values of the intervals view."""

from __future__ import annotations

import math
from typing import Any

from playground.bias.template_sweep import TemplateSweep, TemplateSweepRequest, abbreviate_words


def factor(value: float, request: TemplateSweepRequest) -> str:
    """A contrast in words: how many times as likely, and which way."""
    times = math.exp(abs(value))
    side = abbreviate_words(request.words_1 if value > 0 else request.words_2)
    return f"{times:,.0f} × {side}" if times >= 99.5 else f"{times:.2f} × {side}"


def _axis(sweep: TemplateSweep) -> dict[str, Any]:
    ends = [*map(abs, sweep.values), *map(abs, sweep.controls), 0.5]
    if len(sweep.values) > 1:
        ends += [abs(sweep.mean.low), abs(sweep.mean.high)]
    reach = 1.08 * max(ends)
    request = sweep.request
    return {
        "low": -reach, "high": reach, "zero": 0,
        "left": f"“{abbreviate_words(request.words_2)}” more with “{request.a}”",
        "right": f"“{abbreviate_words(request.words_1)}” more with “{request.a}”",
    }  # fmt: skip


def templates_value(sweep: TemplateSweep) -> dict[str, Any]:
    """The wordings as dots, their mean with its interval, and the band once it is known."""
    request = sweep.request
    rows = [
        {"label": template, "value": value, "low": None, "high": None, "text": factor(value, request), "group": ""}
        for template, value in zip(request.templates, sweep.values, strict=False)
    ]
    if len(sweep.values) == len(request.templates):
        mean = sweep.mean
        rows.append(
            {"label": "Mean of all wordings", "value": mean.value, "low": mean.low, "high": mean.high,
             "text": factor(mean.value, request), "group": "mean"}
        )  # fmt: skip
    title = (
        f"{sweep.headline()}: {sweep.verdict}" if sweep.controls else f"{len(sweep.values)} wordings measured so far"
    )
    band = sweep.band
    hint = "Further out is a stronger contrast, on a scale of factors; the line in the middle is none at all."
    if band is not None:
        hint += (
            f" Shaded: the band of nothing, where 95 % of {len(sweep.controls)} arbitrary pairs lie (up to "
            f"{math.exp(band[1]):.2f} × either way)."
        )
    return {
        "title": title, "name": "Wording", "columns": [], "axis": _axis(sweep), "rows": rows, "hint": hint,
        "band": None if band is None else list(band), "empty": "",
    }  # fmt: skip


def controls_value(sweep: TemplateSweep) -> dict[str, Any] | None:
    """The control pairs on the same axis, the furthest first."""
    if not sweep.controls or sweep.band is None:
        return None
    request = sweep.request
    order = sorted(range(len(sweep.controls)), key=lambda at: -abs(sweep.controls[at]))
    rows = [
        {"label": " / ".join(request.controls[at]), "value": sweep.controls[at], "low": None, "high": None,
         "text": factor(sweep.controls[at], request), "group": "control"} for at in order
    ]  # fmt: skip
    mean = sweep.mean
    rows.insert(
        0, {"label": f"{request.a} / {request.b}", "value": mean.value, "low": mean.low, "high": mean.high,
            "text": factor(mean.value, request), "group": "mean"},
    )  # fmt: skip
    axis = _axis(sweep) | {"left": abbreviate_words(request.words_2), "right": abbreviate_words(request.words_1)}
    return {
        "title": "Your pair, and pairs that mean nothing", "name": "Pair", "columns": [], "axis": axis, "rows": rows,
        "band": list(sweep.band), "hint": "Each is a mean over all wordings; the furthest stand first.", "empty": "",
    }  # fmt: skip
