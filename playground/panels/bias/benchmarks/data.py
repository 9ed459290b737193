"""What the panel shows of a result, as values of its views."""

from __future__ import annotations

from typing import Any

from playground.bias.benchmark import BenchmarkResult
from playground.bias.benchmark_report import PREFERRED, disagreement_lines, percent, share_words
from playground.bias.benchmark_scores import StereotypeShare
from playground.metrics.intervals import Interval

_AXIS = {"low": 0, "high": 100, "zero": 50}
#: Rows that are listed of those on which the rules differ.
MOST_LISTED = 60


def _row(label: str, interval: Interval, text: str, cells: list[str], group: str = "") -> dict[str, Any]:
    ends = [100 * value for value in (interval.value, interval.low, interval.high)]
    return {
        "label": label, "value": ends[0], "low": ends[1], "high": ends[2], "text": text, "cells": cells, "group": group,
    }  # fmt: skip


def _p(value: float) -> str:
    return f"{value:.3f}" if value >= 0.001 else "< 0.001"


def shares_value(made: BenchmarkResult) -> dict[str, Any]:
    """The whole and each category by the chosen rule, with the other rules' shares beside it."""
    chosen = made.request.rule
    others = [rule for rule in made.tables if rule != chosen]
    named: list[tuple[str, StereotypeShare | None]] = [("all", made.table.overall), *made.table.categories.items()]
    rows = []
    for name, share in named:
        if share is None:
            continue
        besides = [_other(made, rule, name) for rule in others]
        cells = [f"{share.n:,}", _p(share.adjusted_p), *besides]
        rows.append(_row(name, share.interval, share_words(share), cells, "mean" if name == "all" else ""))
    return {
        "title": f"{PREFERRED[made.request.benchmark]}: share by the rule “{chosen}”, with 95 % intervals",
        "name": "category",
        "columns": ["n", "p (Holm)", *(f"by “{rule}”" for rule in others)],
        "axis": {**_AXIS, "left": "the other text", "right": "the stereotypical one"},
        "rows": rows,
        "hint": "The line is 50 %. Where an interval crosses it, this data cannot tell. p of “all” stands by itself; "
        "those of the categories are corrected for how many there are.",
        "empty": "Nothing is read yet.",
    }


def _other(made: BenchmarkResult, rule: str, name: str) -> str:
    table = made.tables[rule]
    share = table.overall if name == "all" else table.categories.get(name)
    return percent(share.interval.value) if share else ""


def rules_value(made: BenchmarkResult) -> dict[str, Any]:
    """The rules side by side, with what else the benchmark measures."""
    rows = []
    for rule, table in made.tables.items():
        if table.overall is not None:
            share = table.overall
            rows.append(_row(f"stereotypical, {rule}", share.interval, share_words(share), [f"{share.ties}"]))
    for name, interval in made.table.extras.items():
        rows.append(_extra(name, interval))
    differing = made.disagreement.interval
    if differing is not None:
        words = f"{percent(differing.value)} ({100 * differing.low:.1f}–{100 * differing.high:.1f})"
        rows.append(_row("rules disagree", differing, words, [""], "control"))
    return {
        "title": "The rules side by side, over everything that is read",
        "name": "what", "columns": ["ties"], "axis": _AXIS, "rows": rows,
        "hint": "", "empty": "",
    }  # fmt: skip


def _extra(name: str, interval: Interval) -> dict[str, Any]:
    """A share as it is; a bias score, -1 to 1, in its own figures on the same axis, its 0 at 50."""
    if name.startswith("bias score"):
        value, low, high = ((end + 1) / 2 for end in (interval.value, interval.low, interval.high))
        moved = Interval(value, low, high, interval.method)
        words = f"{interval.value:+.2f} ({interval.low:+.2f} to {interval.high:+.2f})"
        return _row(name, moved, words, [""], "control")
    words = f"{percent(interval.value)} ({100 * interval.low:.1f}–{100 * interval.high:.1f})"
    return _row(name, interval, words, [""], "control")


def disagreement_value(made: BenchmarkResult) -> dict[str, Any]:
    """The first of the rows on which the rules differ, with what each says."""
    listed = [{"name": name, "text": text} for name, text in disagreement_lines(made, MOST_LISTED)]
    more = len(made.disagreement.rows) - len(listed)
    if more:
        listed.append({"name": "…", "text": f"and {more:,} more: the API lists them all."})
    return {"rows": listed or [{"name": "None", "text": "The rules agree on everything that is read."}]}
