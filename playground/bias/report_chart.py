"""The charts of the report: values with their intervals on one axis, as SVG without scripts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from playground.bias.session_log import Bar
from playground.core.catalogue import say
from playground.core.numbers import number

#: Rows of a chart; the table below has the others.
MOST_ROWS = 10
_WIDTH, _ROW, _LABELS, _FOOT = 280, 14, 118, 14
_LONGEST_LABEL = 22


def chart_svg(bars: Sequence[Bar], line: float, title: str) -> str:
    """The bars as an SVG picture, "" if there is nothing to draw. line: value of the reference line."""
    shown = [bar for bar in bars if math.isfinite(bar.value)][:MOST_ROWS]
    if not shown:
        return ""
    low, high = _ends(shown, line)
    height = _ROW * len(shown) + _FOOT
    rows = "".join(_row(bar, place, low, high) for place, bar in enumerate(shown))
    zero = _x(line, low, high)
    axis = (
        f'<line x1="{zero}" x2="{zero}" y1="0" y2="{height - _FOOT}" stroke="#8a94a3" stroke-dasharray="2 2"/>'
        f'<text x="{_LABELS}" y="{height - 3}">{escape(number(low, 2))}</text>'
        f'<text x="{_WIDTH}" y="{height - 3}" text-anchor="end">{escape(number(high, 2))}</text>'
        f'<text x="{zero}" y="{height - 3}" text-anchor="middle">{escape(_line_text(line, low, high))}</text>'
    )
    more = len(bars) - len(shown)
    note = f"<p>{escape(say('bias_texts.report.more_rows', count=more))}</p>" if more else ""
    head = f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{escape(title, quote=True)}">'
    return f"{head}{axis}{rows}</svg>{note}"


def _ends(bars: Sequence[Bar], line: float) -> tuple[float, float]:
    """Where the axis begins and ends: all intervals and the line are inside."""
    values = [line, *(bar.value for bar in bars)]
    values += [end for bar in bars for end in (bar.low, bar.high) if end is not None and math.isfinite(end)]
    low, high = min(values), max(values)
    return (low, high) if low < high else (low - 0.5, high + 0.5)


def _x(value: float, low: float, high: float) -> float:
    inside = min(max(value, low), high)
    return round(_LABELS + 6 + (_WIDTH - _LABELS - 12) * (inside - low) / (high - low), 1)


def _line_text(line: float, low: float, high: float) -> str:
    """The line's value, unless it would meet those of the ends."""
    near = min(_x(line, low, high) - _LABELS, _WIDTH - _x(line, low, high))
    return number(line) if near > 30 else ""


def _row(bar: Bar, place: int, low: float, high: float) -> str:
    y = _ROW * place + _ROW / 2
    label = bar.label if len(bar.label) <= _LONGEST_LABEL else f"{bar.label[: _LONGEST_LABEL - 1]}…"
    whisker = ""
    if bar.low is not None and bar.high is not None and math.isfinite(bar.low) and math.isfinite(bar.high):
        ends = f'x1="{_x(bar.low, low, high)}" x2="{_x(bar.high, low, high)}"'
        whisker = f'<line {ends} y1="{y}" y2="{y}" stroke="#7fa8d6" stroke-width="4"/>'
    return (
        f'<text x="0" y="{y + 3.5}">{escape(label)}</text>{whisker}'
        f'<circle cx="{_x(bar.value, low, high)}" cy="{y}" r="3.2" fill="#1f5fa8"/>'
    )
