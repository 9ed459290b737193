"""The panels of the Train tab in their order: see panels.py for what each module has."""

from __future__ import annotations

from typing import Any

from playground.tabs.train import arena, language, runs, tuning

ROOMS: tuple[Any, ...] = (arena, language, tuning, runs)
