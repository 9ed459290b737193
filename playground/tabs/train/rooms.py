"""The panels of the Train tab in their order: see panels.py for what each module has."""

from __future__ import annotations

from typing import Any

from playground.tabs.train import arena, failures, language, pictures, runs, tuning

ROOMS: tuple[Any, ...] = (arena, pictures, language, tuning, failures, runs)
