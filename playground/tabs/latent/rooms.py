"""The panels of the Latent tab after Walk and Seed plane, in their order: see panels.py for what each module has."""

from __future__ import annotations

from typing import Any

from playground.tabs.latent import arithmetic, directions, map, reading, words

FURTHER: tuple[Any, ...] = (map, directions, arithmetic, reading, words)
