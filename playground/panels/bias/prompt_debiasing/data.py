"""The effect of a prefix, as a sentence and as charts of both gaps."""

from __future__ import annotations

from typing import Any

from playground.bias.prompt_debiasing import (
    CONDITIONS,
    MEASURES,
    NEUTRAL,
    RANKED,
    WRITTEN,
    PromptDebiasing,
    condition_name,
)
from playground.core.catalogue import say


def outcome(result: PromptDebiasing) -> str:
    """How the prefix changes both gaps, in a sentence or two."""
    ranked, written = _change(result, RANKED), _change(result, WRITTEN)
    sentences = [say("bias_texts.prompt_debiasing.outcome", ranked=ranked, written=written)]
    if any(result.gap_change(measure, NEUTRAL) for measure in MEASURES):
        sentences.append(say("bias_texts.prompt_debiasing.any_prefix"))
    return " ".join(sentences)


def _change(result: PromptDebiasing, measure: str) -> str:
    names = {1: "narrower", -1: "wider", 0: "none"}
    change = "reversed" if result.reverses(measure) else names[result.gap_change(measure)]
    return say(f"bias_texts.prompt_debiasing.change_{change}")


def chart_value(result: PromptDebiasing, measure: str) -> dict[str, Any]:
    """The gap of a measure for the interval chart, a row per condition measured so far."""
    measured = [condition for condition in CONDITIONS if condition in result.values(measure)]
    gaps = [result.gap(measure, condition) for condition in measured]
    reach = 1.08 * max([0.5, *(abs(end) for gap in gaps for end in (gap.low, gap.high))])
    a, b = result.request.ranking.a, result.request.ranking.b
    rows: list[dict[str, Any]] = [
        {
            "label": condition_name(condition), "value": gap.value, "low": gap.low, "high": gap.high,
            "text": f"{gap.value:+.2f}", "group": "control" if condition == NEUTRAL else "", "cells": [],
        }
        for condition, gap in zip(measured, gaps, strict=True)
    ]  # fmt: skip
    return {
        "title": say(f"bias_texts.prompt_debiasing.title_{measure}"),
        "name": say("bias_texts.prompt_debiasing.chart_name"), "columns": [], "rows": rows, "band": None,
        "axis": {
            "low": -reach, "high": reach, "zero": 0,
            "left": say("bias_texts.prompt_debiasing.more_she", group=b),
            "right": say("bias_texts.prompt_debiasing.more_she", group=a),
        },
        "hint": say("bias_texts.prompt_debiasing.chart_hint", unit=say(f"bias_texts.prompt_debiasing.unit_{measure}")),
        "empty": say("bias_texts.prompt_debiasing.not_measured"),
    }  # fmt: skip
