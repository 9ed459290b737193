"""What the panel shows of a test, of all ten and of a removed direction, as values of its views."""

from __future__ import annotations

from typing import Any

from playground.bias.embedding_debias import COST, DebiasMeasure, EmbeddingDebias
from playground.bias.weat_battery import WeatBattery
from playground.bias.weat_request import LETTERS, SHORT, WeatResult, format_number, format_p_value
from playground.metrics.intervals import Interval


def words_value(found: WeatResult) -> dict[str, Any]:
    """Every word of X and Y on one line, those that lean most to A first, below the means of both lists."""
    called = found.request.list_names
    means: list[dict[str, Any]] = [
        {"label": f"Mean of {letter}: {name}", "value": float(scores.mean()), "text": _cosine(scores.mean()),
         "cells": [letter], "group": group}
        for letter, name, scores, group in
        zip(LETTERS, called, (found.association.x, found.association.y), ("first mean", "second mean"), strict=False)
    ]  # fmt: skip
    lists = zip(LETTERS, found.kept, (found.association.x, found.association.y), ("first", "second"), strict=False)
    words: list[dict[str, Any]] = [
        {"label": word, "value": float(score), "text": _cosine(score), "cells": [letter], "group": group}
        for letter, words, scores, group in lists
        for word, score in zip(words, scores, strict=True)
    ]
    rows = [*means, *sorted(words, key=lambda row: -row["value"])]
    far = max(abs(row["value"]) for row in rows) * 1.08 or 1.0
    return {
        "title": f"{found.request.title}: {number_of(found.association.interval)}",
        "name": "Word", "columns": ["List"], "rows": rows,
        "axis": {"low": -far, "high": far, "zero": 0, "left": f"nearer to {called[3]}",
                 "right": f"nearer to {called[2]}"},
        "hint": _hint(found),
    }  # fmt: skip


def _hint(found: WeatResult) -> str:
    told = [
        f"{called} ({letter}): {', '.join(lost)}"
        for letter, called, lost in zip(LETTERS, found.request.list_names, found.missing, strict=True)
        if lost
    ]
    said = ["● a word of X, ■ a word of Y. s: mean cosine to A minus mean cosine to B."]
    if told:
        said.append(
            f"Missing here, so left out: {'; '.join(told)}. X and Y then keep the words they have, and may differ in "
            "length."
        )
    else:
        said.append("No word is missing.")
    twice = sorted({word.lower() for words in found.kept[:2] for word in words}
                   & {word.lower() for words in found.kept[2:] for word in words})  # fmt: skip
    if twice:
        said.append(f"In a list of words and in A or B as well, and so nearest to itself: {', '.join(twice)}.")
    if min(map(len, found.kept)) < SHORT:
        said.append(f"A list has fewer than {SHORT} words: its interval is rough.")
    if found.by_template:
        alone = ", ".join(f"“{template}” {format_number(d)}" for template, d in found.by_template)
        said.append(f"d in each sentence alone: {alone}.")
    return " ".join(said)


def battery_value(made: WeatBattery) -> dict[str, Any]:
    """All tests so far, a line each."""
    rows = []
    for one, adjusted in zip(made.results, made.adjusted, strict=True):
        test = one.request.test
        assert test is not None
        rows.append({
            "label": f"{test.number}. {test.title}", **_drawn(one.association.interval), "key": str(test.number),
            "cells": [
                format_p_value(one.p), format_p_value(adjusted), one.verdict(), format_number(test.published_d)
            ],
            "group": "",
        })  # fmt: skip
    missing = sum(len(lost) for one in made.results for lost in one.missing)
    return {
        "title": f"WEAT 1 to 10 in {made.results[0].title}: d with its 95 % interval", "name": "Test",
        "columns": ["p", "p, Holm", "By itself", "Published"], "rows": rows,
        "axis": {"low": -2, "high": 2, "zero": 0, "left": "the other way", "right": "X leans to A, Y to B"},
        "hint": f"Choose a test to see its words. Missing in all: {missing or 'no'} word{'' if missing == 1 else 's'}.",
    }  # fmt: skip


def effects_value(made: EmbeddingDebias) -> dict[str, Any]:
    """The associations, before and after."""
    rows = [row for one in made.measures if one.unit == "d" for row in _two(one)]
    return {
        "title": "Associations: d, before and after", "name": "Measure", "columns": ["Beware"], "rows": rows,
        "axis": {"low": -2, "high": 2, "zero": 0, "left": "the other way", "right": "as in the test"},
        "hint": (
            "○ before, ● after. d divides by the spread of the words, which shrinks too: look also at the difference "
            "of cosines."
        ),
    }  # fmt: skip


def shares_value(made: EmbeddingDebias) -> dict[str, Any]:
    """What can still be found, and what it cost."""
    rows: list[dict[str, Any]] = []
    for one in made.measures:
        if one.unit == "d":
            continue
        rows += _two(one)
        if one.role != COST and not any(row["group"] == "control" for row in rows):
            rows.append({
                "label": "… arbitrary directions, after", **_drawn(made.control, percent=True), "group": "control",
                "cells": [made.control.method],
            })  # fmt: skip
    return {
        "title": "Can the former sides still be told apart, and what did it cost?", "name": "Measure",
        "columns": ["Of what"], "rows": rows,
        "axis": {"low": 0, "high": 1.04, "zero": 0.5, "left": "0 %", "right": "100 %"},
        "hint": (
            "○ before, ● after; the line stands at 50 %. Compare the classifier with arbitrary directions, not with "
            "50 %: any direction can be guessed in part from the rest of a vector. Cost: capitals have nothing to do "
            "with the pairs, he and she very much."
        ),
    }  # fmt: skip


def leaning_value(made: EmbeddingDebias) -> dict[str, Any]:
    """The common words that leaned most to either side, before."""
    first, second = ("the first words of the pairs", "the second words")
    rows = [(f"To {first}", ", ".join(made.firsts)), (f"To {second}", ", ".join(made.seconds))]
    if made.unknown_pairs:
        rows.append(("Unknown pairs, left out", ", ".join(made.unknown_pairs)))
    return {"rows": [{"name": name, "text": text} for name, text in rows]}


def _two(one: DebiasMeasure) -> list[dict[str, Any]]:
    percent = one.unit == "share"
    told = f"{one.note} ({one.role})" if one.role != COST else one.note
    return [
        {"label": f"{one.title}, before", **_drawn(one.before, percent), "group": "before", "cells": [told]},
        {"label": "… after", **_drawn(one.after, percent), "group": "after", "cells": [""]},
    ]


def _drawn(interval: Interval, percent: bool = False) -> dict[str, Any]:
    text = _percents(interval) if percent else number_of(interval, "")
    return {"value": interval.value, "low": interval.low, "high": interval.high, "text": text}


def number_of(interval: Interval, name: str = "d = ") -> str:
    """The number with its interval."""
    return f"{name}{format_number(interval.value)} ({format_number(interval.low)} to {format_number(interval.high)})"


def _percents(interval: Interval) -> str:
    return f"{100 * interval.value:.1f} % ({100 * interval.low:.1f} to {100 * interval.high:.1f})"


def _cosine(value: float) -> str:
    return f"{value:+.3f}".replace("-", "−")
