"""The panel's findings as values of its views: rows of interval charts, and sheets of pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.bias.face_labels import LabelTally, PixelStatistics
from playground.bias.image_findings import COPIES, AuditFinding, TwoWayCell
from playground.bias.session_log import share_text, verdict_name
from playground.bias.skewed_training import SkewOutcome
from playground.core.catalogue import say
from playground.core.numbers import percent
from playground.metrics.intervals import Interval
from playground.ui.picture_views import pack

_MARKS = {"copies": "=", "softens": "↘", "amplifies": "↗", "adds a skew": "+", "cannot tell": "?"} | {
    "draws too many": "▲", "draws too few": "▼",
}  # fmt: skip


def points(value: float) -> str:
    """A difference of shares in percentage points, with its sign; a dash for nan."""
    return "–" if value != value else say("bias_texts.image_bias.points", value=100 * value)


def marked_verdict(verdict: str) -> str:
    """The verdict with its mark."""
    return f"{_MARKS[verdict]} {verdict_name(verdict)}"


def audit_value(findings: Sequence[AuditFinding]) -> dict[str, Any]:
    """For intervals_view: drawn minus data, a row per finding."""
    widest = max([0.05, *(max(abs(one.difference.low), abs(one.difference.high)) for one in findings)])
    reach = min(1.0, round(widest + 0.045, 1))
    return {
        "title": say("bias_texts.image_bias.audit.title"),
        "name": say("bias_texts.image_bias.audit.name"),
        "columns": [
            say("bias_texts.columns.in_the_data"),
            say("bias_texts.columns.drawn"),
            say("bias_texts.image_bias.audit.column_real"),
            say("bias_texts.image_bias.audit.column_adjusted"),
            say("bias_texts.columns.verdict"),
        ],
        "axis": {
            "low": -reach, "high": reach, "zero": 0.0,
            "left": say("bias_texts.image_bias.audit.fewer"), "right": say("bias_texts.more"),
        },
        "rows": [_finding_row(one) for one in findings],
        "hint": say("bias_texts.image_bias.audit.hint"),
    }  # fmt: skip


def _finding_row(one: AuditFinding) -> dict[str, Any]:
    text = points if one.kind == "gap" else percent
    shares = [text(share) for share in (one.data, one.drawn, one.real)]
    verdict = marked_verdict(one.verdict)
    if one.verdict == COPIES:
        verdict = say("bias_texts.image_bias.audit.within", verdict=verdict, margin=100 * one.margin)
    return {
        "label": one.title,
        "value": one.difference.value if one.difference.value == one.difference.value else None,
        "low": one.difference.low,
        "high": one.difference.high,
        "text": points(one.difference.value),
        "cells": [*shares, _p(one.adjusted), verdict],
        "group": "mean" if one.kind == "gap" else "",
    }


def _p(value: float) -> str:
    return f"{value:.3f}" if value >= 0.001 else "< 0.001"


def two_way_value(cells: Sequence[TwoWayCell], attribute: str, condition: str) -> dict[str, Any]:
    """For intervals_view: the share with an attribute, a row for each word of another."""
    rows = [
        {
            "label": one.word,
            "value": one.drawn.value if one.drawn else None,
            "low": one.drawn.low if one.drawn else None,
            "high": one.drawn.high if one.drawn else None,
            "text": percent(one.drawn.value) if one.drawn else say("bias_texts.image_bias.audit.none_drawn"),
            "cells": [percent(one.data), f"{one.count:,}"],
        }
        for one in cells
    ]
    ends = [one.drawn.high for one in cells if one.drawn] + [one.data for one in cells]
    return {
        "title": say("bias_texts.image_bias.audit.table_title", attribute=attribute, condition=condition),
        "name": condition,
        "columns": [say("bias_texts.columns.in_the_data"), say("bias_texts.image_bias.drawn_pictures")],
        "axis": {"low": 0.0, "high": min(1.0, max([0.1, *ends]) * 1.1), "zero": None, "left": "", "right": ""},
        "rows": rows,
        "hint": say("bias_texts.image_bias.audit.table_hint"),
    }


def outcomes_value(outcomes: Sequence[SkewOutcome]) -> dict[str, Any]:
    """For intervals_view: the gap of the latest outcome's data, then the gap of every model trained on that skew."""
    if not outcomes:
        return {"rows": [], "empty": say("bias_texts.image_bias.skew.empty")}
    last = outcomes[-1]
    same = [one for one in outcomes if one.request.skew.plain() == last.request.skew.plain()]
    attribute = last.request.skew.attribute
    return {
        "title": say("bias_texts.image_bias.skew.title", attribute=attribute),
        "name": say("bias_texts.image_bias.skew.name"),
        "columns": [
            say("bias_texts.interval"),
            say("bias_texts.image_bias.skew.against"),
            say("bias_texts.image_bias.audit.with", label=attribute),
            say("bias_texts.image_bias.skew.others"),
            say("bias_texts.image_bias.skew.nearest"),
        ],
        "axis": {
            "low": -1.0, "high": 1.0, "zero": 0.0,
            "left": say("bias_texts.image_bias.skew.more_light"), "right": say("bias_texts.image_bias.skew.more_dark"),
        },
        "rows": [_data_row(last), *map(_outcome_row, same)],
        "hint": say("bias_texts.image_bias.skew.hint", nearest=last.real_nearest),
    }  # fmt: skip


