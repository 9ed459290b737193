"""The panels of the Bias tab in their order: see panels.py for what each module has."""

from __future__ import annotations

from typing import Any

from playground.tabs.bias import (
    associations,
    benchmarks,
    generation,
    pictures,
    prefix,
    sentences,
    translation,
    wording,
)

ROOMS: tuple[Any, ...] = (sentences, wording, associations, benchmarks, generation, prefix, translation, pictures)
