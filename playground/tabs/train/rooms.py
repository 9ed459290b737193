"""The panels of the Train tab in their order: see panels.py for what each module has."""

from __future__ import annotations

from typing import Any

from playground.tabs.train import failures, pictures, runs

ROOMS: tuple[Any, ...] = (pictures, runs, failures)
