"""What the panel shows of groups' texts, as values of its views."""

from __future__ import annotations

from typing import Any

from playground.bias.group_differences import GroupDifference, distinctive_words
from playground.bias.group_generation import GroupTexts
from playground.bias.session_log import ALPHA
from playground.panels.bias.shared import format_p_value, query_of


def chart_value(differences: tuple[GroupDifference, ...], key: str, groups: tuple[str, ...]) -> dict[str, Any]:
    """The measure of this key, a line a group."""
    one = next(one for one in differences if one.measure.key == key)
    share = one.measure.share
    ends = [end for interval in one.groups for end in (interval.low, interval.high)]
    low, high = (0.0, 1.0) if share else (min([0.0, *ends]), max(ends))
    sure = "holds" if one.adjusted <= ALPHA else "may be chance"
    return {
        "title": f"{one.measure.title} ({one.measure.unit}). The largest difference {sure}: "
        f"p {format_p_value(one.adjusted)} after Holm over the {len(differences)} measures; "
        f"“{groups[one.high]}” is above “{groups[one.low]}” in "
        f"{one.templates} of {one.of} beginnings.",
        "name": "group",
        "columns": [],
        "axis": {"low": low, "high": high, "zero": 0.0 if low < 0 else None, "left": "less", "right": "more"},
        "rows": [
            {
                "label": group, "value": interval.value, "low": interval.low, "high": interval.high, "group": "",
                "text": f"{interval.value:.0%}" if share else f"{interval.value:.2f}", "cells": [],
            }
            for group, interval in zip(groups, one.groups, strict=True)
        ],
        "band": None,
        "hint": "Bars are 95 % intervals over texts of these beginnings; other beginnings may differ more.",
        "empty": "",
    }  # fmt: skip


def words_value(texts: GroupTexts) -> dict[str, Any]:
    """Each group's words for their view."""
    lists = distinctive_words(texts)
    named = []
    for group, own in zip(texts.request.groups, lists, strict=True):
        notes = [f"in {word.texts} texts, {word.others} of the others" for word in own]
        named.append(
            {
                "name": group,
                "words": [
                    {"text": word.text, "note": note, "holds": word.adjusted <= ALPHA}
                    for word, note in zip(own, notes, strict=True)
                ],
            }
        )
    hint = "● is left after correction for all words looked at; ○ may be chance. By log odds (Monroe et al. 2008)."
    return {"groups": named, "hint": hint}


def texts_value(texts: GroupTexts) -> dict[str, Any]:
    """The texts for their view, each with the link that writes it again."""
    rows = []
    for text in texts.texts:
        query = query_of(texts.text_recipe(text))
        note = f"{texts.request.groups[text.group]}, seed {text.seed}, sentiment {text.sentiment:+.2f}."
        rows.append({"group": text.group, "prompt": text.prompt, "text": text.text, "query": query, "note": note})
    return {"groups": list(texts.request.groups), "texts": rows, "empty": "No texts yet."}
