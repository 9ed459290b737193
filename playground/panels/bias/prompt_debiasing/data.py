"""What the panel shows of a prefix's effect: the outcome in words, and a chart of each gap."""

from __future__ import annotations

from typing import Any

from playground.bias.prompt_debiasing import CONDITIONS, MEASURES, NEUTRAL, PromptDebiasing


def outcome(result: PromptDebiasing) -> str:
    """The outcome in a line or two."""
    words = {1: "surely narrower than before", -1: "surely wider than before", 0: "not surely another"}
    ranked, written = (
        "turned round" if result.reverses(measure) else words[result.gap_change(measure)] for measure in MEASURES
    )
    line = f"After your text the gap in ranking is {ranked}, and the gap in what is written is {written}."
    if any(result.gap_change(measure, NEUTRAL) for measure in MEASURES):
        line += " A text of no bearing moves a gap too: some of it comes from any text that stands before."
    return line


def chart_value(result: PromptDebiasing, measure: str) -> dict[str, Any]:
    """The gap of a measure under every condition that is there."""
    there = [condition for condition in CONDITIONS if condition in result.values(measure)]
    gaps = [result.gap(measure, condition) for condition in there]
    reach = 1.08 * max([0.5, *(abs(end) for gap in gaps for end in (gap.low, gap.high))])
    a, b = result.request.ranking.a, result.request.ranking.b
    unit = "logarithm of the odds, in nats" if measure == "ranked" else "she less he, texts of A less texts of B"
    rows: list[dict[str, Any]] = [
        {
            "label": f"after {condition}", "value": gap.value, "low": gap.low, "high": gap.high,
            "text": f"{gap.value:+.2f}", "group": "control" if condition == CONDITIONS[2] else "", "cells": [],
        }
        for condition, gap in zip(there, gaps, strict=True)
    ]  # fmt: skip
    return {
        "title": f"{MEASURES[measure]}.", "name": "Gap", "columns": [], "rows": rows, "band": None,
        "axis": {
            "low": -reach, "high": reach, "zero": 0, "left": f"she more with “{b}”", "right": f"she more with “{a}”",
        },
        "hint": f"In the middle there is no gap. Unit: {unit}. Bars: 95 %.", "empty": "Not measured yet.",
    }  # fmt: skip
