"""What the panel shows of its findings, as values of its views: lines in words and numbers, and sheets of pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.bias.face_labels import LabelTally, PixelStatistics
from playground.bias.image_findings import AuditFinding, TwoWayCell
from playground.bias.skewed_training import SkewOutcome
from playground.metrics.intervals import Interval
from playground.ui.picture_views import pack

_MARKS = {"copies": "=", "softens": "↘", "amplifies": "↗", "adds a skew": "+", "cannot tell": "?"}


def percent(value: float, sign: bool = False) -> str:
    """A share or a difference of shares, in per cent with one place, on one line; a dash for nan."""
    if value != value:
        return "–"
    return f"{100 * value:+.1f}\u00a0%" if sign else f"{100 * value:.1f}\u00a0%"


def verdict(word: str) -> str:
    """The verdict with its mark."""
    return f"{_MARKS[word]} {word}"


def audit_value(found: Sequence[AuditFinding]) -> dict[str, Any]:
    """For the intervals view: drawn minus data, a line each."""
    widest = max([0.05, *(max(abs(one.difference.low), abs(one.difference.high)) for one in found)])
    reach = min(1.0, round(widest + 0.045, 1))
    rows = [
        {
            "label": one.title,
            "value": one.difference.value if one.difference.value == one.difference.value else None,
            "low": one.difference.low,
            "high": one.difference.high,
            "text": percent(one.difference.value, True),
            "cells": [percent(one.data), percent(one.drawn), percent(one.real), _p(one.adjusted), verdict(one.verdict)],
            "group": "mean" if one.kind == "gap" else "",
        }
        for one in found
    ]
    return {
        "title": "Drawn minus data, in percentage points, with 95 % intervals",
        "name": "What is counted",
        "columns": ["in the data", "drawn", "same reader, real pictures", "p, adjusted", "verdict"],
        "axis": {"low": -reach, "high": reach, "zero": 0.0, "left": "fewer than in the data", "right": "more"},
        "rows": rows,
        "hint": (
            "Softens: nearer to even than the data is, a share to one half, a gap to none; amplifies: further away. "
            "◆ is a gap: the share with it on dark skin minus the share on light skin. For labels with many words the "
            "line shows the word that departs most (its interval allows for that choice), and p is of all words. "
            "“Same reader, real pictures” is what the classifier makes of real pictures that no model drew: its own "
            "errors, which the lines with “with …” and the gaps have undone."
        ),
    }


def _p(value: float) -> str:
    return f"{value:.3f}" if value >= 0.001 else "< 0.001"


def two_way_value(cells: Sequence[TwoWayCell], attribute: str, given: str) -> dict[str, Any]:
    """For the intervals view: the share with an attribute for every word of another."""
    rows = [
        {
            "label": one.word,
            "value": one.drawn.value if one.drawn else None,
            "low": one.drawn.low if one.drawn else None,
            "high": one.drawn.high if one.drawn else None,
            "text": percent(one.drawn.value) if one.drawn else "none drawn",
            "cells": [percent(one.data), f"{one.count:,}"],
        }
        for one in cells
    ]
    ends = [one.drawn.high for one in cells if one.drawn] + [one.data for one in cells]
    return {
        "title": f"Share with {attribute} among drawn pictures, for each word of “{given}” (as read, 95 % intervals)",
        "name": given,
        "columns": ["in the data", "drawn pictures"],
        "axis": {"low": 0.0, "high": min(1.0, max([0.1, *ends]) * 1.1), "zero": None, "left": "", "right": ""},
        "rows": rows,
        "hint": "Fewer drawn pictures, wider intervals. Of many lines one lies off by chance: look at them together.",
    }


def outcomes_value(made: Sequence[SkewOutcome]) -> dict[str, Any]:
    """For the intervals view: the data's gap, then the gap of every model that was trained on that skew."""
    if not made:
        return {"rows": [], "empty": "Load the models that come along, or train one: their gaps stand here."}
    last = made[-1]
    same = [one for one in made if one.request.skew.plain() == last.request.skew.plain()]
    attribute = last.request.skew.attribute
    data = {
        "label": "the skewed data", "value": last.gap.data, "low": None, "high": None, "group": "control",
        "text": percent(last.gap.data, True), "cells": ["exact", "", percent(last.data_share_with), "", ""],
    }  # fmt: skip
    return {
        "title": f"The gap: share with {attribute} on dark skin minus the share on light skin",
        "name": "Of whom",
        "columns": [
            "95 % interval", "against the data", f"with {attribute}", "other labels off by", "nearest training picture",
        ],
        "axis": {"low": -1.0, "high": 1.0, "zero": 0.0, "left": "more on light skin", "right": "more on dark skin"},
        "rows": [data, *map(_outcome_row, same)],
        "hint": (
            "The gap is what reweighing optimises. The last three columns are not: see whether they got better or "
            "worse. “Other labels off by”: how far the shares of hair, mouth, clothing and so on lie from real ones, "
            "their mean; in brackets, that of as many real pictures, which is chance. “Nearest training picture”: "
            f"median difference, of 255; unseen real pictures lie {last.real_nearest:.1f} away, and less hints at "
            "copying."
        ),
    }  # fmt: skip


