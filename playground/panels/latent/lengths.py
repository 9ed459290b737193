"""The drawing of code lengths that Walk and Arithmetic share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from playground.core.catalogue import say
from playground.latent.code_lengths import training_lengths
from playground.metrics.histogram import histogram
from playground.panels.latent.histogram import Range, histogram_value


def lengths_value(model: str, norm_range: tuple[float, float], marks: Sequence[Range]) -> dict[str, Any] | None:
    """Lengths of a VAE's training codes, with random points as a band; None without such codes.

    marks: (label, low, high) of the points at hand.
    """
    lengths = training_lengths(model)
    if lengths is None:
        return None
    band = say("latent.points.random_lengths"), *norm_range
    labels = {"training": say("latent.points.codes")}
    return histogram_value(say("latent.points.lengths"), histogram({"training": lengths}), labels, band, marks)
