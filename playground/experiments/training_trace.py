"""The numbers of a training as detectors see them, and what a detector finds in them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Rows at the end that count as "now"; steps that detectors of a GAN's or VAE's state need first.
NOW, PATIENCE = 40, 60


@dataclass(frozen=True)
class TrainingFinding:
    """name: of the failure.  title: on the page.  sentence: the evidence, with numbers, and why it is a failure."""

    name: str
    title: str
    sentence: str


@dataclass(frozen=True)
class TrainingTrace:
    """The numbers of a run. names: of the columns after step, seconds and seen.  rows: of the curve; None for NaN.

    frame: scalars, strings and arrays by name; {} without one.
    """

    names: tuple[str, ...]
    rows: Sequence[Sequence[float | None]]
    frame: Mapping[str, Any]

    def column(self, name: str) -> NDArray[np.float64]:
        """(rows,) float64, NaN for None; (0,) if there is no such column."""
        if name not in self.names:
            return np.zeros(0)
        place = 3 + self.names.index(name)
        return np.array([math.nan if row[place] is None else row[place] for row in self.rows], float)

    def now(self, name: str) -> float:
        """The median of the last NOW finite values; NaN without any."""
        values = self.column(name)[-NOW:]
        values = values[np.isfinite(values)]
        return float(np.median(values)) if len(values) else math.nan

    def steps(self) -> int:
        """Number of steps done."""
        return int(self.rows[-1][0] or 0) if self.rows else 0

    def number(self, name: str) -> float:
        """A scalar of the frame; NaN if it is missing."""
        value = self.frame.get(name)
        is_number = isinstance(value, int | float | np.generic) and not isinstance(value, bool)
        return float(value) if is_number and value is not None else math.nan
