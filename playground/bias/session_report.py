"""The report of a session: every measurement with its fine print and its recipe, as JSON and as HTML.

The HTML is self-contained: no script, nothing fetched. What visitors and models wrote is escaped text in it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape

from playground.bias.citations import CITATIONS
from playground.bias.session_log import Measurement, SessionLog, adjusted_p_values, comparison_count, summarize_session
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe

_PROMISE = (
    "Each line below is one way of measuring one model with one set of words. None of them is a score of how biased a "
    "model is, and a model in which nothing was found is not shown to be free of bias."
)
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#1b2330}"
    "article{border-top:1px solid #b8c0cc;padding:.5rem 0 1rem}dt{font-weight:600}dd{margin:0 0 .3rem}"
    "table{border-collapse:collapse;font-size:.9rem}"
    "th,td{border:1px solid #b8c0cc;padding:.15rem .5rem;text-align:left}"
    ".scroll{overflow-x:auto}.verdict{font-weight:700}a{overflow-wrap:anywhere}"
)


def report_json(log: SessionLog) -> str:
    """The log as JSON text: {"summary", "comparisons", "trials": [...]}, each measurement with its recipe."""
    _check(log)
    measurements = [
        _values(measurement, adjusted) for measurement, adjusted in zip(log, adjusted_p_values(log), strict=True)
    ]
    whole = {
        "kind": "bias-report",
        "summary": summarize_session(log),
        "comparisons": comparison_count(log),
        "note": _PROMISE,
    }
    return json.dumps({**whole, "trials": measurements}, ensure_ascii=False, indent=1, allow_nan=False)


def _values(measurement: Measurement, adjusted: float | None) -> dict[str, object]:
    interval = measurement.interval
    return {
        "panel": measurement.panel,
        "title": measurement.title,
        "found": measurement.summary,
        "verdict": measurement.verdict,
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
        "table": [list(row) for row in measurement.rows],
        "recipe": measurement.recipe.to_json(),
    }  # fmt: skip


def report_html(log: SessionLog, address: str = "") -> str:
    """The log as one HTML page. address: of the page, before a link's question mark; "" leaves links relative."""
    _check(log)
    articles = [
        _article(measurement, adjusted, address)
        for measurement, adjusted in zip(log, adjusted_p_values(log), strict=True)
    ]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>What was measured</title><style>{_STYLE}</style></head><body><h1>What was measured</h1>"
        f"<p>{escape(_PROMISE)}</p><p>{escape(summarize_session(log))}</p>{''.join(articles)}</body></html>"
    )


def _article(measurement: Measurement, adjusted: float | None, address: str) -> str:
    facts = [("Method", measurement.method), ("Number", f"n = {measurement.n:,} {measurement.unit}")]
    if measurement.interval is not None:
        low, high, method = measurement.interval.low, measurement.interval.high, measurement.interval.method
        facts.append(("Interval", f"{low:.3g} to {high:.3g}, {measurement.interval.level:.0%} ({method})"))
    if measurement.p is not None:
        facts.append(
            ("Chance", f"p = {measurement.p:.3g} by itself; {adjusted or 0.0:.3g} after the visit's correction")
        )
    facts += [("Model", measurement.recipe.model), ("Looked at", f"{measurement.comparisons:,} comparisons")]
    terms = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in facts)
    known = "".join(
        f'<li>{escape(citation.text)} <a href="{escape(citation.url)}">{escape(citation.title)}</a></li>'
        for citation in map(CITATIONS.__getitem__, measurement.caveats)
    )
    return (
        f"<article><h2>{escape(measurement.title)}</h2><p>{escape(measurement.summary)}</p>"
        f'<p class="verdict">{escape(measurement.verdict)}</p><dl>{terms}</dl>'
        + (f"<h3>Known to be wrong with this way of measuring</h3><ul>{known}</ul>" if known else "")
        + _table(measurement.rows)
        + _link(measurement.recipe, address)
        + "</article>"
    )


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
        return "<p>Too long for a link: the recipe is in the JSON report.</p>"
    return f'<p>Measure it again: <a href="{escape(link)}">{escape(link)}</a></p>'


def _check(log: SessionLog) -> None:
    if not log:
        raise PlaygroundError("Nothing has been measured in this visit yet: run a panel of this tab first.")
