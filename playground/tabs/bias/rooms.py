"""The panels of the Bias tab in their order: see panels.py for what each module has."""

from __future__ import annotations

from typing import Any

from playground.tabs.bias import pictures

ROOMS: tuple[Any, ...] = (pictures,)
