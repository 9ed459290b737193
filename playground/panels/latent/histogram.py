"""The value of a drawn histogram, for histogram.js: shares of each bin, a band, marks, and all of it in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from playground.core.catalogue import say
from playground.metrics.histogram import Histogram

#: (label, low, high) of a range, or of a single value where both are the same.
Range = tuple[str, float, float]


def histogram_value(
    title: str, counted: Histogram, labels: Mapping[str, str], band: Range | None = None, marks: Sequence[Range] = ()
) -> dict[str, Any]:
    """{"title", "edges", "groups": [{"label", "shares"}], "band", "marks": [{"label", "low", "high"}], "words"}.

    labels: name of a sample -> its label; other samples are left out.  band: shaded.  marks: below the bins.
    """
    sentences = []
    for name, label in labels.items():
        low, median, high = counted.quartiles[name]
        sentences.append(say("shared.histogram.sample", label=label, median=median, low=low, high=high))
    ranges = [] if band is None else [band]
    for label, low, high in (*ranges, *marks):
        if low == high:
            sentences.append(say("shared.histogram.single", label=label, value=low))
        else:
            sentences.append(say("shared.histogram.range", label=label, low=low, high=high))
    return {
        "title": title,
        "edges": list(counted.edges),
        "groups": [{"label": label, "shares": list(counted.shares[name])} for name, label in labels.items()],
        "band": None if band is None else _range(band),
        "marks": [_range(mark) for mark in marks],
        "words": " ".join(sentences),
    }


def _range(one: Range) -> dict[str, Any]:
    label, low, high = one
    return {"label": label, "low": low, "high": high}
