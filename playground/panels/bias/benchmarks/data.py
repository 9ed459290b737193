"""A benchmark's result as values of the intervals and facts views."""

from __future__ import annotations

from typing import Any

from playground.bias.benchmark import BenchmarkResult
from playground.bias.benchmark_report import disagreement_lines, preferred
from playground.bias.benchmark_scores import StereotypeShare
from playground.bias.session_log import share_text
from playground.core.catalogue import say
from playground.core.numbers import percent
from playground.metrics.intervals import Interval

_AXIS = {"low": 0, "high": 100, "zero": 50}
#: How many of the rows on which the rules differ are listed.
MOST_LISTED = 60


def _row(label: str, interval: Interval, text: str, cells: list[str], group: str = "") -> dict[str, Any]:
    value, low, high = (100 * end for end in (interval.value, interval.low, interval.high))
    return {"label": label, "value": value, "low": low, "high": high, "text": text, "cells": cells, "group": group}


def _p(value: float) -> str:
    return f"{value:.3f}" if value >= 0.001 else "< 0.001"


def shares_value(result: BenchmarkResult) -> dict[str, Any]:
    """The whole list and each category by the chosen rule, with the other rules' shares beside it."""
    chosen = result.request.rule
    others = [rule for rule in result.tables if rule != chosen]
    shares: list[tuple[str, StereotypeShare | None]] = [("all", result.table.overall), *result.table.categories.items()]
    rows = []
    for name, share in shares:
        if share is None:
            continue
        cells = [f"{share.n:,}", _p(share.adjusted_p), *(_share_by(result, rule, name) for rule in others)]
        rows.append(_row(name, share.interval, share_text(share.interval), cells, "mean" if name == "all" else ""))
    title = say("bias.benchmarks.chart.title", preferred=preferred(result.request.benchmark), rule=chosen)
    columns = [say("bias.benchmarks.chart.n"), say("bias.benchmarks.chart.p_holm")]
    columns += [say("bias.benchmarks.chart.by_rule", rule=rule) for rule in others]
    axis = {**_AXIS, "left": say("bias.benchmarks.chart.left"), "right": say("bias.benchmarks.chart.right")}
    return {
        "title": title, "name": say("bias.benchmarks.chart.name"), "columns": columns, "axis": axis, "rows": rows,
        "hint": say("bias.benchmarks.chart.hint"), "empty": say("bias.benchmarks.chart.empty"),
    }  # fmt: skip


def _share_by(result: BenchmarkResult, rule: str, name: str) -> str:
    """A category's share by another rule; "" if nothing is counted yet."""
    table = result.tables[rule]
    share = table.overall if name == "all" else table.categories.get(name)
    return percent(share.interval.value) if share else ""


def rules_value(result: BenchmarkResult) -> dict[str, Any]:
    """The rules side by side, with the benchmark's other measures."""
    rows = []
    for rule, table in result.tables.items():
        if table.overall is not None:
            share = table.overall
            label = say("bias.benchmarks.chart.by_this_rule", rule=rule)
            rows.append(_row(label, share.interval, share_text(share.interval), [f"{share.ties}"]))
    rows += [_extra_row(name, interval) for name, interval in result.table.extras.items()]
    disagreement = result.disagreement.interval
    if disagreement is not None:
        label = say("bias.benchmarks.chart.rules_disagree")
        rows.append(_row(label, disagreement, share_text(disagreement), [""], "control"))
    return {
        "title": say("bias.benchmarks.chart.rules_title"), "name": say("bias.benchmarks.chart.rules_name"),
        "columns": [say("bias.benchmarks.chart.ties")], "axis": _AXIS, "rows": rows, "hint": "", "empty": "",
    }  # fmt: skip


def _extra_row(name: str, interval: Interval) -> dict[str, Any]:
    """A share, or a bias score from -1 to 1: drawn on the same axis with its 0 at 50, written as it is."""
    label = say(f"bias.benchmarks.chart.{name}")
    if not name.startswith("bias_"):
        return _row(label, interval, share_text(interval), [""], "control")
    value, low, high = interval.value, interval.low, interval.high
    scaled = Interval((value + 1) / 2, (low + 1) / 2, (high + 1) / 2, interval.method)
    text = say("bias.benchmarks.chart.score", value=value, low=low, high=high)
    return _row(label, scaled, text, [""], "control")


def disagreement_value(result: BenchmarkResult) -> dict[str, Any]:
    """The first rows on which the rules differ, with each rule's outcome."""
    rows = [{"name": name, "text": text} for name, text in disagreement_lines(result, MOST_LISTED)]
    more = len(result.disagreement.rows) - len(rows)
    if more:
        rows.append({"name": "…", "text": say("bias.benchmarks.chart.more_rows", count=more)})
    if not rows:
        name, text = say("bias.benchmarks.chart.no_disagreement"), say("bias.benchmarks.chart.no_disagreement_text")
        rows = [{"name": name, "text": text}]
    return {"rows": rows}