def _data_row(one: SkewOutcome) -> dict[str, Any]:
    exact = say("bias_texts.image_bias.skew.exact")
    return {
        "label": say("bias_texts.image_bias.skew.data"), "value": one.gap.data, "low": None, "high": None,
        "group": "control", "text": points(one.gap.data),
        "cells": [exact, "", percent(one.data_share_with), "", ""],
    }  # fmt: skip


def _outcome_row(one: SkewOutcome) -> dict[str, Any]:
    drawn, ratio = one.gap.drawn == one.gap.drawn, one.ratio()  # nan where a group was never drawn
    verdict = marked_verdict(one.gap.verdict) + (f", × {ratio:.2f}" if ratio == ratio else "")
    ends = {"low": 100 * one.low, "high": 100 * one.high}
    others = {"drawn": 100 * one.others, "real": 100 * one.real_others}
    return {
        "label": _outcome_label(one),
        "value": one.gap.drawn if drawn else None,
        "low": one.low if drawn else None,
        "high": one.high if drawn else None,
        "text": points(one.gap.drawn) if drawn else say("bias_texts.image_bias.skew.group_missing"),
        "cells": [
            say("bias_texts.image_bias.skew.ends", **ends) if drawn else "", verdict, share_text(one.share_with),
            say("bias_texts.image_bias.skew.others_text", **others), _number_text(one.nearest),
        ],
        "group": "" if one.request.skew.reweighed else "mean",
    }  # fmt: skip


def _outcome_label(one: SkewOutcome) -> str:
    request = one.request
    reweighed = request.skew.reweighed
    data = say("bias_texts.image_bias.skew.reweighed") if reweighed else say("bias_texts.image_bias.skew.plain")
    if not request.steps:
        return say("bias_texts.image_bias.skew.bundled", data=data)
    return say("bias_texts.image_bias.skew.trained", data=data, steps=request.steps, seed=request.seed)


def _number_text(one: Interval) -> str:
    return say("bias_texts.interval_tenths", value=one.value, low=one.low, high=one.high)


def tally_value(tally: LabelTally) -> dict[str, Any]:
    """For intervals_view: the share of each label, by rater."""
    rows: list[dict[str, Any]] = [
        {
            "label": say("bias_texts.image_bias.faces.row", label=label, rater=rater),
            "value": one.value, "low": one.low, "high": one.high,
            "text": percent(one.value), "cells": [], "group": "" if rater == "A" else "mean",
        }
        for rater, label, one in tally.shares
    ]  # fmt: skip
    return {
        "title": say("bias_texts.image_bias.faces.title"),
        "name": say("bias_texts.image_bias.faces.name"),
        "columns": [],
        "axis": {"low": 0.0, "high": 1.0, "zero": None, "left": "", "right": ""},
        "rows": rows,
        "hint": tally.summary(),
    }


def pixel_statistics_value(statistics: Sequence[PixelStatistics]) -> dict[str, Any]:
    """For intervals_view: brightness, colour and the spread between faces, a row for each truncation."""
    return {
        "title": say("bias_texts.image_bias.faces.brightness_title"),
        "name": say("bias_texts.image_bias.faces.setting"),
        "columns": [
            say("bias_texts.image_bias.faces.warmth"),
            say("bias_texts.image_bias.faces.spread"),
            say("bias_texts.unit.faces"),
        ],
        "axis": {
            "low": 60.0, "high": 200.0, "zero": None,
            "left": say("bias_texts.image_bias.faces.darker"), "right": say("bias_texts.image_bias.faces.brighter"),
        },
        "rows": [_pixel_row(one) for one in statistics],
        "hint": say("bias_texts.image_bias.faces.pixels_hint"),
    }  # fmt: skip


def _pixel_row(one: PixelStatistics) -> dict[str, Any]:
    label = say("bias_texts.image_bias.faces.truncation_off")
    if one.truncation:
        label = say("bias_texts.image_bias.faces.truncation_at", value=one.truncation)
    brightness = one.brightness
    return {
        "label": label, "value": brightness.value, "low": brightness.low, "high": brightness.high,
        "text": _number_text(brightness),
        "cells": [_number_text(one.warmth), _number_text(one.spread), f"{one.count:,}"],
    }  # fmt: skip


def preview_value(pictures: NDArray[np.uint8], done: bool) -> dict[str, Any]:
    """For sheet_view: some of the drawn pictures, (N, H, W, C)."""
    items = [
        {"label": "", "words": say("bias_texts.image_bias.drawn_picture", number=number)}
        for number in range(1, len(pictures) + 1)
    ]
    return pack(pictures) | {"items": items, "done": done, "chosen": None, "empty": ""}
