"""The session log: every measurement of a visit, with p-values corrected for all the others.

Test twenty things and one will look significant by chance: so every comparison counts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from playground.bias.citations import CITATIONS
from playground.bias.multiple_testing import holm
from playground.core.catalogue import say
from playground.core.numbers import percent
from playground.core.recipe import Recipe
from playground.metrics.intervals import Interval

#: Verdicts of a measurement, also in JSON. None says that a model is, or is not, biased.
CONSISTENT, DEPENDS, CANNOT_TELL = "consistent", "depends on wording", "cannot tell"
VERDICTS = (CONSISTENT, DEPENDS, CANNOT_TELL)
ALPHA = 0.05
NUMBER, SHARE, POINTS = SCALES = ("number", "share", "points")


@dataclass(frozen=True)
class Bar:
    """A value of a measurement's chart in the report. low, high: of its interval, or None."""

    label: str
    value: float
    low: float | None = None
    high: float | None = None


def interval_bar(label: str, interval: Interval) -> Bar:
    """The bar of a value with its interval."""
    return Bar(label, interval.value, interval.low, interval.high)


@dataclass(frozen=True, eq=False)
class Measurement:
    """One measurement, for the fine print and the report.

    panel: its name.  title: what was measured.  summary: the result in a sentence, with its number.
    verdict: one of VERDICTS.  n, unit: sample size and what was counted ("sentences", "words").  method: in a line.
    interval: of the number; if None, no_interval says why.  p: uncorrected p-value, or None if nothing was tested.
    scale: how the interval is shown, one of SCALES: as a number, a share in per cent, or a difference of shares.
    comparisons: number of things compared to find it (categories, words); all count in the session log.
    caveats: keys of CITATIONS, known problems with this way of measuring.
    rows: table for the report, header first.  recipe: repeats the measurement.
    chart: of the report; if it is empty, the interval is drawn.  line: of no effect, such as 0, or 0.5 for shares.
    """

    panel: str
    title: str
    summary: str
    verdict: str
    n: int
    unit: str
    method: str
    recipe: Recipe
    interval: Interval | None = None
    scale: str = NUMBER
    no_interval: str = field(default_factory=lambda: say("bias_texts.session_log.no_interval"))
    p: float | None = None
    comparisons: int = 1
    caveats: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = field(default=())
    chart: tuple[Bar, ...] = ()
    line: float = 0.0

    def __post_init__(self) -> None:
        """Raises ValueError for an unknown verdict or caveat, or fewer than one comparison."""
        unknown = [key for key in self.caveats if key not in CITATIONS]
        if self.verdict not in VERDICTS or unknown or self.comparisons < 1:
            raise ValueError(f"verdict {self.verdict!r}, caveats {unknown}, {self.comparisons} comparisons")


SessionLog = tuple[Measurement, ...]
#: Beyond this number, a log drops its oldest.
MOST_MEASUREMENTS = 200


def log_measurement(log: SessionLog, measurement: Measurement) -> SessionLog:
    """The log with one more measurement; one with the same recipe, apart from its result, replaces the earlier."""
    key = _key(measurement)
    return (*(one for one in log if _key(one) != key), measurement)[-MOST_MEASUREMENTS:]


def measurement_id(measurement: Measurement) -> str:
    """A short name of a measurement, the same for all with its recipe apart from the result."""
    return hashlib.sha256(repr(_key(measurement)).encode()).hexdigest()[:16]


def _key(measurement: Measurement) -> tuple[object, ...]:
    recipe = measurement.recipe
    return (
        measurement.panel,
        recipe.model,
        recipe.weights_sha256,
        recipe.seed,
        tuple(sorted(map(str, recipe.settings.items()))),
    )


def comparison_count(log: SessionLog) -> int:
    """Number of comparisons in a log."""
    return sum(measurement.comparisons for measurement in log)


def adjusted_p_values(log: SessionLog) -> list[float | None]:
    """Each measurement's p-value after Holm's correction over the log's questions; None if it has no p-value.

    A measurement is one question: if it compared k things to report one, k times its p enters (Bonferroni).
    """
    tested = [(index, measurement) for index, measurement in enumerate(log) if measurement.p is not None]
    adjusted = holm([min(1.0, measurement.comparisons * float(measurement.p or 0.0)) for _, measurement in tested])
    result: list[float | None] = [None] * len(log)
    for (index, _), value in zip(tested, adjusted, strict=True):
        result[index] = value
    return result


def corrected_verdict(measurement: Measurement, adjusted: float | None) -> str:
    """The verdict, given the corrected p-value: nothing above ALPHA is called consistent."""
    if measurement.verdict == CONSISTENT and adjusted is not None and adjusted > ALPHA:
        return CANNOT_TELL
    return measurement.verdict


def verdict_in(log: SessionLog, measurement: Measurement) -> str:
    """A measurement's verdict, given all others of its log."""
    return corrected_verdict(measurement, adjusted_p_values(log)[log.index(measurement)])


def verdict_name(verdict: str) -> str:
    """A verdict in words. verdict: one of VERDICTS, or of an image audit (image_findings.py)."""
    return say(f"bias_texts.verdicts.{verdict.replace(' ', '_')}")


def interval_text(measurement: Measurement) -> str:
    """A measurement's interval on its scale, with its level and method; the reason if it has none."""
    interval, scale = measurement.interval, measurement.scale
    if interval is None:
        return measurement.no_interval
    times = 1 if scale == NUMBER else 100
    values = {"low": times * interval.low, "high": times * interval.high, "level": interval.level}
    return say(f"bias_texts.report.interval_{scale}", method=interval.method, **values)


def share_text(share: Interval) -> str:
    """A share with its interval: 61 % (59–64 %)."""
    ends = {"low": 100 * share.low, "high": 100 * share.high}
    return say("bias_texts.interval_share", share=percent(share.value), **ends)


def summarize_session(log: Sequence[Measurement]) -> str:
    """The number of comparisons, and how many tests are significant by chance and after correction."""
    log = tuple(log)
    if not log:
        return say("bias_texts.session_log.empty")
    count = comparison_count(log)
    values = [value for value in adjusted_p_values(log) if value is not None]
    if not values:
        return say("bias_texts.session_log.untested", count=count)
    kept = sum(value <= ALPHA for value in values)
    expected = say("bias_texts.session_log.expected", count=len(values), chance=len(values) * ALPHA, kept=kept)
    return f"{say('bias_texts.session_log.summary', count=count)} {expected}"
