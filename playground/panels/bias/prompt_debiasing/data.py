"""The effect of a prefix, as a sentence and as charts of both gaps."""

from __future__ import annotations

from typing import Any

from playground.bias.grammar import follows_grammar
from playground.bias.prompt_debiasing import (
    CONDITIONS,
    MEASURES,
    NEUTRAL,
    NO_CHANGE,
    NOTHING,
    RANKED,
    WRITTEN,
    PromptDebiasing,
    condition_name,
)
from playground.core.catalogue import say
from playground.core.numbers import with_minus


def outcome(result: PromptDebiasing) -> str:
    """What the prefix does to both gaps beyond what the unrelated one does, in a few sentences."""
    ranked, written = (_change(result, measure, result.effect(measure)) for measure in (RANKED, WRITTEN))
    sentences = [say("bias_texts.prompt_debiasing.outcome", ranked=ranked, written=written)]
    moved = [measure for measure in MEASURES if result.effect(measure, NOTHING, NEUTRAL) != NO_CHANGE]
    for measure in moved:
        name = say(f"bias_texts.prompt_debiasing.gap_{measure}")
        effect = say(f"bias_texts.prompt_debiasing.change_{result.effect(measure, NOTHING, NEUTRAL)}")
        sentences.append(say("bias_texts.prompt_debiasing.any_prefix", gap=name, effect=effect))
    if follows_grammar("he", (result.request.ranking.a, result.request.ranking.b)):
        sentences.append(say("bias_texts.prompt_debiasing.grammar"))
    return " ".join(sentences)


def _change(result: PromptDebiasing, measure: str, effect: str) -> str:
    """An effect with the shift of the gap that shows it."""
    shift = result.shift(measure)
    values = {"value": shift.value, "low": shift.low, "high": shift.high}
    name = say(f"bias_texts.prompt_debiasing.change_{effect}")
    return say("bias_texts.prompt_debiasing.change", effect=name, **values)


def chart_value(result: PromptDebiasing, measure: str) -> dict[str, Any]:
    """The gap of a measure for the interval chart, a row per condition measured so far."""
    measured = [condition for condition in CONDITIONS if condition in result.values(measure)]
    gaps = [result.gap(measure, condition) for condition in measured]
    reach = 1.08 * max([0.5, *(abs(end) for gap in gaps for end in (gap.low, gap.high))])
    a, b = result.request.ranking.a, result.request.ranking.b
    rows: list[dict[str, Any]] = [
        {
            "label": condition_name(condition), "value": gap.value, "low": gap.low, "high": gap.high,
            "text": with_minus(f"{gap.value:+.2f}"), "group": "control" if condition == NEUTRAL else "", "cells": [],
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
