"""The session log: every measurement of a session, and its p-values corrected for all the others.

Test twenty things and one will look significant by chance: so all comparisons count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from playground.bias.citations import CITATIONS
from playground.bias.multiple_testing import holm
from playground.core.recipe import Recipe
from playground.metrics.intervals import Interval

#: What a measurement may say. None of them says that a model is or is not biased.
CONSISTENT, DEPENDS, CANNOT_TELL = "consistent", "depends on wording", "cannot tell"
VERDICTS = (CONSISTENT, DEPENDS, CANNOT_TELL)
ALPHA = 0.05


@dataclass(frozen=True, eq=False)
class Measurement:
    """One measurement, for the fine print and the report.

    panel: its name.  title: what was measured, in a line.  summary: the result in a sentence, with its number.
    verdict: one of VERDICTS.  n, unit: how many of what ("sentences", "words") it rests on.  method: how, in a line.
    interval: of the number, or None; then `no_interval` says why.
    p: its uncorrected p-value, or None where nothing was tested.
    comparisons: how many things were looked at to find it (categories, words); they all count in the session log.
    caveats: keys of SOURCES, what is known to be wrong with this way of measuring.
    rows: the table behind it, the header first, for the report.  recipe: makes it again.
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
    no_interval: str = "none is given"
    p: float | None = None
    comparisons: int = 1
    caveats: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = field(default=())

    def __post_init__(self) -> None:
        """Checks what a programmer may get wrong."""
        unknown = [key for key in self.caveats if key not in CITATIONS]
        if self.verdict not in VERDICTS or unknown or self.comparisons < 1:
            raise ValueError(f"verdict {self.verdict!r}, caveats {unknown}, {self.comparisons} comparisons")


SessionLog = tuple[Measurement, ...]
#: A log holds so many; the oldest are dropped first.
MOST_MEASUREMENTS = 200


def log_measurement(log: SessionLog, measurement: Measurement) -> SessionLog:
    """The log with one more; the same measurement again, by its recipe's settings, replaces the first."""
    key = _key(measurement)
    return (*(one for one in log if _key(one) != key), measurement)[-MOST_MEASUREMENTS:]


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
    """How many comparisons a session has made."""
    return sum(measurement.comparisons for measurement in log)


def adjusted_p_values(log: SessionLog) -> list[float | None]:
    """The p-value of each measurement after Holm's correction over all comparisons of the session; None where none is.

    A measurement that looked at k things to report one enters k times, k - 1 times with p = 1: the safe side.
    """
    tested = [(index, measurement) for index, measurement in enumerate(log) if measurement.p is not None]
    values: list[float] = [float(measurement.p or 0.0) for _, measurement in tested]
    rest = sum(measurement.comparisons - 1 for _, measurement in tested)
    adjusted = holm([*values, *[1.0] * rest])
    result: list[float | None] = [None] * len(log)
    for (index, _), value in zip(tested, adjusted, strict=False):
        result[index] = value
    return result


def summarize_session(log: Sequence[Measurement]) -> str:
    """The number of comparisons and of significant ones, in a sentence."""
    log = tuple(log)
    if not log:
        return "Nothing has been tried in this visit yet."
    count = comparison_count(log)
    tests = sum(measurement.comparisons for measurement in log if measurement.p is not None)
    values = [value for value in adjusted_p_values(log) if value is not None]
    hold = sum(value <= ALPHA for value in values)
    things = "1 comparison" if count == 1 else f"{count:,} comparisons"
    if not values:
        return f"{things} in this visit, none of them a test of significance."
    return (
        f"{things} in this visit. Of {tests:,} tests where nothing is, about {tests * ALPHA:.2g} would pass p ≤ 0.05; "
        f"after Holm's correction {hold} of {len(values)} tests still {'does' if hold == 1 else 'do'}."
    )
