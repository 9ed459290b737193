"""The report of a visit: every measurement with its fine print and its recipe, as JSON and as HTML.

The HTML is self-contained: no scripts, no downloads. Words of visitors and models are escaped.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape

from playground.bias.citations import CITATIONS
from playground.bias.session_log import (
    Measurement,
    SessionLog,
    adjusted_p_values,
    comparison_count,
    corrected_verdict,
    summarize_session,
    verdict_name,
)
from playground.core.catalogue import LANGUAGE, say
from playground.core.errors import PlaygroundError
from playground.core.numbers import to_ascii
from playground.core.recipe import Recipe

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#1b2330}"
    "article{border-top:1px solid #b8c0cc;padding:.5rem 0 1rem}dt{font-weight:600}dd{margin:0 0 .3rem}"
    "table{border-collapse:collapse;font-size:.9rem}"
    "th,td{border:1px solid #b8c0cc;padding:.15rem .5rem;text-align:left}"
    ".scroll{overflow-x:auto}.verdict{font-weight:700}a{overflow-wrap:anywhere}"
)


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
    """The log as one HTML page. address: of the page, before a link's question mark; "" for relative links.

    Raises PlaygroundError for an empty log.
    """
    _check(log)
    articles = [
        _article(measurement, adjusted, address)
        for measurement, adjusted in zip(log, adjusted_p_values(log), strict=True)
    ]
    title, promise = escape(say("bias_texts.report.title")), escape(say("bias_texts.report.promise"))
    return (
        f'<!doctype html><html lang="{LANGUAGE}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body><h1>{title}</h1><p>{promise}</p>"
        f"<p>{escape(summarize_session(log))}</p>{''.join(articles)}</body></html>"
    )


def _article(measurement: Measurement, adjusted: float | None, address: str) -> str:
    facts = _facts(measurement, adjusted)
    terms = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in facts)
    known = "".join(
        f'<li>{escape(citation.text)} <a href="{escape(citation.url)}">{escape(citation.title)}</a></li>'
        for citation in map(CITATIONS.__getitem__, measurement.caveats)
    )
    return (
        f"<article><h2>{escape(measurement.title)}</h2><p>{escape(measurement.summary)}</p>"
        f'<p class="verdict">{escape(verdict_name(corrected_verdict(measurement, adjusted)))}</p><dl>{terms}</dl>'
        + (f"<h3>{escape(say('shared.fine_print.known'))}</h3><ul>{known}</ul>" if known else "")
        + _table(measurement.rows)
        + _link(measurement.recipe, address)
        + "</article>"
    )


def _facts(measurement: Measurement, adjusted: float | None) -> list[tuple[str, str]]:
    """Names and values of the fine print. adjusted: the corrected p-value."""
    number = say("bias_texts.report.number_text", count=measurement.n, unit=measurement.unit)
    facts = [(say("bias_texts.report.method"), measurement.method), (say("bias_texts.report.number"), number)]
    interval = measurement.interval
    if interval is not None:
        values = {"low": interval.low, "high": interval.high, "level": interval.level, "method": interval.method}
        facts.append((say("bias_texts.report.interval"), say("bias_texts.report.interval_text", **values)))
    if measurement.p is not None:
        chance = say("bias_texts.report.chance_text", p=measurement.p, adjusted=adjusted or 0.0)
        facts.append((say("bias_texts.report.chance"), chance))
    comparisons = say("bias_texts.report.comparisons_text", count=measurement.comparisons)
    return [
        *facts,
        (say("shared.model"), measurement.recipe.model),
        (say("bias_texts.report.comparisons"), comparisons),
    ]


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
    return f'<p>{escape(say("bias_texts.report.again"))} <a href="{escape(link)}">{escape(link)}</a></p>'


def _check(log: SessionLog) -> None:
    if not log:
        raise PlaygroundError(say("bias_texts.report.nothing"))
