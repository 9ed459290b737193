"""The report of a visit: everything that was measured, with its fine print and its recipe, as JSON and as HTML.

The HTML stands by itself: no script, nothing fetched. What visitors and models wrote is escaped text in it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape

from playground.bias.citations import SOURCES
from playground.bias.session_log import Trial, Visit, corrected, summary, tried
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


def report_json(visit: Visit) -> str:
    """The visit as JSON text: {"summary", "comparisons", "trials": [...]}, each trial with its recipe."""
    _check(visit)
    trials = [_values(trial, adjusted) for trial, adjusted in zip(visit, corrected(visit), strict=True)]
    whole = {"kind": "bias-report", "summary": summary(visit), "comparisons": tried(visit), "note": _PROMISE}
    return json.dumps({**whole, "trials": trials}, ensure_ascii=False, indent=1, allow_nan=False)


def _values(trial: Trial, adjusted: float | None) -> dict[str, object]:
    interval = trial.interval
    return {
        "panel": trial.panel,
        "title": trial.title,
        "found": trial.found,
        "verdict": trial.verdict,
        "n": trial.n,
        "unit": trial.unit,
        "method": trial.method,
        "interval": None
        if interval is None
        else {
            "value": interval.value, "low": interval.low, "high": interval.high, "level": interval.level,
            "method": interval.method,
        },
        "p": trial.p,
        "adjusted_p": adjusted,
        "comparisons": trial.comparisons,
        "known_problems": [
            {"text": SOURCES[key].text, "source": SOURCES[key].title, "url": SOURCES[key].url} for key in trial.caveats
        ],
        "table": [list(row) for row in trial.rows],
        "recipe": trial.recipe.to_json(),
    }  # fmt: skip


def report_html(visit: Visit, address: str = "") -> str:
    """The visit as one HTML page. address: of the page, before a link's question mark; "" leaves links relative."""
    _check(visit)
    articles = [_article(trial, adjusted, address) for trial, adjusted in zip(visit, corrected(visit), strict=True)]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>What was measured</title><style>{_STYLE}</style></head><body><h1>What was measured</h1>"
        f"<p>{escape(_PROMISE)}</p><p>{escape(summary(visit))}</p>{''.join(articles)}</body></html>"
    )


def _article(trial: Trial, adjusted: float | None, address: str) -> str:
    facts = [("Method", trial.method), ("Number", f"n = {trial.n:,} {trial.unit}")]
    if trial.interval is not None:
        low, high, method = trial.interval.low, trial.interval.high, trial.interval.method
        facts.append(("Interval", f"{low:.3g} to {high:.3g}, {trial.interval.level:.0%} ({method})"))
    if trial.p is not None:
        facts.append(("Chance", f"p = {trial.p:.3g} by itself; {adjusted or 0.0:.3g} after the visit's correction"))
    facts += [("Model", trial.recipe.model), ("Looked at", f"{trial.comparisons:,} comparisons")]
    terms = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in facts)
    known = "".join(
        f'<li>{escape(SOURCES[key].text)} <a href="{escape(SOURCES[key].url)}">{escape(SOURCES[key].title)}</a></li>'
        for key in trial.caveats
    )
    return (
        f"<article><h2>{escape(trial.title)}</h2><p>{escape(trial.found)}</p>"
        f'<p class="verdict">{escape(trial.verdict)}</p><dl>{terms}</dl>'
        + (f"<h3>Known to be wrong with this way of measuring</h3><ul>{known}</ul>" if known else "")
        + _table(trial.rows)
        + _link(trial.recipe, address)
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


def _check(visit: Visit) -> None:
    if not visit:
        raise PlaygroundError("Nothing has been measured in this visit yet: run a panel of this tab first.")
