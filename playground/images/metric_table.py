"""The metrics of an image model, in the order of the table that shows them."""

from __future__ import annotations

from dataclasses import dataclass

from playground.core.catalogue import say


@dataclass(frozen=True)
class Metric:
    """Describes a metric.

    name: in the catalogue.  better: "lower", "higher", or "" where neither is.  digits: after the decimal point.
    percent: whether its values, 0 to 1, appear in percent.
    """

    name: str
    better: str
    digits: int
    percent: bool = False

    @property
    def title(self) -> str:
        """The metric's name on the page."""
        return say(f"images.metrics.{self.name}.title")

    @property
    def meaning(self) -> str:
        """A few words on what it measures."""
        return say(f"images.metrics.{self.name}.meaning")


#: In the order of the table.
_METRICS = (
    Metric("fd", "lower", 1),
    Metric("kd", "lower", 2),
    Metric("precision", "higher", 1, percent=True),
    Metric("recall", "higher", 1, percent=True),
    Metric("density", "higher", 2),
    Metric("coverage", "higher", 1, percent=True),
    Metric("match", "higher", 1, percent=True),
    Metric("match_all", "higher", 1, percent=True),
    Metric("marginals", "lower", 1, percent=True),
    Metric("score", "higher", 1, percent=True),
    Metric("near_copies", "", 1, percent=True),
    Metric("fooled", "", 1, percent=True),
    Metric("passed", "", 1, percent=True),
    Metric("bits", "lower", 3),
    Metric("elbo", "higher", 0),
    Metric("psnr", "higher", 1),
    Metric("milliseconds", "lower", 1),
)
METRICS = {metric.name: metric for metric in _METRICS}
