"""Group texts, their differences and their distinctive words, as values of the panel's views."""

from __future__ import annotations

from typing import Any

from playground.bias.distinctive_words import DistinctiveWord, distinctive_words
from playground.bias.group_differences import GroupDifference
from playground.bias.group_generation import GroupTexts
from playground.bias.session_log import ALPHA
from playground.core.catalogue import say
from playground.panels.bias.shared import format_p_value, query_of


def chart_value(differences: tuple[GroupDifference, ...], key: str, groups: tuple[str, ...]) -> dict[str, Any]:
    """The measure with this key for the interval chart, a row per group."""
    one = next(one for one in differences if one.measure.key == key)
    share = one.measure.share
    ends = [end for interval in one.groups for end in (interval.low, interval.high)]
    low, high = (0.0, 1.0) if share else (min([0.0, *ends]), max(ends))
    return {
        "title": _chart_title(one, len(differences), groups),
        "name": say("bias_texts.group_generation.chart_name"),
        "columns": [],
        "axis": {
            "low": low, "high": high, "zero": 0.0 if low < 0 else None,
            "left": say("bias_texts.less"), "right": say("bias_texts.more"),
        },
        "rows": [
            {
                "label": group, "value": interval.value, "low": interval.low, "high": interval.high, "group": "",
                "text": one.text(interval.value), "cells": [],
            }
            for group, interval in zip(groups, one.groups, strict=True)
        ],
        "band": None,
        "hint": say("bias_texts.group_generation.chart_hint"),
        "empty": "",
    }  # fmt: skip


def _chart_title(one: GroupDifference, measures: int, groups: tuple[str, ...]) -> str:
    names = {"measure": one.measure.title, "unit": one.measure.unit}
    if one.groups[one.high].value == one.groups[one.low].value:
        return say("bias_texts.group_generation.chart_equal", **names)
    values = {"difference": one.difference_text(), "templates": one.templates, "total": one.of}
    title = say(
        "bias_texts.group_generation.chart_title", high=groups[one.high], low=groups[one.low], **names, **values
    )
    if one.grammar:
        return f"{title} {say('bias_texts.group_generation.grammar')}"
    outcome = "holds" if one.holds else "chance"
    p = format_p_value(one.adjusted)
    return f"{title} {say(f'bias_texts.group_generation.chart_{outcome}', p=p, measures=measures)}"


def _word_value(word: DistinctiveWord) -> dict[str, Any]:
    note = say("bias_texts.group_generation.word_note", texts=word.texts, others=word.others)
    if word.grammar:
        note = say("bias_texts.group_generation.word_grammar", note=note)
    return {"text": word.text, "note": note, "holds": word.adjusted <= ALPHA and not word.grammar}


def words_value(texts: GroupTexts) -> dict[str, Any]:
    """Each group's distinctive words for group_words_view."""
    groups = [
        {
            "name": group,
            "words": [_word_value(word) for word in words],
        }
        for group, words in zip(texts.request.groups, distinctive_words(texts), strict=True)
    ]
    return {"groups": groups, "hint": say("bias_texts.group_generation.words_hint")}


def texts_value(texts: GroupTexts) -> dict[str, Any]:
    """The texts for group_texts_view, each with the link that writes it again in the Text tab."""
    rows = []
    for text in texts.texts:
        query = query_of(texts.text_recipe(text))
        group = texts.request.groups[text.group]
        note = say("bias_texts.group_generation.text_note", group=group, seed=text.seed, sentiment=text.sentiment)
        rows.append({"group": text.group, "prompt": text.prompt, "text": text.text, "query": query, "note": note})
    return {
        "groups": list(texts.request.groups),
        "texts": rows,
        "empty": say("bias_texts.group_generation.no_texts"),
    }
