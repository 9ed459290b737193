"""One test, all ten tests and a removed direction, as values of the intervals and facts views."""

from __future__ import annotations

from typing import Any

from playground.bias.embedding_debias import COST, DebiasMeasure, EmbeddingDebias
from playground.bias.session_log import verdict_name
from playground.bias.weat_battery import WeatBattery
from playground.bias.weat_request import (
    LETTERS,
    SHORT,
    WeatResult,
    format_effect_size,
    format_number,
    format_p_value,
    interval_texts,
)
from playground.core.catalogue import say
from playground.core.numbers import with_minus
from playground.metrics.intervals import Interval


def words_value(result: WeatResult) -> dict[str, Any]:
    """The means of X and Y, then every word, those nearest to A first."""
    names = result.request.list_names
    means: list[dict[str, Any]] = [
        {"label": say("bias.weat.one.mean", letter=letter, name=name), "value": float(scores.mean()),
         "text": _cosine(scores.mean()), "cells": [letter], "group": group}
        for letter, name, scores, group in
        zip(LETTERS, names, (result.association.x, result.association.y), ("first mean", "second mean"), strict=False)
    ]  # fmt: skip
    lists = zip(LETTERS, result.kept, (result.association.x, result.association.y), ("first", "second"), strict=False)
    words: list[dict[str, Any]] = [
        {"label": word, "value": float(score), "text": _cosine(score), "cells": [letter], "group": group}
        for letter, words, scores, group in lists
        for word, score in zip(words, scores, strict=True)
    ]
    rows = [*means, *sorted(words, key=lambda row: -row["value"])]
    far = max(abs(row["value"]) for row in rows) * 1.08 or 1.0
    number = format_effect_size(result.association.interval)
    return {
        "title": say("bias.weat.one.chart_title", test=result.request.title, number=number),
        "name": say("bias.weat.one.chart_name"), "columns": [say("bias.weat.one.chart_list")], "rows": rows,
        "axis": {"low": -far, "high": far, "zero": 0, "left": say("bias.weat.one.nearer", name=names[3]),
                 "right": say("bias.weat.one.nearer", name=names[2])},
        "hint": _hint(result),
    }  # fmt: skip


def _hint(result: WeatResult) -> str:
    lists = "; ".join(
        say("bias.weat.one.missing_list", name=name, letter=letter, words=", ".join(words))
        for letter, name, words in zip(LETTERS, result.request.list_names, result.missing, strict=True)
        if words
    )
    sentences = [say("bias.weat.one.hint")]
    sentences.append(say("bias.weat.one.missing", lists=lists) if lists else say("bias.weat.one.none_missing"))
    targets, attributes = (
        {word.lower() for words in two for word in words} for two in (result.kept[:2], result.kept[2:])
    )
    if targets & attributes:
        sentences.append(say("bias.weat.one.repeated", words=", ".join(sorted(targets & attributes))))
    if min(map(len, result.kept)) < SHORT:
        sentences.append(say("bias.weat.one.rough", count=SHORT))
    if result.by_template:
        values = ", ".join(
            say("bias.weat.one.template_value", template=template, d=format_number(d))
            for template, d in result.by_template
        )
        sentences.append(say("bias.weat.one.by_template", values=values))
    return " ".join(sentences)


