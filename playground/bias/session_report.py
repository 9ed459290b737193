"""The report of a visit: every measurement with its fine print and its recipe, as JSON and as HTML.

The HTML is self-contained: no scripts, no downloads. Words of visitors and models are escaped.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape

from playground.bias.citations import CITATIONS
from playground.bias.report_chart import chart_svg
from playground.bias.session_log import (
    CANNOT_TELL,
    CONSISTENT,
    DEPENDS,
    Bar,
    Measurement,
    SessionLog,
    adjusted_p_values,
    comparison_count,
    corrected_verdict,
    interval_bar,
    interval_text,
    summarize_session,
    verdict_name,
)
from playground.core.catalogue import LANGUAGE, say
from playground.core.errors import PlaygroundError
from playground.core.numbers import to_ascii
from playground.core.recipe import Recipe

_STYLE = (
    "body{font:16px/1.45 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#1b2330}"
    "h1{margin:0}h2{font-size:1.05em;margin:0 0 .2rem}p,dl,ol{margin:.25rem 0}"
    "nav ol{columns:2;column-gap:2rem;padding-inline-start:1.6rem}nav .verdict{font-weight:400}"
    ".entries{columns:2;column-gap:2rem}article{break-inside:avoid;border-top:1px solid #b8c0cc;padding:.4rem 0 .7rem}"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:0 .6rem;font-size:.85em}dt{color:#5b6472}dd{margin:0}"
    "svg{width:100%;max-width:30rem;height:auto;display:block;margin:.3rem 0}"
    "svg{font:10px system-ui,sans-serif;fill:#1b2330}"
    "table{border-collapse:collapse;font-size:.85em}th,td{border:1px solid #b8c0cc;padding:.1rem .4rem;text-align:left}"
    ".scroll{overflow-x:auto}.verdict{font-weight:700}summary,.method{font-size:.85em}a{overflow-wrap:anywhere}"
    "@media(max-width:50rem){nav ol,.entries{columns:1}}"
    "@media print{@page{size:A4;margin:12mm}body{font-size:8pt;line-height:1.3;margin:0;padding:0;max-width:none}"
    "details{display:none}h1{font-size:1.6em}article{padding:.2rem 0 .3rem}svg{margin:.1rem 0}"
    ".entries,nav ol{columns:3;column-gap:1.2rem}dl,dt,dd,.again{display:inline}"
    "dt::after{content:': '}dd::after{content:'. '}"
    ".known{font-size:.85em;columns:3;column-gap:1.2rem}}"
)
#: A mark for each verdict, so that it does not depend on colour.
_MARKS = {CONSISTENT: "●", DEPENDS: "◐", CANNOT_TELL: "○"}


def report_json(log: SessionLog) -> str:
    """The log as JSON text: {"kind", "summary", "comparisons", "note", "trials": [...]}; each trial has its recipe.

    Raises PlaygroundError for an empty log.
    """
    _check(log)
    adjusted = adjusted_p_values(log)
    measurements = [measurement_values(one, value) for one, value in zip(log, adjusted, strict=True)]
    whole = {
        "kind": "bias-report",
        "summary": summarize_session(log),
        "comparisons": comparison_count(log),
        "note": say("bias_texts.report.promise"),
    }
    return json.dumps({**whole, "trials": measurements}, ensure_ascii=False, indent=1, allow_nan=False)


def measurement_values(measurement: Measurement, adjusted: float | None) -> dict[str, object]:
    """A measurement as values that json.dumps takes, with its recipe. adjusted: the corrected p-value."""
    interval = measurement.interval
    return {
        "panel": measurement.panel,
        "title": measurement.title,
        "found": measurement.summary,
        "verdict": corrected_verdict(measurement, adjusted),
        "n": measurement.n,
        "unit": measurement.unit,
        "method": measurement.method,
        "interval": None
        if interval is None
        else {
            "value": interval.value, "low": interval.low, "high": interval.high, "level": interval.level,
            "method": interval.method,
        },
        "p": measurement.p,
        "adjusted_p": adjusted,
        "comparisons": measurement.comparisons,
        "known_problems": [
            {"text": citation.text, "source": citation.title, "url": citation.url}
            for citation in map(CITATIONS.__getitem__, measurement.caveats)
        ],
        "table": [[to_ascii(text) for text in row] for row in measurement.rows],
        "recipe": measurement.recipe.to_json(),
    }  # fmt: skip


def report_html(log: SessionLog, address: str = "") -> str:
    """The log as one HTML page: contents, an entry with a chart for each measurement, and the known problems once.

    Printed, it leaves out the tables, which the page folds. address: of the page, before a link's question mark; "" for
    relative links.  Raises PlaygroundError for an empty log.
    """
    _check(log)
    adjusted = adjusted_p_values(log)
    caveats = list(dict.fromkeys(caveat for measurement in log for caveat in measurement.caveats))
    entries = [
        _entry(number, measurement, value, address, [caveats.index(one) + 1 for one in measurement.caveats])
        for number, (measurement, value) in enumerate(zip(log, adjusted, strict=True), 1)
    ]
    title, promise = escape(say("bias_texts.report.title")), escape(say("bias_texts.report.promise"))
    return (
        f'<!doctype html><html lang="{LANGUAGE}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body><h1>{title}</h1><p>{promise}</p>"
        f"<p>{escape(summarize_session(log))}</p>{_contents(log, adjusted)}"
        f'<div class="entries">{"".join(entries)}</div>{_known(caveats)}</body></html>'
    )


def _contents(log: SessionLog, adjusted: Sequence[float | None]) -> str:
    lines = "".join(
        f'<li><a href="#m{number}">{escape(measurement.title)}</a> '
        f'<span class="verdict">{escape(_verdict(measurement, value))}</span></li>'
        for number, (measurement, value) in enumerate(zip(log, adjusted, strict=True), 1)
    )
    title = escape(say("bias_texts.report.contents"))
    return f'<nav aria-label="{title}"><h2>{title}</h2><ol>{lines}</ol></nav>'


def _verdict(measurement: Measurement, adjusted: float | None) -> str:
    verdict = corrected_verdict(measurement, adjusted)
    return f"{_MARKS[verdict]} {verdict_name(verdict)}"


def _entry(number: int, measurement: Measurement, adjusted: float | None, address: str, notes: Sequence[int]) -> str:
    terms = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in _facts(measurement, adjusted))
    problems = ", ".join(f'<a href="#k{note}">{note}</a>' for note in notes)
    if notes:
        terms += f"<dt>{escape(say('bias_texts.report.problems'))}</dt><dd>{problems}</dd>"
    details = f'<p class="method">{escape(measurement.method)}</p>{_table(measurement.rows)}'
    return (
        f'<article id="m{number}"><h2>{number}. {escape(measurement.title)}</h2><p>{escape(measurement.summary)} '
        f'<span class="verdict">{escape(_verdict(measurement, adjusted))}</span></p>'
        f"{chart_svg(_bars(measurement), measurement.line, measurement.title)}<dl>{terms}</dl>"
        f"{_link(measurement.recipe, address)}"
        f"<details><summary>{escape(say('bias_texts.report.details'))}</summary>{details}</details></article>"
    )


def _bars(measurement: Measurement) -> Sequence[Bar]:
    if measurement.chart or measurement.interval is None:
        return measurement.chart
    return [interval_bar(measurement.title, measurement.interval)]


def _known(caveats: Sequence[str]) -> str:
    """The known problems of all methods, numbered as the entries name them."""
    lines = "".join(
        f'<li id="k{number}">{escape(citation.text)} <a href="{escape(citation.url)}">{escape(citation.title)}</a></li>'
        for number, citation in enumerate(map(CITATIONS.__getitem__, caveats), 1)
    )
    return f'<h2>{escape(say("shared.fine_print.known"))}</h2><ol class="known">{lines}</ol>' if lines else ""


def _facts(measurement: Measurement, adjusted: float | None) -> list[tuple[str, str]]:
    """Names and values of the fine print, in a line each. adjusted: the corrected p-value."""
    number = say("bias_texts.report.number_text", count=measurement.n, unit=measurement.unit)
    facts = [(say("bias_texts.report.number"), number)]
    if measurement.interval is not None:
        facts.append((say("bias_texts.report.interval"), interval_text(measurement)))
    if measurement.p is not None:
        chance = say("bias_texts.report.chance_text", p=measurement.p, adjusted=adjusted or 0.0)
        facts.append((say("bias_texts.report.chance"), chance))
    comparisons = say("bias_texts.report.comparisons_text", count=measurement.comparisons)
    model = f"{measurement.recipe.model}; {comparisons}" if measurement.comparisons > 1 else measurement.recipe.model
    return [*facts, (say("shared.model"), model)]


def _table(rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return ""
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in rows[0])
    body = "".join("<tr>" + "".join(f"<td>{escape(text)}</td>" for text in row) + "</tr>" for row in rows[1:])
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _link(recipe: Recipe, address: str) -> str:
    try:
        link = f"{address}?{recipe.to_query()}"
    except PlaygroundError:
        return f"<p>{escape(say('bias_texts.report.too_long'))}</p>"
    return f'<p class="again"><a href="{escape(link)}">{escape(say("bias_texts.report.again"))}</a></p>'


def _check(log: SessionLog) -> None:
    if not log:
        raise PlaygroundError(say("bias_texts.report.nothing"))
