"""WEAT results as measurements for the session log."""

from __future__ import annotations

from playground.bias.embedding_debias import OTHER, DebiasMeasure, EmbeddingDebias
from playground.bias.session_log import Bar, Measurement, interval_bar
from playground.bias.weat_battery import WeatBattery
from playground.bias.weat_request import LETTERS, NAME, WeatResult, format_number, format_p_value, interval_texts
from playground.bias.weat_sets import source
from playground.core.catalogue import say

_CAVEATS = ("attributes", "frequency", "comparing", "applications")


def _caveats(result: WeatResult) -> tuple[str, ...]:
    return ("bleached", *_CAVEATS) if result.by_template else _CAVEATS


def weat_measurement(result: WeatResult) -> Measurement:
    """One test, with each word's score as its table."""
    scores = [("X", result.kept[0], result.association.x), ("Y", result.kept[1], result.association.y)]
    missing = say("bias.weat.measurement.missing")
    rows = [(say("bias.weat.one.chart_list"), say("bias.weat.one.chart_name"), "s")]
    rows += [(letter, word, f"{s:.4f}") for letter, words, own in scores for word, s in zip(words, own, strict=True)]
    rows += [(letter, word, "") for letter, words in zip(LETTERS[2:], result.kept[2:], strict=True) for word in words]
    rows += [(letter, word, missing) for letter, words in zip(LETTERS, result.missing, strict=True) for word in words]
    method = f"{result.method()}. {source()}" if result.request.test else result.method()
    return Measurement(
        panel=NAME, title=say("bias.weat.measurement.title", test=result.request.title, embedding=result.title),
        summary=result.summary(), verdict=result.verdict(), n=result.n, unit=say("bias.weat.measurement.unit"),
        method=method, recipe=result.recipe(), interval=result.association.interval, p=result.p,
        caveats=_caveats(result), rows=tuple(rows),
    )  # fmt: skip


def battery_measurement(battery: WeatBattery) -> Measurement:
    """All ten tests as one measurement, with a line for each."""
    first = battery.results[0]
    rows = [(
        say("bias.weat.ten.name"), say("bias.weat.ten.column_d"), say("bias.weat.ten.column_interval"),
        say("bias.weat.ten.p"), say("bias.weat.ten.p_holm"), say("bias.weat.ten.column_published"),
    )]  # fmt: skip
    for one, adjusted in zip(battery.results, battery.adjusted, strict=True):
        _, low, high = interval_texts(one.association.interval)
        rows.append((
            one.request.title, format_number(one.association.d), say("bias.weat.ten.interval", low=low, high=high),
            format_p_value(one.p), format_p_value(adjusted),
            format_number(one.request.test.published_d) if one.request.test else "",
        ))  # fmt: skip
    return Measurement(
        panel=NAME, title=say("bias.weat.ten.title", embedding=first.title), summary=battery.summary(),
        verdict=battery.verdict(), n=sum(one.n for one in battery.results), unit=say("bias.weat.ten.unit"),
        method=say("bias.weat.ten.method", alternative=first.request.alternative, source=source()),
        recipe=battery.recipe(), p=min(one.p for one in battery.results), comparisons=len(battery.results),
        no_interval=say("bias.weat.ten.no_interval"), caveats=_caveats(first), rows=tuple(rows),
        chart=tuple(interval_bar(one.request.title, one.association.interval) for one in battery.results),
    )  # fmt: skip


def embedding_debias_measurement(result: EmbeddingDebias) -> Measurement:
    """A removed direction; its p is the smallest among the associations that do not use the pairs' words."""
    rows = [(
        say("bias.weat.debias.measure"), say("bias.weat.debias.column_role"), say("bias.weat.debias.column_before"),
        say("bias.weat.debias.column_after"),
    )]  # fmt: skip
    rows += [(one.title, one.role_text, str(one.before), str(one.after)) for one in result.measures]
    values = [one.p_after for one in result.measures if one.p_after is not None and one.role == OTHER]
    return Measurement(
        panel=NAME, title=say("bias.weat.debias.title", embedding=result.title), summary=result.summary(),
        verdict=result.verdict(), n=len(result.request.pairs) - len(result.unknown_pairs),
        unit=say("bias.weat.debias.unit"), p=min(values, default=None), comparisons=len(result.measures),
        method=say("bias.weat.debias.method", share=result.share), recipe=result.recipe(),
        caveats=("hidden", *_CAVEATS), rows=tuple(rows), no_interval=say("bias.weat.ten.no_interval"),
        chart=tuple(bar for one in result.measures if one.unit == "d" for bar in _before_and_after(one)),
    )  # fmt: skip


def _before_and_after(one: DebiasMeasure) -> tuple[Bar, Bar]:
    before = say("bias.weat.debias.before", measure=one.title)
    return interval_bar(before, one.before), interval_bar(say("bias.weat.debias.after"), one.after)