def battery_value(battery: WeatBattery) -> dict[str, Any]:
    """All tests so far, a line each."""
    rows = []
    for one, adjusted in zip(battery.results, battery.adjusted, strict=True):
        test = one.request.test
        assert test is not None
        rows.append({
            "label": say("bias.weat.one.choice_title", number=test.number, title=test.title),
            **_numbers(one.association.interval), "key": str(test.number),
            "cells": [
                format_p_value(one.p), format_p_value(adjusted), verdict_name(one.verdict()),
                format_number(test.published_d),
            ],
            "group": "",
        })  # fmt: skip
    missing = sum(len(words) for one in battery.results for words in one.missing)
    return {
        "title": say("bias.weat.ten.chart_title", embedding=battery.results[0].title),
        "name": say("bias.weat.ten.name"),
        "columns": [
            say("bias.weat.ten.p"), say("bias.weat.ten.p_holm"), say("bias.weat.ten.alone"),
            say("bias.weat.ten.published"),
        ],
        "rows": rows,
        "axis": {"low": -2, "high": 2, "zero": 0, "left": say("bias.weat.ten.left"),
                 "right": say("bias.weat.ten.right")},
        "hint": f"{say('bias.weat.ten.chart_hint')} {say('bias.weat.ten.missing', count=missing)}",
    }  # fmt: skip


def effects_value(result: EmbeddingDebias) -> dict[str, Any]:
    """The associations, before and after."""
    return {
        "title": say("bias.weat.debias.effects_title"), "name": say("bias.weat.debias.measure"),
        "columns": [say("bias.weat.about.notes")],
        "rows": [row for one in result.measures if one.unit == "d" for row in _before_and_after(one)],
        "axis": {"low": -2, "high": 2, "zero": 0, "left": say("bias.weat.ten.left"),
                 "right": say("bias.weat.debias.as_tested")},
        "hint": say("bias.weat.debias.effects_hint"),
    }  # fmt: skip


def shares_value(result: EmbeddingDebias) -> dict[str, Any]:
    """How well the former sides can still be found, compared with arbitrary directions, and the cost."""
    rows: list[dict[str, Any]] = []
    for one in result.measures:
        if one.unit == "d":
            continue
        rows += _before_and_after(one)
        if one.role != COST and not any(row["group"] == "control" for row in rows):
            rows.append({
                "label": say("bias.weat.debias.control_after"), **_numbers(result.control, percent=True),
                "group": "control", "cells": [result.control.method],
            })  # fmt: skip
    return {
        "title": say("bias.weat.debias.shares_title"), "name": say("bias.weat.debias.measure"),
        "columns": [say("bias.weat.debias.of_what")], "rows": rows,
        "axis": {"low": 0, "high": 1.04, "zero": 0.5, "left": "0 %", "right": "100 %"},
        "hint": say("bias.weat.debias.shares_hint"),
    }  # fmt: skip


def leaning_value(result: EmbeddingDebias) -> dict[str, Any]:
    """The common words that leaned most to either side before removal, for the facts view."""
    rows = [
        (say("bias.weat.debias.leaning_first"), ", ".join(result.firsts)),
        (say("bias.weat.debias.leaning_second"), ", ".join(result.seconds)),
    ]
    if result.unknown_pairs:
        rows.append((say("bias.weat.debias.unknown_pairs"), ", ".join(result.unknown_pairs)))
    return {"rows": [{"name": name, "text": text} for name, text in rows]}


def _before_and_after(one: DebiasMeasure) -> list[dict[str, Any]]:
    percent = one.unit == "share"
    note = one.note if one.role == COST else say("bias.weat.debias.note", note=one.note, role=one.role_text)
    before, after = say("bias.weat.debias.before", measure=one.title), say("bias.weat.debias.after")
    return [
        {"label": before, **_numbers(one.before, percent), "group": "before", "cells": [note]},
        {"label": after, **_numbers(one.after, percent), "group": "after", "cells": [""]},
    ]


def _numbers(interval: Interval, percent: bool = False) -> dict[str, Any]:
    if percent:
        value, low, high = (100 * end for end in (interval.value, interval.low, interval.high))
        text = say("bias.weat.share_value", value=value, low=low, high=high)
    else:
        words = dict(zip(("value", "low", "high"), interval_texts(interval), strict=True))
        text = say("bias.weat.value", **words)
    return {"value": interval.value, "low": interval.low, "high": interval.high, "text": text}


def _cosine(value: float) -> str:
    return with_minus(f"{value:+.3f}")