def _outcome_row(one: SkewOutcome) -> dict[str, Any]:
    request = one.request
    how = "reweighed" if request.skew.reweighed else "as it is"
    who = f"trained {request.steps:,} steps, seed {request.seed}" if request.steps else "comes along"
    ratio, drawn = one.ratio(), one.gap.drawn == one.gap.drawn  # nan where a group was never drawn
    told = verdict(one.gap.verdict) + (f", × {ratio:.2f}" if ratio == ratio else "")
    return {
        "label": f"{how} ({who})",
        "value": one.gap.drawn if drawn else None,
        "low": one.low if drawn else None,
        "high": one.high if drawn else None,
        "text": percent(one.gap.drawn, True) if drawn else "a group is missing",
        "cells": [
            f"{percent(one.low, True)} to {percent(one.high, True)}" if drawn else "", told,
            _within(one.share_with), f"{percent(one.others)} (real: {percent(one.real_others)})",
            f"{one.nearest.value:.1f} ({one.nearest.low:.1f} to {one.nearest.high:.1f})",
        ],
        "group": "" if request.skew.reweighed else "mean",
    }  # fmt: skip


def _within(one: Interval) -> str:
    return f"{percent(one.value)} ({100 * one.low:.0f} to {100 * one.high:.0f})"


def tally_value(made: LabelTally) -> dict[str, Any]:
    """For the intervals view: each label's share, by rater."""
    rows: list[dict[str, Any]] = [
        {"label": f"{label}, rater {rater}", "value": one.value, "low": one.low, "high": one.high,
         "text": percent(one.value), "cells": [], "group": "" if rater == "A" else "mean"}
        for rater, label, one in made.shares
    ]  # fmt: skip
    return {
        "title": "Share of each label, with 95 % intervals",
        "name": "Label and rater",
        "columns": [],
        "axis": {"low": 0.0, "high": 1.0, "zero": None, "left": "", "right": ""},
        "rows": rows,
        "hint": made.summary(),
    }


def pixel_statistics_value(made: Sequence[PixelStatistics]) -> dict[str, Any]:
    """For the intervals view: brightness, colour and their spread at each truncation."""
    rows: list[dict[str, Any]] = []
    for one in made:
        title = "truncation off" if not one.truncation else f"truncation {one.truncation:g}"
        cells = [_plain(one.warmth), _plain(one.spread), f"{one.count:,}"]
        rows.append(
            {"label": title, "value": one.brightness.value, "low": one.brightness.low, "high": one.brightness.high,
             "text": _plain(one.brightness), "cells": cells}
        )  # fmt: skip
    return {
        "title": "Brightness of whole pictures, 0 (black) to 255 (white), mean with 95 % interval",
        "name": "Setting",
        "columns": ["red minus blue", "spread of brightness between faces", "faces"],
        "axis": {"low": 60.0, "high": 200.0, "zero": None, "left": "darker", "right": "brighter"},
        "rows": rows,
        "hint": (
            "Pixels, background and hair included: nothing about anybody. The training pictures are not here, so only "
            "settings can be compared. Where truncation makes the spread smaller, faces are more alike."
        ),
    }


def _plain(one: Interval) -> str:
    return f"{one.value:.1f} ({one.low:.1f} to {one.high:.1f})"


def preview_value(pictures: NDArray[np.uint8], done: bool) -> dict[str, Any]:
    """For the sheet view: some of the drawn pictures, (N, H, W, C)."""
    items = [{"label": "", "words": f"Drawn picture {number + 1}"} for number in range(len(pictures))]
    return pack(pictures) | {"items": items, "done": done, "chosen": None, "empty": ""}
