"""The panels of the Train tab in their order: see panels.py for what each module has."""

from __future__ import annotations

from typing import Any

from playground.panels.train.failure_lab import panel as failure_lab
from playground.panels.train.fine_tuning import panel as fine_tuning
from playground.panels.train.image_model import panel as image_model
from playground.panels.train.language_model import panel as language_model
from playground.panels.train.runs import panel as runs
from playground.panels.train.toy_2d import panel as toy_2d

ROOMS: tuple[Any, ...] = (toy_2d, image_model, language_model, fine_tuning, failure_lab, runs)
