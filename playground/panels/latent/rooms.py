"""The panels of the Latent tab after Walk and Seed plane, in their order: see panels.py for what each module has."""

from __future__ import annotations

from typing import Any

from playground.panels.latent.arithmetic import panel as arithmetic
from playground.panels.latent.directions import panel as directions
from playground.panels.latent.map import panel as map
from playground.panels.latent.traversal import panel as traversal
from playground.panels.latent.words import panel as words

FURTHER: tuple[Any, ...] = (map, directions, arithmetic, traversal, words)
